// object.tsx - an object of any kind of the desk: where it stands, what runs out when, its fields, who did what, and the steps that the reader may take now.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Descriptions, Tag } from 'antd';
import { useCallback, useState, type ReactNode } from 'react';
import { get, Problem } from '../api/client';
import type { DeskObject, Done, Machine } from '../api/types';
import { both, district, named, useLanguage, useTexts } from '../i18n';
import { listKey, objectKey } from '../live';
import { useSession } from '../session';
import { Asked, Loading } from '../ui/states';
import { Countdown, EntityName, Grade, ShowValue, StateTag, Time } from '../ui/show';
import { later } from '../ui/later';
import { Side } from '../ui/side';
import { useOrganisation, Who } from '../ui/who';
import type { Revealed } from './reveal';
import { StepDialog, type StepAsk } from './step';

const texts = both({
	history: '经过', fields: '要素', steps: '可办理', nothing: '您当前没有可办理的步骤', reveal: '查看明文', act: '记录序号', made: '建立', changed: '更新', by: '经办', org: '单位',
	district: '辖区', subject: '对象', notice: '告知', gone: '已不可知', from: '此前', open: '打开',
}, {
	history: 'History', fields: 'Facts', steps: 'Steps', nothing: 'Nothing for you to do here now', reveal: 'Show in plain', act: 'Record', made: 'Made', changed: 'Changed', by: 'By', org: 'Organisation',
	district: 'District', subject: 'About', notice: 'Notice', gone: 'not known any more', from: 'was', open: 'Open',
});

export const useKindOf = (): ((id: string) => Machine | undefined) => {
	const { machines } = useSession();
	return (id) => [...machines.values()].find((m) => m.letters === id.split('-')[0]);
};
export function useObject(id: string, on = true) {
	const machine = useKindOf()(id);
	return useQuery({ queryKey: objectKey(id), enabled: on, queryFn: ({ signal }) => (machine === undefined ? Promise.reject(new Problem(404, {})) : get<DeskObject>(`/v1/${machine.route}/${encodeURIComponent(id)}`, signal)) }); // whose letters no kind has is none
}
/** What follows a step: the object in the cache is the newest, lists of its kind are asked for again. */
export function useStepped(): (done: Done) => void {
	const queries = useQueryClient();
	return useCallback((done) => {
		if (done.object === null) return;
		void queries.invalidateQueries({ queryKey: objectKey(done.object.id) });
		void queries.invalidateQueries({ queryKey: ['history', done.object.id] });
		void queries.invalidateQueries({ queryKey: listKey(done.object.kind) });
	}, [queries]);
}

/* ---- plain forms of tokens and sealed texts, for a purpose ---- */

export const RevealDialog = later(() => import('./reveal'));
export function Reveal({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines } = useSession();
	const [open, setOpen] = useState(false);
	const [shown, setShown] = useState<Revealed | null>(null);
	const fields = machines.get(object.kind)?.fields ?? [];
	return (
		<>
			<Button size="small" onClick={() => setOpen(true)}>{t.reveal}</Button>
			{shown !== null && <Descriptions size="small" column={1} bordered style={{ marginTop: 8 }} items={[...Object.entries(shown.plain).map(([name, plain]) => ({ key: name, label: named(fields.find((f) => f.name === name) ?? { name, zh: name }, language), children: plain ?? t.gone })), { key: 'act', label: t.act, children: shown.act }]} />}
			{open && <RevealDialog object={object.id} onClose={() => setOpen(false)} onShown={(got) => { setShown(got); setOpen(false); }} />}
		</>
	);
}

/* ---- parts ---- */

export const History = later(() => import('./history'), Loading, true);

