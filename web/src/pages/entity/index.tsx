// entity - a phone, an account, a person, a device, an outlet: how it stands, what is done about it, what it took part in, and with whom. Masked: plain forms are shown where the work is, for a purpose and a case.
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { get, Problem } from '../../api/client';
import type { Entity } from '../../api/types';
import { AfterReason, type Reason } from '../../desk/reason';
import { both, useTexts } from '../../i18n';
import { useKept } from '../../kept';
import { Page, Panel } from '../../ui/page';
import { useKindName } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { Contacts } from './contacts';
import { ObjectsAbout } from './objects';
import { Search } from './search';
import { AlertsOf, Facts, WindowsOf, type State } from './state';
import { Timeline } from './timeline';
import './entity.css';

const texts = both({
	title: '实体查询', state: '概况', objects: '措施与办理', timeline: '时间线', contacts: '关系图', unknown: '没有任何事件提到过它；仍可能有办理记录。', another: '查另一个', trail: '资金链', outlets: '网点风险与追溯', masked: '号码在此只显示掩码。需要明文时，打开与其有关的预警、措施等办理对象，点“查看明文”，填写用途和案件编号（留痕）。', toObjects: '相关办理',
}, {
	title: 'Entities', state: 'State', objects: 'Measures and work', timeline: 'Time line', contacts: 'Contacts', unknown: 'No event has named it; there may still be work about it.', another: 'Look for another', trail: 'Money trail', outlets: 'Outlets: risk and trace', masked: 'Numbers are masked here. Who needs one in plain opens a warning, a measure or other work about it and takes “Show in plain”, with a purpose and a case; that is recorded.', toObjects: 'Work about it',
});

const PARTS = ['state', 'objects', 'timeline', 'contacts'] as const;

function About({ kind, token }: { kind: string; token: string }) {
	const t = useTexts(texts);
	const kindName = useKindName();
	const [, go] = useLocation();
	const [part, setPart] = useState<(typeof PARTS)[number]>('state');
	const [reason, keep] = useKept<Reason | null>(`reason ${token}`, null); // going to an alert and back does not ask again
	const state = useQuery({ queryKey: ['entity', kind, token], retry: false, queryFn: ({ signal }) => get<State>(`/v1/entities/${kind}/${token}`, signal) });
	const me: Entity = { kind, token, shown: state.data?.shown ?? null };
	const unknown = state.error instanceof Problem && state.error.status === 404;
	return (
		<Page title={`${kindName(kind)} ${state.data?.shown ?? `${token.slice(0, 8)}…`}`} extra={<>
			{kind === 'account' && <Link href={`/trail/${token}`}>{t.trail}</Link>}
			{kind === 'outlet' && <Link href="/outlets">{t.outlets}</Link>}
			<Button onClick={() => go('/entity')}>{t.another}</Button>
		</>}>
			<div className="stack">
				<p className="faint" style={{ margin: 0 }}>{t.masked}{part !== 'objects' && <> <button type="button" className="link" data-plain-at onClick={() => setPart('objects')}>{t.toObjects}</button></>}</p>
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
