// plain-table.tsx - a few rows as a table of the page itself: it scrolls sideways where it must, by keys too, and weighs nothing.
import type { ReactNode } from 'react';
import './plain-table.css';

export interface PlainRow { key: string; cells: ReactNode[]; [data: `data-${string}`]: string | undefined }
/** `right`: columns of figures. */
export function PlainTable({ label, head, rows, right = [], height }: { label: string; head: ReactNode[]; rows: PlainRow[]; right?: number[]; height?: number }) {
	const side = (i: number) => (right.includes(i) ? 'right' as const : undefined);
	return (
		<div className="plain-table" tabIndex={0} role="region" aria-label={label} style={{ maxHeight: height }}>
			<table>
				<thead><tr>{head.map((h, i) => <th key={i} scope="col" style={{ textAlign: side(i) }}>{h}</th>)}</tr></thead>
				<tbody>{rows.map(({ key, cells, ...data }) => <tr key={key} {...data}>{cells.map((c, i) => <td key={i} style={{ textAlign: side(i), whiteSpace: right.includes(i) ? 'nowrap' : undefined }}>{c}</td>)}</tr>)}</tbody>
			</table>
		</div>
	);
}