export function Fields({ object, omit = [] }: { object: DeskObject; omit?: string[] }) {
	const language = useLanguage();
	const machine = useSession().machines.get(object.kind);
	const fields = (machine?.fields ?? []).filter((f) => f.name in object.fields && !omit.includes(f.name));
	return <Descriptions size="small" column={{ xs: 1, sm: 1, md: 2, xl: 2 }} items={fields.map((f) => ({
		key: f.name, label: named(f, language),
		children: f.type === 'file' && f.guarded !== true && object.fields[f.name] != null
			? <a href={`/v1/${machine?.route ?? ''}/${object.id}/files/${f.name}`} target="_blank" rel="noreferrer"><img src={`/v1/${machine?.route ?? ''}/${object.id}/files/${f.name}`} alt={named(f, language)} style={{ maxWidth: 160, maxHeight: 120 }} /></a>
			: <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}><ShowValue value={object.fields[f.name]} type={f.type} name={f.name} kind={object.kind} /></span>,
	}))} />;
}
/** Buttons for what may be done now; `main` first and as the primary one. */
export function Steps({ object, main, hide = [], onDone, initial }: { object: DeskObject; main?: string; hide?: string[]; onDone?: (done: Done) => void; initial?: Record<string, unknown> }) {
	const language = useLanguage();
	const t = useTexts(texts);
	const machine = useSession().machines.get(object.kind);
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const steps = (object.steps ?? []).filter((s) => !hide.includes(s.name)).sort((a, b) => Number(b.name === main) - Number(a.name === main));
	if (machine === undefined) return null;
	return (
		<div className="row">
			{steps.length === 0 && <span className="faint">{t.nothing}</span>}
			{steps.map((s) => <Button key={s.name} type={s.name === main ? 'primary' : 'default'} data-step={s.name} onClick={() => setAsk({ machine, step: s.name, object, initial })}>{named(s, language)}</Button>)}
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); onDone?.(d); }} />
		</div>
	);
}
export function Dues({ object }: { object: DeskObject }) {
	const language = useLanguage();
	return <div className="row">{object.due.map((d) => <Tag key={d.name} variant="outlined"><Countdown to={d.at} label={named(d, language)} /></Tag>)}</div>;
}
export function Head({ object, extra }: { object: DeskObject; extra?: ReactNode }) {
	const language = useLanguage();
	return (
		<div className="row">
			{object.grade !== null && object.kind === 'warning' && <Grade grade={object.grade} />}
			<strong>{language === 'zh' ? object.kind_zh : named({ name: object.kind, zh: '' }, language)}</strong>
			<span className="mono">{object.id}</span><StateTag state={object.state} />
			{object.subject !== null && <EntityName entity={object.subject} />}
			{object.district !== 0 && <span className="faint">{district(object.district, language)}</span>}
			<Dues object={object} />{extra}
		</div>
	);
}

/** All of an object, wherever it is shown. */
export function ObjectView({ object, main }: { object: DeskObject; main?: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const title = useOrganisation();
	return (
		<div className="stack">
			<Head object={object} />
			<Steps object={object} main={main} />
			<Fields object={object} />
			{object.notice !== undefined && <p className="faint">{t.notice}: {language === 'zh' ? object.notice.zh : object.notice.state} <Time at={object.notice.since} /></p>}
			<p className="faint">{t.made} <Time at={object.made} /> {object.made_by !== null && <Who id={object.made_by} />} · {t.changed} <Time at={object.changed} />{object.organisation !== 0 && <> · {t.org} <span title={String(object.organisation)}>{title(object.organisation)}</span></>}</p>
			<div><Reveal object={object} /></div>
			<section><h3>{t.history}</h3><History object={object} /></section>
		</div>
	);
}
export function ObjectById({ id }: { id: string }) {
	const of = useObject(id);
	return <Asked of={of}>{(o) => <ObjectView object={o} />}</Asked>;
}
export function ObjectDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
	return <Side of={id} title={(x) => <span className="mono">{x}</span>} onClose={onClose}>{(x) => <ObjectById id={x} />}</Side>;
}
