// What the public is taught with: materials, where they are published, and bulletins about new methods.
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Progress, Tag } from 'antd';
import { useState } from 'react';
import { useParams } from 'wouter';
import { get, post } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { DeskList, useList } from '../../desk/list';
import { Fields, Head, ObjectDrawer, Steps } from '../../desk/object';
import { both, named, number, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page, Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Parts } from '../../ui/tabs';

const texts = both({
	title: '素材与发布', materials: '素材', publications: '发布', bulletins: '新手法通报', print: '报纸版面', picture: '配图', approved: '已审核', wait: '待审核', reach: '触达', channels: '按渠道', scan: '立即查找新手法', why: '为什么现在查找', started: '已开始，草稿会出现在列表里',
	readers: '阅知', people: '已阅', late: '超时', outlets: '网点', due: '截止',
}, {
	title: 'Content', materials: 'Materials', publications: 'Publications', bulletins: 'New methods', print: 'For the newspaper', picture: 'Picture', approved: 'approved', wait: 'waits', reach: 'Reached', channels: 'By channel', scan: 'Look for new methods now', why: 'Why now', started: 'Begun; drafts will appear in the list',
	readers: 'Read by', people: 'People', late: 'Late', outlets: 'Outlets', due: 'until',
});
const text = (o: DeskObject, name: string): string => (typeof o.fields[name] === 'string' ? o.fields[name] : '');

