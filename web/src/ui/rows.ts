// rows.ts - rows of a table that open by click or Enter; links within them lead where they lead.
import type { HTMLAttributes, MouseEvent, KeyboardEvent } from 'react';

type Row = HTMLAttributes<HTMLElement> & { 'data-row': string };
export const opens = (id: string, open: (id: string) => void): Row => ({
	tabIndex: 0, 'data-row': id, style: { cursor: 'pointer' },
	onClick: (e: MouseEvent) => { if (!(e.target instanceof Element && e.target.closest('a, button, .ant-table-selection-column') !== null)) open(id); },
	onKeyDown: (e: KeyboardEvent) => { if (e.key === 'Enter' && e.target === e.currentTarget) open(id); },
});
/** Of a table that is only read: rows that keys reach, so that what is wider than the window can be scrolled to. */
export const read = (): { tabIndex: number } => ({ tabIndex: 0 });
