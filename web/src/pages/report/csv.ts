// csv.ts - the table as a file, made in the page: plain numbers (yuan, per cent, minutes, sums), UTF-8 with a mark, so that spreadsheets read the Chinese.
import { plain, type FigureValue, type Meaning } from '../../desk/figures';
import type { Row } from './table';

const cell = (v: string | number | null): string => {
	const text = v === null ? '' : String(v);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const UNITS: Record<Meaning['unit'], string> = { count: '', money: 'CNY', rate: '%', time: 'min', choice: '' };
export function csv(rows: Row[], heads: string[]): string {
	const line = (r: Row): string => {
		const number = (v: FigureValue | undefined): number | null => { const n = plain(v, r.meaning.unit); return n === null ? null : Math.round(n * 100) / 100; };
		return [r.key, r.name, UNITS[r.meaning.unit], number(r.now), number(r.before), ...r.groups.map(number)].map(cell).join(',');
	};
	return `\ufeff${[heads.map(cell).join(','), ...rows.flatMap((r) => [r, ...(r.children ?? [])]).map(line)].join('\r\n')}\r\n`;
}
export function download(name: string, text: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
	const a = document.createElement('a');
	a.href = url;
	a.download = name;
	a.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000); // when the browser has taken it
}
