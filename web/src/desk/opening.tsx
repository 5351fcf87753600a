// opening.tsx - may this person open another card or account? Counts of what the own organisation's desk knows of the person, and which measures hold: never more than the reader could read one by one.
// It answers no yes or no by itself: who opens decides, and the count that the law means is the organisation's own.
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { get, query } from '../api/client';
import type { DeskObject, DeskPage, Entity } from '../api/types';
import { both, named, useLanguage, useTexts } from '../i18n';
import { useSession } from '../session';
import { useRun } from '../ui/problems';
import { EntityName, StateTag, Time } from '../ui/show';

const texts = both({
	who: '身份证件号码', hint: '查询会留下记录；只显示本单位在册情况，卡、户总数以本单位业务系统为准。', ask: '核查', held: { card: '在册电话卡', account: '在册账户' }, free: '正常', risky: '有风险或受限', involved: '涉案', measures: '生效中的措施', disciplined: '联合惩戒中，至',
	five: '同一运营商在册已达五张：依规定不再开卡（一证五户）', bad: '存在风险情形，应拒绝或升级核验', good: '本单位在册记录中未见限制情形', none: '本单位没有此人的记录', list: '明细', decide: '是否办理由经办人依规定决定并负责。', needed: '请填写身份证件号码',
}, {
	who: 'Number of the ID', hint: 'Asking is recorded. Only what this desk has on record for your organisation is shown; the full count of cards and accounts is that of your own systems.', ask: 'Check', held: { card: 'Cards on record', account: 'Accounts on record' }, free: 'Normal', risky: 'At risk or restricted', involved: 'Involved', measures: 'Measures in force', disciplined: 'Under joint discipline until',
	five: 'Five cards at one operator: no further one is to be sold', bad: 'There is a risk: refuse, or verify more strictly', good: 'Nothing on record here speaks against it', none: 'Your organisation has no record of this person', list: 'One by one', decide: 'Whether to open is decided, and answered for, by the clerk.', needed: 'The number of the ID is needed',
});
interface Found { person: Entity | null; things: DeskObject[]; measures: DeskObject[] }
const GONE = ['cancelled', 'closed'];

async function look(route: string, id: string): Promise<Found> {
	const first = (await get<DeskPage>(`/v1/${route}${query({ entity: `person:${id.trim()}`, limit: 200 })}`)).objects;
	const person = first.map((o) => o.also).find((e) => e?.kind === 'person') ?? null;
	const measures = (await get<DeskPage>(`/v1/measures${query({ entity: `person:${person?.token ?? id.trim()}`, state: 'in-force', limit: 200 })}`)).objects;
	return { person, things: first.filter((o) => !GONE.includes(o.state.name)), measures };
}
function Sum({ name, n, bad = false }: { name: string; n: number; bad?: boolean }) {
	return <span><span className="faint">{name}</span> <strong className="mono" style={{ fontSize: 20, color: bad && n > 0 ? 'var(--red)' : undefined }} data-sum={n}>{n}</strong></span>;
}
function Says({ found, kind }: { found: Found; kind: 'card' | 'account' }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const risky = found.things.filter((o) => o.state.name !== 'normal' && o.state.name !== 'sleeping').length;
	const involved = found.things.filter((o) => o.fields.involved === 1).length;
	const until = found.things.map((o) => o.fields.disciplined).filter((v): v is string => typeof v === 'string').sort().at(-1);
	const five = kind === 'card' && found.things.filter((o) => o.fields.thing !== 1).length >= 5;
	const bad = risky > 0 || involved > 0 || found.measures.length > 0 || until !== undefined;
	return (
		<div className="stack" data-opening={bad || five ? 'bad' : 'good'}>
			<Alert showIcon type={bad || five ? 'error' : 'success'} title={five ? t.five : bad ? t.bad : found.things.length === 0 ? t.none : t.good} description={t.decide} />
			<div className="sums"><Sum name={t.held[kind]} n={found.things.length} /><Sum name={t.free} n={found.things.length - risky} /><Sum name={t.risky} n={risky} bad /><Sum name={t.involved} n={involved} bad /><Sum name={t.measures} n={found.measures.length} bad /></div>
			{until !== undefined && <p style={{ margin: 0, color: 'var(--red)' }}>{t.disciplined} <Time at={until} /></p>}
			{found.things.length > 0 && <section><h2 className="sub">{t.list}</h2><ul className="plain">{found.things.map((o) => <li key={o.id} className="row">{o.subject !== null && <EntityName entity={o.subject} plain />}<StateTag state={o.state} /></li>)}</ul></section>}
			{found.measures.length > 0 && <ul className="plain">{found.measures.map((m) => { const v = m.fields.measure; const end = m.fields.end; return <li key={m.id} className="row"><span>{v !== null && typeof v === 'object' && 'name' in v ? named(v, language) : m.id}</span>{typeof end === 'string' && <span className="faint">→ <Time at={end} /></span>}</li>; })}</ul>}
		</div>
	);
}
export function OpeningCheck({ kind }: { kind: 'card' | 'account' }) {
	const t = useTexts(texts);
	const route = useSession().machines.get(kind)?.route ?? '';
	const run = useRun();
	const [found, setFound] = useState<Found | null>(null);
	const [busy, setBusy] = useState(false);
	const finish = async ({ id }: { id: string }) => {
		setBusy(true);
		setFound(await run(() => look(route, id)) ?? null);
		setBusy(false);
	};
	return (
		<section className="panel stack" style={{ maxWidth: 760 }}>
			<Form layout="vertical" onFinish={(f: { id: string }) => void finish(f)}>
				<Form.Item name="id" label={t.who} extra={t.hint} rules={[{ required: true, message: t.needed }]}><Input autoComplete="off" className="mono" maxLength={32} onChange={() => setFound(null)} /></Form.Item>
				<Button type="primary" htmlType="submit" loading={busy}>{t.ask}</Button>
			</Form>
			<div aria-live="polite">{found !== null && <Says found={found} kind={kind} />}</div>
		</section>
	);
}
