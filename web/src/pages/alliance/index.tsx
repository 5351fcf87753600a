// The alliance: matters that its members settle together, meetings with minutes, joint events, shared assets, and private matching of lists.
import { useQuery } from '@tanstack/react-query';
import { Tag } from 'antd';
import { useState } from 'react';
import { useParams } from 'wouter';
import { get } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { DeskList, useList } from '../../desk/list';
import { Head, ObjectDrawer, ObjectView, useObject } from '../../desk/object';
import { both, useTexts, words } from '../../i18n';
import { useSession } from '../../session';
import { Page, Panel } from '../../ui/page';
import { Asked, Nothing } from '../../ui/states';
import { ShowValue, Time } from '../../ui/show';
import { Table } from '../../ui/table';
import { Parts } from '../../ui/tabs';

const texts = both({
	title: '联盟', matters: '要事联商', meetings: '会议', events: '活动联办', assets: '品牌同筑', matching: '隐私比对', owner: '责任单位', deadline: '期限', decision: '决定', minutes: '纪要', choose: '选择一次会议', board: '进展', with: '对方', phase: '阶段', purpose: '用途', size: '条数', made: '发起', until: '截止',
	matchHint: '双方只得知交集；比对在各自的机器上用 duanka match 进行，这里是同意与留痕。', raised: '提出', listed: '列入议程', assigned: '办理中', done: '待确认',
}, {
	title: 'Alliance', matters: 'Matters', meetings: 'Meetings', events: 'Joint events', assets: 'Brand assets', matching: 'Private matching', owner: 'Owner', deadline: 'Deadline', decision: 'Decision', minutes: 'Minutes', choose: 'Choose a meeting', board: 'Progress', with: 'With', phase: 'Phase', purpose: 'Purpose', size: 'Items', made: 'Proposed', until: 'Until',
	matchHint: 'Both learn the intersection only; the matching runs on their own machines by duanka match, here is consent and trace.', raised: 'Raised', listed: 'On the agenda', assigned: 'In work', done: 'To be accepted',
});
const COLUMNS = ['raised', 'listed', 'assigned', 'done'] as const;

function Matters() {
	const t = useTexts(texts);
	const list = useList('matter', { open: true, sort: 'urgency' }, 200);
	const [shown, show] = useState<string | null>(null);
	const machine = useSession().machines.get('matter');
	return (
		<div className="stack">
			<Asked of={list} empty={(d) => d.pages[0]?.objects.length === 0}>{(d) => (
				<div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 240px), 1fr))' }}>{COLUMNS.map((c) => {
					const those = d.pages.flatMap((p) => p.objects).filter((o) => o.state.name === c);
					return (
						<Panel key={c} title={`${t[c]} · ${those.length}`}>{those.map((o) => (
							<button type="button" key={o.id} onClick={() => show(o.id)} style={{ display: 'block', width: '100%', textAlign: 'left', font: 'inherit', color: 'inherit', background: 'var(--back)', border: '1px solid var(--line)', borderRadius: 6, padding: 8, marginBottom: 8, cursor: 'pointer' }}>
								<strong>{String(o.fields.title ?? o.id)}</strong>
								<span className="row faint">{o.fields.owner !== undefined && <span>{t.owner} <ShowValue value={o.fields.owner} name="owner" /></span>}{typeof o.fields.deadline === 'string' && <span>{t.deadline} <Time at={o.fields.deadline} /></span>}</span>
							</button>
						))}</Panel>
					);
				})}</div>
			)}</Asked>
			{machine !== undefined && <DeskList kind="matter" fields={['title', 'sort', 'owner', 'deadline']} filter={{ open: false }} height={280} />}
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}
function Meeting({ id }: { id: string }) {
	const t = useTexts(texts);
	return <Asked of={useObject(id)}>{(o) => <div className="stack"><div className="row">{['html', 'pdf', 'md'].map((f) => <a key={f} href={`/v1/meetings/${o.id}/minutes.${f}`} target="_blank" rel="noreferrer">{t.minutes} ({f.toUpperCase()})</a>)}</div><ObjectView object={o} /></div>}</Asked>;
}
function Meetings() {
	const t = useTexts(texts);
	const [shown, show] = useState<string | null>(null);
	return <div className="grid" style={{ alignItems: 'start' }}><Panel><DeskList kind="meeting" fields={['title', 'when', 'place']} filter={{ open: false }} select={(o) => show(o.id)} height={420} /></Panel><Panel>{shown === null ? <Nothing>{t.choose}</Nothing> : <Meeting key={shown} id={shown} />}</Panel></div>;
}
function Assets() {
	const list = useList('asset', { state: 'approved' }, 100);
	const [shown, show] = useState<string | null>(null);
	const picture = (o: DeskObject): boolean => o.fields.file != null;
	return (
		<div className="stack">
			<Asked of={list}>{(d) => <div className="grid">{d.pages.flatMap((p) => p.objects).map((o) => (
				<Panel key={o.id} className="stack"><Head object={o} /><strong>{String(o.fields.name ?? '')}</strong> <span className="faint">v<ShowValue value={o.fields.edition} /></span>{picture(o) && <a href={`/v1/assets/${o.id}/files/file`} target="_blank" rel="noreferrer">{String(o.fields.name ?? o.id)}</a>}</Panel>
			))}</div>}</Asked>
			<DeskList kind="asset" fields={['name', 'sort', 'edition', 'licence']} filter={{ open: false }} height={320} select={(o) => show(o.id)} />
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}
interface Match { id: string; phase: string; with?: string; purpose?: string; [more: string]: unknown }
function Matching() {
	const t = useTexts(texts);
	const of = useQuery({ queryKey: ['matches'], queryFn: ({ signal }) => get<{ matches: Match[] }>('/v1/matches', signal) });
	return (
		<div className="stack">
			<p className="faint">{t.matchHint}</p>
			<Asked of={of} empty={(d) => d.matches.length === 0}>{(d) => <Table<Match> rowKey="id" size="small" scroll={{ x: 700 }} dataSource={d.matches} columns={[
				{ title: 'id', dataIndex: 'id', render: (v: string) => <span className="mono">{v.slice(0, 12)}</span> }, { title: t.phase, dataIndex: 'phase', render: (v: string) => <Tag>{words(v)}</Tag> },
				{ title: t.purpose, dataIndex: 'purpose' }, { title: t.until, dataIndex: 'until', render: (v?: string) => (v === undefined ? '' : <Time at={v} />) },
			]} />}</Asked>
		</div>
	);
}
export default function Alliance() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	const { scope } = useSession();
	return (
		<Page title={t.title}>
			<Parts at="/alliance" part={tab} parts={[
				{ key: 'matters', label: t.matters, content: <Matters /> }, { key: 'meetings', label: t.meetings, content: <Meetings /> },
				{ key: 'events', label: t.events, content: <DeskList kind="joint-event" fields={['title', 'when', 'place', 'reached']} filter={{ open: false }} /> }, { key: 'assets', label: t.assets, content: <Assets /> },
				...(scope('match') ? [{ key: 'matching', label: t.matching, content: <Matching /> }] : []),
			]} />
		</Page>
	);
}
