// trail.ts - where an account's money went, as the service tells it (POST /v1/trail), and how that is laid out from left to right.
import type { Named } from '../../api/types';

export interface Order { object: string; state: string | Named; in_force: boolean }
export interface TrailAccount { token: string; shown: string | null; level: number; since: string; in: number; followed: number; out: number; cash: number; left_known: number; stop: Order | null; freeze: Order | null }
export interface TrailEdge { from: string; to: string; amount: number; time: string; position: number }
export interface TrailAnswer { token: string; act: number; from: string; truncated: boolean; levels: { level: number; accounts: TrailAccount[] }[]; edges: TrailEdge[] }

/** All transfers from one to another, as one line. */
export interface Flow { key: string; from: string; to: string; amount: number; n: number; first: string; last: string }
export function flows(edges: TrailEdge[]): Flow[] {
	const all = new Map<string, Flow>();
	for (const e of edges) {
		const key = `${e.from}-${e.to}`;
		const f = all.get(key) ?? { key, from: e.from, to: e.to, amount: 0, n: 0, first: e.time, last: e.time };
		f.amount += e.amount;
		f.n++;
		if (e.time < f.first) f.first = e.time;
		if (e.time > f.last) f.last = e.time;
		all.set(key, f);
	}
	return [...all.values()];
}

export const BOX = { width: 230, height: 66, gap: 14, between: 110, margin: 8, head: 24, round: 56 }; // round: what a transfer within a level needs beside it
export interface Place { account: TrailAccount; x: number; y: number }
export interface Layout { places: Map<string, Place>; width: number; height: number; more: { level: number; n: number; x: number; y: number }[] }
/** `each`: accounts of a level that are drawn, those with most left (the service tells them in this order). */
export function layOut(levels: TrailAnswer['levels'], each: number): Layout {
	const places = new Map<string, Place>();
	const more: Layout['more'] = [];
	const tallest = Math.max(1, ...levels.map((l) => Math.min(each, l.accounts.length) + (l.accounts.length > each ? 1 : 0)));
	const height = BOX.head + tallest * (BOX.height + BOX.gap) + BOX.margin;
	for (const l of levels) {
		const drawn = l.accounts.slice(0, each);
		const x = BOX.margin + l.level * (BOX.width + BOX.between);
		drawn.forEach((account, i) => places.set(account.token, { account, x, y: BOX.head + BOX.margin + i * (BOX.height + BOX.gap) }));
		if (l.accounts.length > drawn.length) more.push({ level: l.level, n: l.accounts.length - drawn.length, x, y: BOX.head + BOX.margin + drawn.length * (BOX.height + BOX.gap) });
	}
	return { places, more, height, width: BOX.margin * 2 + levels.length * BOX.width + (levels.length - 1) * BOX.between + BOX.round };
}
