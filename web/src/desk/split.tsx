// split.tsx - a list beside the one that is worked on: J and K go through it, boxes pick several. On a phone the one stands under the list and comes into sight when it is chosen.
import { Button } from 'antd';
import { useEffect, useRef, type ReactNode } from 'react';
import type { DeskObject } from '../api/types';
import { both, named, useLanguage, useTexts } from '../i18n';
import { Key, useKeys } from '../ui/keys';
import { opens } from '../ui/rows';
import { Countdown, EntityName, StateTag } from '../ui/show';
import { Asked, Failed, Loading, Nothing } from '../ui/states';
import { Table, type Column } from '../ui/table';
import type { useList } from './list';
import { Steps, useObject } from './object';

const texts = both({ id: '编号', state: '状态', about: '对象', due: '时限', kind: '类别', next: '下一条', before: '上一条', choose: '选择一条开始办理', none: '没有待办', more: '更多', one: '当前办理' },
	{ id: 'Id', state: 'State', about: 'About', due: 'Runs out', kind: 'Kind', next: 'Next', before: 'Before', choose: 'Choose one to work on', none: 'Nothing to do', more: 'More', one: 'At work' });

type Lists = ReturnType<typeof useList>[];
export const rowsOf = (lists: Lists): DeskObject[] => lists.flatMap((l) => l.data?.pages.flatMap((p) => p.objects) ?? []);
export const soonest = (o: DeskObject): string => o.due.reduce((a, d) => (a < d.at ? a : d.at), '9999');
/** What runs out first stands first; what has no time limit stays in the service's order behind it. */
export const byDue = (rows: DeskObject[]): DeskObject[] => [...rows].sort((a, b) => soonest(a).localeCompare(soonest(b)));

function useRowColumns(kinds: boolean, more: Column<DeskObject>[]): Column<DeskObject>[] {
	const t = useTexts(texts);
	const language = useLanguage();
	return [
		...(kinds ? [{ key: 'kind', title: t.kind, width: 76, render: (_: unknown, o: DeskObject) => named({ name: o.kind, zh: o.kind_zh }, language) }] : []),
		{ key: 'about', title: t.about, width: 150, render: (_, o) => (o.subject === null ? <span className="mono">{o.id}</span> : <EntityName entity={o.subject} plain />) },
		{ key: 'due', title: t.due, width: 110, render: (_, o) => (o.due.length === 0 ? '' : <Countdown to={soonest(o)} />) },
		...more,
		{ key: 'state', title: t.state, width: 120, render: (_, o) => <StateTag state={o.state} /> },
	];
}

export interface Picked { ids: string[]; pick: (ids: string[]) => void }
/** `lists`: what the rows come from, for their states; `children`: the one that is worked on. */
export function Split({ lists, rows, shown, show, kinds = false, columns = [], picked, bar, children }: {
	lists: Lists; rows: DeskObject[]; shown: string | null; show: (id: string) => void; kinds?: boolean; columns?: Column<DeskObject>[]; picked?: Picked; bar?: ReactNode; children: (object: DeskObject) => ReactNode;
}) {
	const t = useTexts(texts);
	const one = useRef<HTMLElement>(null);
	const all = useRowColumns(kinds, columns);
	const at = rows.findIndex((r) => r.id === shown);
	const go = (by: number) => { const to = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]; if (to !== undefined) show(to.id); };
	useKeys({ j: () => go(1), k: () => go(-1) });
	useEffect(() => { if (shown !== null && window.innerWidth < 1100) one.current?.scrollIntoView({ block: 'start' }); }, [shown]);
	const wrong = lists.find((l) => l.error !== null && l.data === undefined);
	const behind = lists.find((l) => l.hasNextPage);
	return (
		<div className="split">
			<section className="panel stack">
				<div className="row">{bar}<span className="grow" /><span className="faint wide-only"><Key name="J" />{t.next} <Key name="K" />{t.before}</span></div>
				{wrong !== undefined ? <Failed error={wrong.error ?? new Error()} again={() => void wrong.refetch()} /> : lists.some((l) => l.isPending && l.fetchStatus !== 'idle') ? <Loading /> : rows.length === 0 ? <Nothing>{t.none}</Nothing> : (
					<Table<DeskObject> rowKey="id" size="small" virtual columns={all} dataSource={rows} scroll={{ x: all.reduce((sum, c) => sum + Number(c.width ?? 100), picked === undefined ? 0 : 40), y: Math.max(240, window.innerHeight - 300) }}
						rowClassName={(o) => (o.id === shown ? 'at-work' : '')} rowSelection={picked === undefined ? undefined : { columnWidth: 40, selectedRowKeys: picked.ids, onChange: picked.pick, name: (o) => o.id }}
						onRow={(o) => ({ ...opens(o.id, show), 'aria-current': o.id === shown ? true : undefined })} />
				)}
				{behind !== undefined && <Button loading={behind.isFetchingNextPage} onClick={() => void behind.fetchNextPage()}>{t.more}</Button>}
			</section>
			<section className="panel" ref={one} aria-label={t.one}>{shown === null ? <Nothing>{t.choose}</Nothing> : <One key={shown} id={shown}>{children}</One>}</section>
		</div>
	);
}
export function One({ id, children }: { id: string; children: (object: DeskObject) => ReactNode }) {
	return <Asked of={useObject(id)}>{(o) => children(o)}</Asked>;
}
/** May the reader take this step on this object now? */
export const open = (o: DeskObject, step: string): boolean => o.steps?.some((s) => s.name === step) ?? false;
/** Steps that have no key of their own; nothing where there is none. */
export function OtherSteps({ object, hide, initial }: { object: DeskObject; hide: string[]; initial?: Record<string, unknown> }) {
	return object.steps?.some((s) => !hide.includes(s.name)) === true ? <Steps object={object} hide={hide} initial={initial} /> : null;
}
