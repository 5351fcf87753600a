// The bank's seat: orders to answer before they run out, accounts to verify and to restore, and what the desk tells.
import { Descriptions, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useParams } from 'wouter';
import type { DeskObject } from '../../api/types';
import { useList } from '../../desk/list';
import { Fields, Head, History, Reveal, Steps } from '../../desk/object';
import { Messages } from '../../desk/messages';
import { OpeningCheck } from '../../desk/opening';
import { byDue, rowsOf, Split } from '../../desk/split';
import { Verify } from '../../desk/verify';
import { both, named, useLanguage, useTexts, yuan } from '../../i18n';
import { useSession } from '../../session';
import { Page } from '../../ui/page';
import { Parts } from '../../ui/tabs';
import { Answer, Lengthened } from './answer';

const texts = both({
	title: '银行席', orders: '指令', accounts: '账户核实', opening: '开户核查', messages: '消息', waiting: '待反馈', force: '生效中', over: '已办结', history: '经过', amount: '金额', shown: '范围', query: '协查由行内系统按接口反馈；此处可见要求与时限。',
}, {
	title: 'Bank desk', orders: 'Orders', accounts: 'Accounts', opening: 'Opening check', messages: 'Messages', waiting: 'To be answered', force: 'In force', over: 'Settled', history: 'History', amount: 'Amount', shown: 'Shown', query: 'Queries are answered by the bank’s system over its connection; here is what is asked and until when.',
});
type Range = 'waiting' | 'force' | 'over';
const states: Record<Range, { stop: string; freeze: string; query: string }> = {
	waiting: { stop: 'sent,landed', freeze: 'sent,queued', query: 'sent,ending' }, force: { stop: 'stopped', freeze: 'frozen', query: 'following' },
	over: { stop: 'mismatch,not-found,failed,released,converted,expired,cancelled', freeze: 'released,expired,refused,cancelled', query: 'answered,ended,refused,cancelled' },
};

function Order({ object, next }: { object: DeskObject; next: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const answer = object.steps?.find((s) => s.name === 'answer');
	const amount = object.fields.amount;
	return (
		<div className="stack">
			<Head object={object} />
			{typeof amount === 'number' && <Descriptions size="small" column={1} items={[{ key: 'amount', label: t.amount, children: <strong className="mono" style={{ fontSize: 18 }}>{yuan(amount, language)}</strong> }]} />}
			<div><Reveal object={object} /></div>
			{answer !== undefined && object.kind !== 'query' && <Answer order={object} step={answer} onDone={next} />}
			{object.kind === 'query' && <p className="faint">{t.query}</p>}
			<Lengthened order={object} />
			<Steps object={object} hide={['answer', 'landed', 'extended', 'renewed']} />
			<Fields object={object} omit={['amount']} />
			<section><h2 className="sub">{t.history}</h2><History object={object} /></section>
		</div>
	);
}
function Orders() {
	const t = useTexts(texts);
	const language = useLanguage();
	const [range, setRange] = useState<Range>('waiting');
	const [shown, show] = useState<string | null>(null);
	const lists = [useList('stop', { state: states[range].stop, sort: 'due' }), useList('freeze', { state: states[range].freeze, sort: 'due' }), useList('query', { state: states[range].query, sort: 'due' })];
	const data = lists.map((l) => l.data);
	const rows = useMemo(() => byDue(rowsOf(lists)), data); // eslint-disable-line -- as many lists each time
	const next = () => { const at = rows.findIndex((r) => r.id === shown); const to = rows[at + 1] ?? rows[at - 1]; if (to !== undefined) show(to.id); };
	return (
		<Split lists={lists} rows={rows} shown={shown} show={show} kinds
			columns={[{ key: 'amount', title: t.amount, width: 110, align: 'right', render: (_, o) => <span className="mono">{typeof o.fields.amount === 'number' ? yuan(o.fields.amount, language) : o.fields.what !== null && typeof o.fields.what === 'object' && 'name' in o.fields.what ? named(o.fields.what, language) : ''}</span> }]}
			bar={<Select aria-label={t.shown} style={{ minWidth: 130 }} value={range} onChange={setRange} options={(['waiting', 'force', 'over'] as const).map((r) => ({ value: r, label: t[r] }))} />}>
			{(o) => <Order object={o} next={next} />}
		</Split>
	);
}

export default function Bank() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	const { role } = useSession();
	const desk = role('bank-desk', 'leader');
	return (
		<Page title={t.title}>
			<Parts at="/bank" part={tab} parts={[
				...(desk ? [{ key: 'orders', label: t.orders, content: <Orders /> }] : []),
				{ key: 'accounts', label: t.accounts, content: <Verify kind="account" /> },
				{ key: 'opening', label: t.opening, content: <OpeningCheck kind="account" /> },
				{ key: 'messages', label: t.messages, content: <Messages /> },
			]} />
		</Page>
	);
}
