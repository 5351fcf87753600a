// span.ts - spans that a report is of: a day, a week from Monday, a month, as the service asks for them.
import type { Dayjs } from 'dayjs';

export type Length = 'day' | 'week' | 'month';
export interface Span { length: Length; from: string; to: string } // dates; `to` is not in it
const FORMAT = 'YYYY-MM-DD';
export function spanOf(length: Length, at: Dayjs): Span {
	const from = length === 'week' ? at.subtract((at.day() + 6) % 7, 'day') : at.startOf(length);
	return { length, from: from.format(FORMAT), to: from.add(1, length).format(FORMAT) };
}
