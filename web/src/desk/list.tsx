// list.tsx - objects of a kind in a table: filters that the service applies, pages by its cursor, rows that follow the stream. The table draws only the rows in sight, so 100,000 are as quick as 100.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, query } from '../api/client';
import type { DeskObject, DeskPage, Field, Machine } from '../api/types';
import { both, district, DISTRICTS, named, useLanguage, useTexts } from '../i18n';
import { listKey } from '../live';
import { useSession } from '../session';
import { Countdown, EntityName, Grade, ShowValue, StateTag, Time } from '../ui/show';
import { Failed, Loading, Nothing } from '../ui/states';
import { Table, type Column } from '../ui/table';
import { ObjectDrawer, useStepped } from './object';
import { StepDialog, type StepAsk } from './step';

const texts = both({
	id: '编号', state: '状态', about: '对象', due: '时限', changed: '更新', district: '辖区', open: '未办结', all: '全部', mine: '我建立的', sort: '排序', urgency: '紧急', newest: '最近更新', oldest: '最早', dueFirst: '临近时限', more: '更多', make: '新建', rows: (n: number) => `已载入 ${n} 条`, grade: '等级',
}, {
	id: 'Id', state: 'State', about: 'About', due: 'Runs out', changed: 'Changed', district: 'District', open: 'Open', all: 'All', mine: 'Made by me', sort: 'Order', urgency: 'Urgency', newest: 'Last changed', oldest: 'Oldest', dueFirst: 'Runs out first', more: 'More', make: 'New', rows: (n: number) => `${n} loaded`, grade: 'Grade',
});

export interface Filter { state?: string; open?: boolean; mine?: boolean; district?: number; entity?: string; sort?: 'id' | 'urgency' | 'changed' | 'due'; grade?: string }
export function useList(kind: string, filter: Filter, limit = 100, on = true) {
	const route = useSession().machines.get(kind)?.route ?? '';
	return useInfiniteQuery({
		queryKey: listKey(kind, filter, limit),
		enabled: on && route !== '',
		initialPageParam: '',
		queryFn: ({ pageParam, signal }) => get<DeskPage>(`/v1/${route}${query({ ...filter, limit, cursor: pageParam })}`, signal),
		getNextPageParam: (page) => page.cursor ?? undefined,
	});
}

/** Columns that any kind has, and the fields named. */
export function useColumns(machine: Machine, fields: string[]): Column<DeskObject>[] {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = (name: string): Field | undefined => machine.fields.find((f) => f.name === name);
	return [
		{ key: 'id', title: t.id, width: 150, render: (_, o) => <span className="mono">{o.id}</span> },
		...(machine.name === 'warning' ? [{ key: 'grade', title: t.grade, width: 80, render: (_: unknown, o: DeskObject) => <Grade grade={o.grade ?? 0} /> }] : []),
		{ key: 'state', title: t.state, width: 120, render: (_, o) => <StateTag state={o.state} /> },
		{ key: 'about', title: t.about, width: 190, ellipsis: true, render: (_, o) => (o.subject === null ? '' : <EntityName entity={o.subject} />) },
		...fields.map((name): Column<DeskObject> => ({ key: name, title: named(of(name), language), width: 150, ellipsis: true, render: (_, o) => <ShowValue value={o.fields[name]} type={of(name)?.type} name={name} kind={machine.name} /> })),
		{ key: 'district', title: t.district, width: 104, ellipsis: true, responsive: ['lg'], render: (_, o) => district(o.district, language) },
		{ key: 'due', title: t.due, width: 120, render: (_, o) => (o.due[0] === undefined ? '' : <Countdown to={o.due.reduce((a, b) => (a.at < b.at ? a : b)).at} />) },
		{ key: 'changed', title: t.changed, width: 140, responsive: ['md'], render: (_, o) => <Time at={o.changed} /> },
	];
}

/** `fields`: shown as columns. `make`: steps that make one (all that the reader may take, if not named). `select`: what happens on a row instead of the drawer. */
export function DeskList({ kind, fields = [], filter = {}, make, extra, select, height = 'calc(100vh - 220px)' }: {
	kind: string; fields?: string[]; filter?: Filter; make?: string[]; extra?: ReactNode; select?: (o: DeskObject) => void; height?: number | string;
}) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines, may } = useSession();
	const machine = machines.get(kind);
	const [chosen, choose] = useState<Filter>({ open: true, sort: 'changed', ...filter });
	const [shown, show] = useState<string | null>(null);
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const stepped = useStepped();
	const list = useList(kind, chosen);
	const columns = useColumns(machine ?? { name: kind, zh: kind, route: '', letters: '', states: [], fields: [], steps: [], timers: [] }, fields);
	if (machine === undefined) return <Nothing />;
	const makers = machine.steps.filter((s) => s.from.includes('') && !s.internal && may(kind, s.name) && (make === undefined || make.includes(s.name)));
	const rows = list.data?.pages.flatMap((p) => p.objects) ?? [];
	return (
		<div className="stack">
			<div className="row">
				<Select aria-label={t.state} style={{ minWidth: 130 }} value={chosen.state ?? (chosen.open ? 'open' : 'all')} onChange={(v) => choose({ ...chosen, state: v === 'open' || v === 'all' ? undefined : v, open: v === 'open' })}
					options={[{ value: 'open', label: t.open }, { value: 'all', label: t.all }, ...machine.states.map((s) => ({ value: s.name, label: named(s, language) }))]} />
				<Select aria-label={t.district} style={{ minWidth: 110 }} allowClear placeholder={t.district} value={chosen.district} onChange={(v?: number) => choose({ ...chosen, district: v })} options={Object.entries(DISTRICTS).map(([n, d]) => ({ value: Number(n), label: named(d, language) }))} />
				<Select aria-label={t.sort} style={{ minWidth: 120 }} value={chosen.sort} onChange={(v) => choose({ ...chosen, sort: v })} options={[{ value: 'changed', label: t.newest }, { value: 'urgency', label: t.urgency }, { value: 'due', label: t.dueFirst }, { value: 'id', label: t.oldest }]} />
				<span className="faint grow">{t.rows(rows.length)}</span>{extra}
				{makers.map((s) => <Button key={s.name} type="primary" data-make={s.name} onClick={() => setAsk({ machine, step: s.name })}>{makers.length === 1 ? t.make : named(s, language)}</Button>)}
			</div>
			{list.error !== null && list.data === undefined ? <Failed error={list.error} again={() => void list.refetch()} /> : list.isPending ? <Loading /> : rows.length === 0 ? <Nothing /> : (
				<Table<DeskObject> rowKey="id" size="small" virtual columns={columns} dataSource={rows} scroll={{ x: 900, y: typeof height === 'number' ? height : Math.max(240, window.innerHeight - 260) }}
					onRow={(o) => ({ tabIndex: 0, onClick: () => (select === undefined ? show(o.id) : select(o)), onKeyDown: (e) => { if (e.key === 'Enter') { if (select === undefined) show(o.id); else select(o); } }, style: { cursor: 'pointer' } })} />
			)}
			{list.hasNextPage && <Button data-more loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t.more}</Button>}
			<ObjectDrawer id={shown} onClose={() => show(null)} />
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); if (d.object !== null) show(d.object.id); }} />
		</div>
	);
}
