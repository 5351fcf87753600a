// Every kind of the desk, for those who have to look anywhere.
import { Select } from 'antd';
import { useLocation, useParams } from 'wouter';
import { DeskList } from '../../desk/list';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page } from '../../ui/page';
import { NoPage } from '../../ui/states';

const texts = both({ title: '全部台账', kind: '类别' }, { title: 'All objects', kind: 'Kind' });
export default function Objects() {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines } = useSession();
	const [, go] = useLocation();
	const kind = useParams<{ kind?: string }>().kind ?? 'warning';
	return (
		<Page title={t.title} extra={<Select aria-label={t.kind} showSearch={{ optionFilterProp: 'label' }} style={{ minWidth: 180 }} value={machines.has(kind) ? kind : undefined} placeholder={t.kind} onChange={(v) => go(`/objects/${v}`)} options={[...machines.values()].map((m) => ({ value: m.name, label: named(m, language) }))} />}>
			{machines.has(kind) ? <DeskList key={kind} kind={kind} filter={{ open: false }} fields={(machines.get(kind)?.fields ?? []).filter((f) => ['choice', 'code', 'money', 'time'].includes(f.type)).slice(0, 3).map((f) => f.name)} /> : <NoPage />}
		</Page>
	);
}
