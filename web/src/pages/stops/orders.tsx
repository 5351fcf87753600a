// orders.tsx - orders of one kind: what runs out first stands first, chips by what is to be done, a row opens the order with its receipt, and marks choose for one step on all.
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { DeskObject } from '../../api/types';
import { useList } from '../../desk/list';
import { Fields, Head, History, Reveal, Steps, useObject, useStepped } from '../../desk/object';
import { StepDialog, type StepAsk } from '../../desk/step';
import { useLanguage, useTexts, yuan } from '../../i18n';
import { useNow } from '../../live';
import { useMachine, useSession } from '../../session';
import { EntityName, ShowValue, StateTag } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { Left } from './countdown';
import { Receipt, sum, Word } from './receipt';
import { later } from '../../ui/later';
import { opens } from '../../ui/rows';
import { Side } from '../../ui/side';
import { Table, type Column } from '../../ui/table';
import { texts } from './texts';
import { first, freezeViews, stopViews, type View } from './views';

const BatchBar = later(() => import('./batch'));

export function Orders({ kind }: { kind: 'stop' | 'freeze' }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const now = useNow(10_000);
	const machine = useMachine(kind);
	const { may } = useSession();
	const stepped = useStepped();
	const [view, setView] = useState<View | 'failed' | 'over'>('all');
	const [ids, choose] = useState<string[]>([]);
	const [shown, show] = useState<string | null>(null);
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const bad = kind === 'stop' ? 'mismatch,not-found,failed' : 'refused';
	const ended = view === 'failed' ? bad : view === 'over' ? (kind === 'stop' ? 'released,converted,expired,cancelled' : 'released,expired,cancelled') : null;
	const open = useList(kind, { open: true, sort: 'urgency' }, 1000);
	const closed = useList(kind, { state: ended ?? '', sort: 'changed' }, 200, ended !== null);
	const list = ended === null ? open : closed;
	const views = kind === 'stop' ? stopViews : freezeViews;
	const objects = useMemo(() => open.data?.pages.flatMap((p) => p.objects) ?? [], [open.data]);
	const rows = useMemo(() => (ended !== null ? closed.data?.pages.flatMap((p) => p.objects) ?? [] : objects.filter((o) => views.find(([v]) => v === view)?.[1](o, now)).sort(first)), [ended, closed.data, objects, views, view, now]);
	const chosen = rows.filter((o) => ids.includes(o.id));
	const maker = kind === 'stop' ? 'draft' : 'request';
	return (
		<div className="stack">
			<div className="scroll"><Segmented<View | 'failed' | 'over'> value={view} onChange={(v) => { setView(v); choose([]); }} options={[
				...views.map(([v, test]) => { const those = objects.filter((o) => test(o, now)); return { value: v, label: <span data-view={v} className={v.startsWith('soon') && those.length > 0 ? 'alarm' : undefined}>{t[v]} {those.length}</span> }; }),
				{ value: 'failed' as const, label: <span data-view="failed">{t.failed}</span> }, { value: 'over' as const, label: <span data-view="over">{t.over}</span> },
			]} /></div>
			<div className="row" style={{ minHeight: 34 }}>
				{chosen.length > 0 ? <BatchBar kind={kind} chosen={chosen} clear={() => choose([])} /> : <span className="faint grow">{t.rows(rows.length)} · {yuan(sum(rows), language)}</span>}
				{chosen.length === 0 && may(kind, maker) && <Button data-make={maker} onClick={() => setAsk({ machine, step: maker })}>{kind === 'stop' ? t.draft : t.request}</Button>}
			</div>
			<Asked of={list}>{() => (rows.length === 0 ? <Nothing>{kind === 'stop' ? t.none : t.noneFreeze}</Nothing> : <OrderTable kind={kind} rows={rows} all={objects} chosen={ids} choose={ended === null ? choose : undefined} open={show} />)}</Asked>
			{list.hasNextPage && <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t.more}</Button>}
			<Side of={shown} size={760} title={(x) => <span className="mono">{x}</span>} onClose={() => show(null)}>{(x) => <Order id={x} />}</Side>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); if (d.object !== null) show(d.object.id); }} />
		</div>
	);
}

