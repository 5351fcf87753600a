// views.ts - how a leader looks at open warnings: which are overdue, which nobody's, which wait for a decision; and what is first.
import type { DeskObject } from '../../api/types';

export type View = 'live' | 'overdue' | 'assign' | 'transfers' | 'review' | 'revisit';
const WORKED = ['graded', 'issued', 'signed', 'contacted', 'visiting', 'met', 'transferring'];

export const lateBits = (o: DeskObject): number => (typeof o.fields.late === 'number' ? o.fields.late : 0);
/** The next limit, as a time. */
export const dueAt = (o: DeskObject): number => Math.min(Infinity, ...o.due.map((d) => new Date(d.at).getTime()));
export const overdue = (o: DeskObject, now: number): boolean => (WORKED.includes(o.state.name) && lateBits(o) !== 0) || dueAt(o) < now;
export const views: Record<View, (o: DeskObject, now: number) => boolean> = {
	live: () => true,
	overdue,
	assign: (o) => o.state.name === 'graded' || (o.state.name === 'issued' && (o.district === 0 || lateBits(o) !== 0)),
	transfers: (o) => o.state.name === 'transferring',
	review: (o) => o.state.name === 'fed-back',
	revisit: (o) => o.state.name === 'reviewed',
};
/** Overdue first, then the graver, then what runs out first, then the older. */
export const order = (now: number) => (a: DeskObject, b: DeskObject): number =>
	Number(overdue(b, now)) - Number(overdue(a, now)) || (b.grade ?? 0) - (a.grade ?? 0) || (dueAt(a) === dueAt(b) ? 0 : dueAt(a) - dueAt(b)) || a.made.localeCompare(b.made);
export const GRADES = [3, 2, 1, 0];
export const STATES = ['graded', 'issued', 'signed', 'contacted', 'visiting', 'met', 'transferring', 'fed-back', 'reviewed'];
