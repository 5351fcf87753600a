// index.tsx - the policy studio: what rules there are, writing them as text or as a form, trying them out on the past, what those on trial found, and putting them in force by two people.
import { Link, useParams } from 'wouter';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page } from '../../ui/page';
import { NoPage } from '../../ui/states';
import type { Part } from '../../ui/tabs';
import { Backtests } from './backtest';
import { Editor } from './editor';
import { Form } from './form';
import { History } from './history';
import { Lists } from './lists';
import { Proposals } from './proposals';
import { Rules } from './rules';
import { Shadow } from './shadow';
import { useWriter } from './words';
import './studio.css';

const texts = both(
	{ title: '策略工作室', rules: '规则', editor: '文本', form: '表单', backtest: '回测', shadow: '试运行结果', proposals: '双人审批', history: '历史', lists: '名单' },
	{ title: 'Policy studio', rules: 'Rules', editor: 'Text', form: 'Form', backtest: 'Backtest', shadow: 'Shadow results', proposals: 'Proposals', history: 'History', lists: 'Lists' },
);
export default function Studio() {
	const t = useTexts(texts);
	const { scope } = useSession();
	const writer = useWriter();
	const { tab } = useParams<{ tab?: string }>();
	const parts: Part[] = [
		{ key: 'rules', label: t.rules, content: <Rules /> },
		...(writer ? [{ key: 'editor', label: t.editor, content: <Editor /> }, { key: 'form', label: t.form, content: <Form /> }, { key: 'backtest', label: t.backtest, content: <Backtests /> }] : []),
		...(scope('alerts') ? [{ key: 'shadow', label: t.shadow, content: <Shadow /> }] : []),
		{ key: 'proposals', label: t.proposals, content: <Proposals /> },
		{ key: 'history', label: t.history, content: <History /> },
		...(scope('lists') ? [{ key: 'lists', label: t.lists, content: <Lists /> }] : []),
	];
	const active = tab === undefined ? parts[0] : parts.find((p) => p.key === tab);
	return (
		<Page title={t.title}>
			<nav className="studio-parts" aria-label={t.title}>{parts.map((p) => <Link key={p.key} href={`/studio/${p.key}`} aria-current={p === active ? 'page' : undefined}>{p.label}</Link>)}</nav>
			{active === undefined ? <NoPage /> : active.content}
		</Page>
	);
}
