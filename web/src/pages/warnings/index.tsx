// Warnings as a leader or dispatcher sees them: how many of which grade stand where, what is overdue first, and what waits for a decision: assigning, transfers, review.
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { DeskList, useList } from '../../desk/list';
import { ObjectDrawer } from '../../desk/object';
import { useTexts } from '../../i18n';
import { useNow } from '../../live';
import { Page, Panel } from '../../ui/page';
import { Asked, Nothing } from '../../ui/states';
import { BatchBar } from './batch';
import { Counts, type Cell } from './counts';
import { WarningTable } from './table';
import { texts } from './texts';
import { order, views, type View } from './views';
import './warnings.css';

const NAMES: View[] = ['live', 'overdue', 'assign', 'transfers', 'review', 'revisit'];
export default function Warnings() {
	const t = useTexts(texts);
	const now = useNow(10_000);
	const [view, setView] = useState<View | 'all'>('live');
	const [cell, setCell] = useState<Cell>({});
	const [ids, choose] = useState<string[]>([]);
	const [shown, show] = useState<string | null>(null);
	const list = useList('warning', { open: true, sort: 'urgency' }, 1000);
	const objects = useMemo(() => list.data?.pages.flatMap((p) => p.objects) ?? [], [list.data]);
	const rows = useMemo(() => (view === 'all' ? [] : objects.filter((o) => views[view](o, now) && (cell.grade === undefined || o.grade === cell.grade) && (cell.state === undefined || o.state.name === cell.state)).sort(order(now))), [objects, view, cell, now]);
	const chosen = rows.filter((o) => ids.includes(o.id)); // of those in sight
	const go = (v: View | 'all') => { setView(v); setCell({}); choose([]); };
	return (
		<Page title={t.title}>
			<div className="scroll" style={{ marginBottom: 12 }}>
				<Segmented<View | 'all'> value={view} onChange={go} options={[...NAMES.map((v) => ({ value: v, label: <span data-view={v}>{t[v]} {t.rows(objects.filter((o) => views[v](o, now)).length, list.hasNextPage)}</span> })), { value: 'all', label: t.all }]} />
			</div>
			{view === 'all' ? <DeskList kind="warning" filter={{ open: false }} fields={['type', 'scam', 'rule']} /> : (
				<Asked of={list}>{() => (
					<div className="stack">
						<Panel><Counts objects={objects} now={now} chosen={cell} choose={setCell} /></Panel>
						<div className="row" style={{ minHeight: 34 }}>
							{chosen.length > 0 ? <BatchBar chosen={chosen} clear={() => choose([])} /> : <span className="faint grow">{t.rows(rows.length, list.hasNextPage)}</span>}
							{(cell.grade !== undefined || cell.state !== undefined) && <Button size="small" onClick={() => setCell({})}>{t.reset}</Button>}
						</div>
						{rows.length === 0 ? <Nothing>{t.none}</Nothing> : <WarningTable rows={rows} chosen={ids} choose={choose} open={show} />}
						{list.hasNextPage && <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t.more}</Button>}
					</div>
				)}</Asked>
			)}
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</Page>
	);
}
