// table.tsx - rows as a table of the page itself: it scrolls where it must, by keys too, sorts by its heads, and opens a row. It measures nothing, so it asks nothing of the policy of content.
import { Fragment, useState, type Key, type ReactNode } from 'react';
import { both, useTexts } from '../../i18n';

const texts = both({ open: '展开', close: '收起', table: '表格' }, { open: 'Open', close: 'Close', table: 'Table' });
export interface Column<R> { key: string; title: ReactNode; width?: number; align?: 'right'; dataIndex?: keyof R & string; ellipsis?: boolean; className?: string; sorter?: (a: R, b: R) => number; render?: (value: unknown, row: R) => ReactNode }
interface RowProps { [data: `data-${string}`]: string | number | undefined; onClick?: () => void; selected?: boolean }

function Head<R>({ c, sort, by }: { c: Column<R>; sort: { key: string; up: boolean } | null; by: (key: string) => void }) {
	const here = sort?.key === c.key;
	return (
		<th scope="col" className={c.align === 'right' ? 'n' : undefined} style={{ minWidth: c.width }} aria-sort={here ? (sort.up ? 'ascending' : 'descending') : undefined}>
			{c.sorter === undefined ? c.title : <button type="button" className="sorter" onClick={() => by(c.key)}>{c.title} <span aria-hidden="true">{here ? (sort.up ? '▲' : '▼') : '↕'}</span></button>}
		</th>
	);
}
export function Rows<R>({ columns, rows, rowKey, label, height, width, expanded, row }: {
	columns: Column<R>[]; rows: R[]; rowKey: (r: R) => Key; label: string; height?: number; width?: number; expanded?: (r: R) => ReactNode; row?: (r: R) => RowProps;
}) {
	const t = useTexts(texts);
	const [sort, set] = useState<{ key: string; up: boolean } | null>(null);
	const [open, setOpen] = useState<Key | null>(null);
	const compare = columns.find((c) => c.key === sort?.key)?.sorter;
	const sorted = compare === undefined || sort === null ? rows : [...rows].sort((a, b) => (sort.up ? compare(a, b) : compare(b, a)));
	const by = (key: string) => set((s) => (s?.key !== key ? { key, up: false } : s.up ? null : { key, up: true }));
	const cell = (c: Column<R>, r: R): ReactNode => (c.render === undefined ? (c.dataIndex === undefined ? '' : String(r[c.dataIndex] ?? '')) : c.render(undefined, r));
	return (
		<div className="studio-table" tabIndex={0} role="region" aria-label={label} style={{ maxHeight: height }}>
			<table style={{ minWidth: width }}>
				<thead><tr>{expanded !== undefined && <th scope="col" aria-label={t.open} />}{columns.map((c) => <Head key={c.key} c={c} sort={sort} by={by} />)}</tr></thead>
				<tbody>{sorted.map((r) => {
					const key = rowKey(r), { onClick, selected, ...data } = row?.(r) ?? {};
					return (
						<Fragment key={key}>
							<tr {...data} aria-selected={selected} tabIndex={onClick === undefined ? undefined : 0} onClick={onClick} onKeyDown={onClick === undefined ? undefined : (e) => { if (e.key === 'Enter') onClick(); }}>
								{expanded !== undefined && <td><button type="button" className="sorter" aria-expanded={open === key} aria-label={open === key ? t.close : t.open} onClick={() => setOpen(open === key ? null : key)}>{open === key ? '−' : '+'}</button></td>}
								{columns.map((c) => <td key={c.key} className={`${c.align === 'right' ? 'n' : ''} ${c.ellipsis === true ? 'cut' : ''} ${c.className ?? ''}`}>{cell(c, r)}</td>)}
							</tr>
							{expanded !== undefined && open === key && <tr className="opened"><td colSpan={columns.length + 1}>{expanded(r)}</td></tr>}
						</Fragment>
					);
				})}</tbody>
			</table>
		</div>
	);
}