function MaterialCard({ object, open }: { object: DeskObject; open: (id: string) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const fields = useSession().machines.get('material')?.fields ?? [];
	const choice = (name: string): string => { const v = object.fields[name]; return v !== null && typeof v === 'object' && 'name' in v ? named(v, language) : ''; };
	const title = (language === 'en' && text(object, 'title_en')) || text(object, 'title');
	return (
		<Panel className="stack">
			<div className="row"><Button type="link" style={{ padding: 0, whiteSpace: 'normal', height: 'auto', textAlign: 'left' }} onClick={() => open(object.id)}><strong>{title}</strong></Button></div>
			<div className="row"><Tag>{choice('scam')}</Tag><Tag>{choice('audience')}</Tag><Tag color={object.state.name === 'approved' ? 'success' : 'warning'} variant="outlined">{named(object.state, language)}</Tag></div>
			{fields.some((f) => f.name === 'picture') && object.fields.picture != null && <img src={`/v1/materials/${object.id}/files/picture`} alt={`${t.picture}: ${title}`} loading="lazy" style={{ width: '100%', maxHeight: 160, objectFit: 'cover', borderRadius: 6 }} />}
			<p style={{ margin: 0, whiteSpace: 'pre-wrap' }}>{(language === 'en' && text(object, 'summary_en')) || text(object, 'summary')}</p>
			{object.state.name === 'approved' && <a href={`/v1/materials/${object.id}/print`} target="_blank" rel="noreferrer">{t.print}</a>}
		</Panel>
	);
}
function Materials() {
	const list = useList('material', { sort: 'changed' }, 60);
	const [shown, show] = useState<string | null>(null);
	return (
		<div className="stack">
			<Asked of={list} empty={(d) => d.pages[0]?.objects.length === 0}>{(d) => <div className="grid">{d.pages.flatMap((p) => p.objects).map((o) => <MaterialCard key={o.id} object={o} open={show} />)}</div>}</Asked>
			<DeskList kind="material" fields={['title', 'scam', 'audience', 'edition']} height={320} />
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}

function Publications() {
	const t = useTexts(texts);
	const language = useLanguage();
	const all = useList('publication', { sort: 'changed' }, 500);
	const channels = useSession().machines.get('publication')?.fields.find((f) => f.name === 'channel')?.choices ?? [];
	const rows = all.data?.pages.flatMap((p) => p.objects) ?? [];
	const sum = (name: string): number => rows.filter((o) => { const c = o.fields.channel; return c !== null && typeof c === 'object' && 'name' in c && c.name === name; }).reduce((n, o) => n + (typeof o.fields.reach === 'number' ? o.fields.reach : 0), 0);
	return (
		<div className="stack">
			<Panel title={`${t.reach} · ${t.channels}`}><div className="row" style={{ gap: 24 }}>{channels.map((c) => <span key={c.name}><span className="faint">{named(c, language)}</span> <strong className="mono">{number(sum(c.name), language)}</strong></span>)}</div></Panel>
			<DeskList kind="publication" fields={['material', 'channel', 'starts', 'reach', 'reads']} filter={{ open: false }} />
		</div>
	);
}

interface Receipts { bulletin: string; read_by: string | null; read: number; late: number; outlets_read: number; outlets: number }
function Readers({ bulletin }: { bulletin: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useQuery({ queryKey: ['receipts', bulletin.id], queryFn: ({ signal }) => get<Receipts>(`/v1/bulletins/${bulletin.id}/receipts`, signal) });
	return (
		<Asked of={of}>{(r) => (
			<div className="row">
				<span>{t.people} <strong className="mono">{number(r.read, language)}</strong></span><span>{t.late} <strong className="mono">{number(r.late, language)}</strong></span>
				<span>{t.outlets} <strong className="mono">{r.outlets_read}/{r.outlets}</strong></span>{r.outlets > 0 && <Progress aria-label={t.outlets} style={{ maxWidth: 240 }} percent={Math.floor((100 * r.outlets_read) / r.outlets)} />}
			</div>
		)}</Asked>
	);
}
function Bulletins() {
	const t = useTexts(texts);
	const run = useRun();
	const { may, scope } = useSession();
	const [why, setWhy] = useState('');
	const list = useList('bulletin', { sort: 'changed' }, 50);
	return (
		<div className="stack">
			{(may('bulletin', 'submit') || scope('policies')) && (
				<form className="row" onSubmit={(e) => { e.preventDefault(); void run(() => post('/v1/method-scans', { why }), t.started).then((done) => { if (done !== undefined) setWhy(''); }); }}>
					<Input aria-label={t.why} placeholder={t.why} style={{ maxWidth: 360 }} value={why} onChange={(e) => setWhy(e.target.value)} required />
					<Button htmlType="submit" disabled={why.trim() === ''}>{t.scan}</Button>
				</form>
			)}
			<Asked of={list} empty={(d) => d.pages[0]?.objects.length === 0}>{(d) => d.pages.flatMap((p) => p.objects).map((b) => (
				<Panel key={b.id} className="stack">
					<Head object={b} />
					<h2 style={{ margin: 0, fontSize: 16 }}>{text(b, 'title')}</h2>
					<Fields object={b} omit={['title']} />
					{b.state.name === 'published' && <div><strong>{t.readers}</strong> {typeof b.fields.read_by === 'string' && <span className="faint">{t.due} <Time at={b.fields.read_by} /></span>}<Readers bulletin={b} /></div>}
					<OpenSteps object={b} />
				</Panel>
			))}</Asked>
			<DeskList kind="bulletin" fields={['title', 'scam', 'published']} filter={{ open: false }} height={240} />
		</div>
	);
}
/* Objects of a list come without the reader's steps: ask for them when they are shown. */
function OpenSteps({ object }: { object: DeskObject }) {
	const route = useSession().machines.get(object.kind)?.route ?? '';
	const of = useQuery({ queryKey: ['object', object.id], queryFn: ({ signal }) => get<DeskObject>(`/v1/${route}/${object.id}`, signal) });
	return of.data === undefined ? null : <Steps object={of.data} main="publish" />;
}

export default function Content() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	return (
		<Page title={t.title}>
			<Parts at="/content" part={tab} parts={[
				{ key: 'materials', label: t.materials, content: <Materials /> }, { key: 'publications', label: t.publications, content: <Publications /> }, { key: 'bulletins', label: t.bulletins, content: <Bulletins /> },
			]} />
		</Page>
	);
}
