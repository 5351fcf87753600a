// views.ts - which orders somebody looks at, and which of them run out first.
import type { DeskObject } from '../../api/types';

const HOUR = 3_600_000;
export const end = (o: DeskObject): number => (typeof o.fields.end === 'string' && ['stopped', 'frozen'].includes(o.state.name) ? new Date(o.fields.end).getTime() : Infinity);
/** The first thing that runs out: an answer that is due, or the end. */
export const runsOut = (o: DeskObject): number => Math.min(end(o), ...o.due.filter((d) => !d.name.startsWith('alarm')).map((d) => new Date(d.at).getTime()));
export const first = (a: DeskObject, b: DeskObject): number => {
	const [x, y] = [runsOut(a), runsOut(b)];
	return x === y ? b.made.localeCompare(a.made) : x - y;
};
const within = (hours: number) => (o: DeskObject, now: number): boolean => end(o) - now < hours * HOUR;
const state = (...names: string[]) => (o: DeskObject): boolean => names.includes(o.state.name);

export type View = 'all' | 'approve' | 'waiting' | 'force' | 'soon12' | 'soon4' | 'soon1' | 'queued' | 'renew';
type Test = (o: DeskObject, now: number) => boolean;
/** A draft, or an extension or renewal that was asked for. */
const asked: Test = (o) => o.state.name === 'draft' || [o.fields.extension, o.fields.renewal].some((v) => typeof v === 'object' && v !== null && 'name' in v && v.name === 'asked');
export const stopViews: [View, Test][] = [['all', () => true], ['approve', asked], ['waiting', state('sent', 'landed')], ['force', state('stopped')], ['soon12', within(12)], ['soon4', within(4)], ['soon1', within(1)]];
export const freezeViews: [View, Test][] = [['all', () => true], ['approve', asked], ['waiting', state('sent')], ['queued', state('queued')], ['force', state('frozen')], ['renew', within(30 * 24)]];
