// measures.tsx - every measure against somebody: what, on what basis, by whom and who approved, whether they were told, until when, and whether they objected.
import { Alert, Button, Select, Tag } from 'antd';
import type { Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import type { DeskObject, Entity, Field, Named, Value } from '../../api/types';
import { useList, type Filter } from '../../desk/list';
import { ObjectDrawer } from '../../desk/object';
import { both, district, DISTRICTS, named, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { RangePicker } from '../../ui/date-picker';
import { EntityName, ShowValue, StateTag, Time } from '../../ui/show';
import { Failed, Loading, Nothing } from '../../ui/states';
import { Table, type Column } from '../../ui/table';

const texts = both({
	state: '状态', all: '全部', measure: '措施', basis: '依据', who: '当事人', actor: '提出 / 审批', auto: '自动', told: '告知', from: '起', to: '止', appeal: '申诉', object: '业务', district: '辖区', more: '载入更多', none: '没有符合条件的处置', due: '应告知', late: '告知超时', notTold: '未告知',
	shown: (n: number, of: number, more: boolean) => `${n} 条符合，共载入 ${of} 条${more ? '，还有更多' : ''}`, changed: '更新时间', evidence: '证据', papers: '手续待补', noEyes: '无审批人', appeals: '有申诉', forever: '未定',
}, {
	state: 'State', all: 'All', measure: 'Measure', basis: 'Basis', who: 'About', actor: 'Asked / approved', auto: 'automatic', told: 'Told', from: 'From', to: 'Until', appeal: 'Objection', object: 'Work', district: 'District', more: 'Load more', none: 'No such measure', due: 'to be told', late: 'notice overdue', notTold: 'not told',
	shown: (n: number, of: number, more: boolean) => `${n} of ${of} loaded${more ? '; there are more' : ''}`, changed: 'Changed', evidence: 'Evidence', papers: 'papers owed', noEyes: 'Nobody approved', appeals: 'With an objection', forever: 'open',
});
const choice = (v: Value | undefined): Named | null => (v !== null && typeof v === 'object' && !Array.isArray(v) && 'name' in v ? v : null);
export const people = (o: DeskObject): Entity[] => ['person', 'phone', 'account'].map((n) => o.fields[n]).filter((v): v is Entity => v !== null && typeof v === 'object' && !Array.isArray(v) && 'token' in v);
const is = (v: Value | undefined): v is string => typeof v === 'string' && v !== '';

export function Told({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const n = object.notice;
	if (n !== undefined) return <span style={{ color: n.late ? 'var(--red)' : undefined }}>{language === 'zh' ? n.zh : n.state}{n.late && ` · ${t.late}`}{n.since !== null && <> <Time at={n.since} /></>}</span>;
	return is(object.fields.notice) ? <Time at={object.fields.notice} /> : <span className="faint">{t.notTold}</span>;
}
export function useMeasureColumns(): Column<DeskObject>[] {
	const t = useTexts(texts);
	const language = useLanguage();
	return [
		{ key: 'measure', title: t.measure, width: 130, fixed: 'left', render: (_, o) => <strong>{named(choice(o.fields.measure) ?? undefined, language)}</strong> },
		{ key: 'state', title: t.state, width: 100, render: (_, o) => <StateTag state={o.state} /> },
		{ key: 'who', title: t.who, width: 170, render: (_, o) => <span className="row">{people(o).map((e) => <EntityName key={e.token} entity={e} plain />)}</span> },
		{ key: 'basis', title: t.basis, width: 190, render: (_, o) => <span style={{ whiteSpace: 'normal' }}>{language === 'zh' ? choice(o.fields.basis)?.zh : choice(o.fields.basis)?.name}</span> },
		{ key: 'actor', title: t.actor, width: 150, render: (_, o) => <span>{o.fields.automatic === 1 ? <Tag>{t.auto}</Tag> : <ShowValue value={o.fields.actor} type="user" />}<br /><ShowValue value={o.fields.approver} type="user" />{o.fields.late_papers === 1 && <Tag color="warning" variant="outlined">{t.papers}</Tag>}</span> },
		{ key: 'told', title: t.told, width: 150, render: (_, o) => <Told object={o} /> },
		{ key: 'span', title: `${t.from} / ${t.to}`, width: 150, render: (_, o) => <>{is(o.fields.start) ? <Time at={o.fields.start} /> : '–'}<br />{is(o.fields.ended) ? <Time at={o.fields.ended} /> : is(o.fields.end) ? <Time at={o.fields.end} /> : <span className="faint">{t.forever}</span>}</> },
		{ key: 'appeal', title: t.appeal, width: 110, render: (_, o) => { const a = choice(o.fields.appeal); return a === null || a.name === 'none' ? <span className="faint">–</span> : <Tag color={a.name === 'open' ? 'processing' : a.name === 'granted' ? 'success' : undefined} variant="outlined">{named(a, language)}</Tag>; } },
		{ key: 'evidence', title: t.evidence, width: 140, render: (_, o) => <ShowValue value={o.fields.evidence} type="positions" /> },
		{ key: 'object', title: t.object, width: 150, render: (_, o) => <ShowValue value={o.fields.object} type="object" /> },
		{ key: 'district', title: t.district, width: 80, render: (_, o) => district(o.district, language) },
	];
}

interface Local { measure?: string; basis?: string; only?: string }
const ONLY: Record<string, (o: DeskObject) => boolean> = {
	appeals: (o) => (choice(o.fields.appeal)?.name ?? 'none') !== 'none', late: (o) => o.notice?.late === true, notTold: (o) => !is(o.fields.notice) && o.notice?.state !== 'given',
	papers: (o) => o.fields.late_papers === 1, auto: (o) => o.fields.automatic === 1, noEyes: (o) => o.fields.automatic !== 1 && !is(o.fields.approver),
};
export function Measures() {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useMachine('measure');
	const [filter, setFilter] = useState<Filter & { changed_from?: string; changed_to?: string }>({ sort: 'changed' });
	const [local, setLocal] = useState<Local>({});
	const [shown, show] = useState<string | null>(null);
	const list = useList('measure', filter, 1000);
	const columns = useMeasureColumns();
	const all = useMemo(() => list.data?.pages.flatMap((p) => p.objects) ?? [], [list.data]);
	const rows = useMemo(() => all.filter((o) => (local.measure === undefined || choice(o.fields.measure)?.name === local.measure) && (local.basis === undefined || choice(o.fields.basis)?.name === local.basis) && (local.only === undefined || ONLY[local.only]?.(o) === true)), [all, local]);
	const choices = (name: string): { value: string; label: string }[] => (machine.fields.find((f: Field) => f.name === name)?.choices ?? []).map((c) => ({ value: c.name, label: language === 'zh' ? c.zh : name === 'basis' ? c.name : named(c, language) }));
	const days = (d: [Dayjs | null, Dayjs | null] | null) => setFilter({ ...filter, changed_from: d?.[0]?.startOf('day').format('YYYY-MM-DDTHH:mm:ss'), changed_to: d?.[1]?.add(1, 'day').startOf('day').format('YYYY-MM-DDTHH:mm:ss') });
	return (
		<div className="stack">
			<div className="row" role="search">
				<Select aria-label={t.state} style={{ minWidth: 110 }} allowClear placeholder={t.state} value={filter.state} onChange={(v?: string) => setFilter({ ...filter, state: v })} options={machine.states.map((s) => ({ value: s.name, label: named(s, language) }))} />
				<Select aria-label={t.measure} style={{ minWidth: 140 }} allowClear placeholder={t.measure} value={local.measure} onChange={(v?: string) => setLocal({ ...local, measure: v })} options={choices('measure')} />
				<Select aria-label={t.basis} style={{ minWidth: 170, maxWidth: '100%' }} popupMatchSelectWidth={false} allowClear placeholder={t.basis} value={local.basis} onChange={(v?: string) => setLocal({ ...local, basis: v })} options={choices('basis')} />
				<Select aria-label={t.all} style={{ minWidth: 130 }} allowClear placeholder={t.all} value={local.only} onChange={(v?: string) => setLocal({ ...local, only: v })}
					options={[{ value: 'appeals', label: t.appeals }, { value: 'late', label: t.late }, { value: 'notTold', label: t.notTold }, { value: 'papers', label: t.papers }, { value: 'noEyes', label: t.noEyes }, { value: 'auto', label: t.auto }]} />
				<Select aria-label={t.district} style={{ minWidth: 110 }} allowClear placeholder={t.district} value={filter.district} onChange={(v?: number) => setFilter({ ...filter, district: v })} options={Object.entries(DISTRICTS).map(([n, d]) => ({ value: Number(n), label: named(d, language) }))} />
				<RangePicker aria-label={t.changed} style={{ maxWidth: 260 }} allowEmpty onChange={(d) => days(d)} />
				<span className="faint grow" role="status">{t.shown(rows.length, all.length, list.hasNextPage)}</span>
			</div>
			{list.error !== null && list.data === undefined ? <Failed error={list.error} again={() => void list.refetch()} /> : list.isPending ? <Loading /> : rows.length === 0 ? <Nothing>{t.none}</Nothing> : (
				<Table<DeskObject> rowKey="id" size="small" virtual columns={columns} dataSource={rows} scroll={{ x: 1520, y: Math.max(240, window.innerHeight - 300) }}
					onRow={(o) => ({ tabIndex: 0, style: { cursor: 'pointer' }, onClick: () => show(o.id), onKeyDown: (e) => { if (e.key === 'Enter') show(o.id); } })} />
			)}
			{list.isFetchNextPageError && <Alert type="error" title={String(list.error)} />}
			{list.hasNextPage && <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t.more}</Button>}
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}
