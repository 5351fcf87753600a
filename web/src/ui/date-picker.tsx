// date-picker.tsx - antd's picker of a time, with the names of months and days in Chinese, and columns of hours and minutes that keys reach: Tab comes to them, ↑ and ↓ choose.
import { DatePicker, type DatePickerProps } from 'antd';
import type { Dayjs } from 'dayjs';
import 'dayjs/locale/zh-cn';
import type { KeyboardEvent, ReactNode } from 'react';

/** Of one time. */
export type PickerProps = DatePickerProps<Dayjs, false>;
const COLUMN = 'ul[data-type]';
function choose(e: KeyboardEvent<HTMLDivElement>): void {
	const column = (e.target as Element).closest(COLUMN);
	if (column === null || (e.key !== 'ArrowDown' && e.key !== 'ArrowUp')) return;
	const cells = [...column.querySelectorAll('li')], at = cells.findIndex((c) => /-selected/.test(c.className));
	cells[Math.min(cells.length - 1, Math.max(0, at + (e.key === 'ArrowDown' ? 1 : -1)))]?.click();
	e.preventDefault();
	e.stopPropagation();
}
/* What antd leaves undone: columns are not in the order of Tab, and the names of year and month hide which they are. */
function mend(panel: HTMLDivElement | null): void {
	for (const column of panel?.querySelectorAll(COLUMN) ?? []) column.setAttribute('tabindex', '0');
	for (const button of panel?.querySelectorAll('.ant-picker-year-btn, .ant-picker-month-btn') ?? []) button.removeAttribute('aria-label');
}
const reached = (panel: ReactNode): ReactNode => <div role="presentation" onKeyDown={choose} ref={(here) => mend(here)}>{panel}</div>;

export default function Picker(props: PickerProps) {
	return <DatePicker {...props} panelRender={reached} />;
}
export const { RangePicker } = DatePicker;