function OrderTable({ kind, rows, all, chosen, choose, open }: { kind: 'stop' | 'freeze'; rows: DeskObject[]; all: DeskObject[]; chosen: string[]; choose?: (ids: string[]) => void; open: (id: string) => void }) {
	const t = useTexts(texts);
	const trail = useSession().scope('entities');
	const place = (o: DeskObject): number => all.filter((q) => q.state.name === 'queued' && q.subject?.token === o.subject?.token && q.made <= o.made).length;
	const columns: Column<DeskObject>[] = [
		{ key: 'left', title: t.left, width: 160, render: (_, o) => <Left order={o} /> },
		{ key: 'state', title: t.state, width: 110, render: (_, o) => <><StateTag state={o.state} />{o.state.name === 'queued' && <span className="faint">{t.position(place(o))}</span>}</> },
		{ key: 'account', title: t.account, width: 170, render: (_, o) => (o.subject === null ? '' : <EntityName entity={o.subject} />) },
		{ key: 'amount', title: t.amount, width: 120, align: 'right', render: (_, o) => <ShowValue value={o.fields[kind === 'freeze' && o.fields.frozen_amount !== undefined ? 'frozen_amount' : 'amount']} type="money" /> },
		{ key: 'bank', title: t.bank, width: 120, ellipsis: true, render: (_, o) => <ShowValue value={o.fields.bank} name="bank" /> },
		{ key: 'receipt', title: t.receipt, width: 140, ellipsis: true, render: (_, o) => <Word order={o} /> },
		...(kind === 'stop'
			? [{ key: 'tries', title: t.tries, width: 60, render: (_: unknown, o: DeskObject) => (typeof o.fields.tries === 'number' ? <span className="mono">{o.fields.tries}/4</span> : '') }, { key: 'extension', title: t.extension, width: 100, render: (_: unknown, o: DeskObject) => <ShowValue value={o.fields.extension} /> }]
			: [{ key: 'renewals', title: t.renewals, width: 90, render: (_: unknown, o: DeskObject) => <ShowValue value={o.fields.renewals ?? o.fields.renewal} /> }, { key: 'months', title: t.months, width: 90, render: (_: unknown, o: DeskObject) => (typeof o.fields.months === 'number' ? t.months0(o.fields.months) : '') }]),
		{ key: 'links', title: '', width: 80, render: (_, o) => (o.subject !== null && trail ? <Link href={`/trail/${o.subject.token}`}>{t.trail}</Link> : null) },
	];
	return (
		<Table<DeskObject> rowKey="id" size="small" virtual columns={columns} dataSource={rows} scroll={{ x: 980, y: Math.max(240, window.innerHeight - 330) }}
			rowSelection={choose === undefined ? undefined : { selectedRowKeys: chosen, columnWidth: 44, onChange: choose, name: (o) => o.id }}
			onRow={(o) => opens(o.id, open)} />
	);
}

/* What the receipt shows already. */
const SAID = ['result', 'match', 'balance', 'bank_remark', 'bank_officer', 'tries', 'stopped', 'end', 'papers', 'extension', 'frozen_amount', 'available', 'frozen', 'renewals', 'renewal', 'behind', 'earlier_freezer', 'earlier_amount', 'earlier_until'];
function Order({ id }: { id: string }) {
	const t = useTexts(texts);
	const of = useObject(id);
	const trail = useSession().scope('entities');
	const main: Record<string, string> = { draft: 'approve', stopped: 'convert', frozen: 'ask-renewal' };
	return (
		<Asked of={of}>{(o) => (
			<div className="stack">
				<Head object={o} extra={o.subject !== null && trail ? <Link href={`/trail/${o.subject.token}`}>{t.noTrail}</Link> : undefined} />
				<Left order={o} wide />
				<Receipt order={o} />
				<h3 className="sub">{t.steps}</h3>
				<Steps object={o} main={main[o.state.name]} initial={o.fields.case_no !== undefined ? { case_no: o.fields.case_no } : undefined} />
				<h3 className="sub">{t.whole}</h3>
				<Fields object={o} omit={SAID} />
				<div><Reveal object={o} /></div>
				<History object={o} />
			</div>
		)}</Asked>
	);
}
