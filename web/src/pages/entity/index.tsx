// entity - a phone, an account, a person, a device, an outlet: how it stands, what is done about it, what it took part in, and with whom. Masked; plain forms only for a purpose and a case.
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Form, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { get, post, Problem } from '../../api/client';
import type { Entity } from '../../api/types';
import { ReasonFields, reasonBody, AfterReason, type Reason } from '../../desk/reason';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page, Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { useKindName } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { Contacts } from './contacts';
import { ObjectsAbout } from './objects';
import { Search } from './search';
import { AlertsOf, Facts, WindowsOf, type State } from './state';
import { Timeline } from './timeline';
import './entity.css';

const texts = both({
	title: '实体查询', state: '概况', objects: '措施与办理', timeline: '时间线', contacts: '关系图', unknown: '没有任何事件提到过它；仍可能有办理记录。', another: '查另一个', reveal: '查看明文', plain: '明文', act: '记录序号', trail: '资金链', ok: '查看', outlets: '网点风险与追溯',
}, {
	title: 'Entities', state: 'State', objects: 'Measures and work', timeline: 'Time line', contacts: 'Contacts', unknown: 'No event has named it; there may still be work about it.', another: 'Look for another', reveal: 'Show in plain', plain: 'In plain', act: 'Record', trail: 'Money trail', ok: 'Show', outlets: 'Outlets: risk and trace',
});

function RevealToken({ kind, token }: { kind: string; token: string }) {
	const t = useTexts(texts);
	const run = useRun();
	const [open, setOpen] = useState(false);
	const [shown, setShown] = useState<{ plain: string; act: number } | null>(null);
	const look = async (f: Reason) => {
		const got = await run(() => post<{ plain: string; act: number }>('/v1/reveal', { kind, token, ...reasonBody({ reason: f.reason, case: f.case ?? '' }) }));
		if (got !== undefined) { setShown(got); setOpen(false); }
	};
	return (
		<>
			<Button onClick={() => setOpen(true)}>{t.reveal}</Button>
			{shown !== null && <Descriptions size="small" column={2} bordered items={[{ key: 'p', label: t.plain, children: <span className="mono">{shown.plain}</span> }, { key: 'a', label: t.act, children: shown.act }]} />}
			<Modal open={open} title={t.reveal} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
				<Form layout="vertical" onFinish={(f: Reason) => void look(f)}><ReasonFields /><Button type="primary" htmlType="submit">{t.ok}</Button></Form>
			</Modal>
		</>
	);
}

/* The reason given for somebody holds while the console is open: going to an alert and back does not ask again. */
const reasons = new Map<string, Reason>();
const PARTS = ['state', 'objects', 'timeline', 'contacts'] as const;

function About({ kind, token }: { kind: string; token: string }) {
	const t = useTexts(texts);
	const kindName = useKindName();
	const session = useSession();
	const [, go] = useLocation();
	const [part, setPart] = useState<(typeof PARTS)[number]>('state');
	const [reason, setReason] = useState<Reason | null>(reasons.get(token) ?? null);
	const state = useQuery({ queryKey: ['entity', kind, token], retry: false, queryFn: ({ signal }) => get<State>(`/v1/entities/${kind}/${token}`, signal) });
	const keep = (r: Reason) => { reasons.set(token, r); setReason(r); };
	const me: Entity = { kind, token, shown: state.data?.shown ?? null };
	const unknown = state.error instanceof Problem && state.error.status === 404;
	return (
		<Page title={`${kindName(kind)} ${state.data?.shown ?? `${token.slice(0, 8)}…`}`} extra={<>
			{session.scope('reveal') && <RevealToken kind={kind} token={token} />}
			{kind === 'account' && <Link href={`/trail/${token}`}>{t.trail}</Link>}
			{kind === 'outlet' && <Link href="/outlets">{t.outlets}</Link>}
			<Button onClick={() => go('/entity')}>{t.another}</Button>
		</>}>
			<div className="stack">
				<div className="scroll"><Segmented value={part} onChange={setPart} options={PARTS.map((p) => ({ value: p, label: t[p] }))} /></div>
				{part === 'state' && (unknown ? <Panel><Nothing>{t.unknown}</Nothing></Panel> : <Asked of={state}>{(s) => <div className="stack"><Facts state={s} /><AlertsOf alerts={s.alerts} /><WindowsOf state={s} /></div>}</Asked>)}
				{part === 'objects' && <Panel title={t.objects}><ObjectsAbout kind={kind} token={token} /></Panel>}
				{part === 'timeline' && <Panel title={t.timeline}><AfterReason reason={reason} onReason={keep}>{(r) => <Timeline kind={kind} token={token} reason={r} />}</AfterReason></Panel>}
				{part === 'contacts' && <Panel title={t.contacts}><AfterReason reason={reason} onReason={keep}>{(r) => <Contacts center={me} reason={r} />}</AfterReason></Panel>}
			</div>
		</Page>
	);
}

export default function EntityPage() {
	const t = useTexts(texts);
	const { kind, token } = useParams<{ kind?: string; token?: string }>();
	if (kind === undefined || token === undefined) return <Page title={t.title}><Search /></Page>;
	return <About key={`${kind}/${token}`} kind={kind} token={token} />;
}
