// net.ts - who had to do with whom, as far as somebody has looked: each question about one of them adds those that it called, texted, paid or shared a device with. Every question is an act.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { get, post } from '../../api/client';
import type { Entity } from '../../api/types';
import { seen } from '../../desk/alert';
import { reasonBody, type Reason } from '../../desk/reason';
import { useRun } from '../../ui/problems';
import type { FieldOf } from './timeline';
import type { State } from './state';

export interface Who extends Entity { expanded: boolean; hidden: number; risk: number | null } // hidden: contacts that are not drawn
export interface Tie { key: string; from: string; to: string; n: number; amount: number; last: string; types: string[] }
export interface Net { who: Map<string, Who>; ties: Map<string, Tie> }
interface RecordOf { position: number; time: string; event: string; fields: Record<string, FieldOf> }

const EACH = 30; // contacts drawn of one; those with most between them
const ASKED = 500; // records of one question
export const tieKey = (a: string, b: string): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

/** Adds what the records tell of `center` to a copy of the net. */
export function grown(net: Net, center: Entity, records: RecordOf[]): Net {
	const found = new Map<string, { who: Entity; tie: Tie }>();
	for (const r of records) {
		for (const value of Object.values(r.fields)) {
			if (typeof value !== 'object' || !seen(value) || value.token === center.token) continue;
			const known = found.get(value.token) ?? { who: value, tie: { key: tieKey(center.token, value.token), from: center.token, to: value.token, n: 0, amount: 0, last: r.time, types: [] } };
			known.tie.n++;
			if (typeof r.fields.amount === 'number') known.tie.amount += r.fields.amount;
			if (!known.tie.types.includes(r.event)) known.tie.types.push(r.event);
			if (r.time > known.tie.last) known.tie.last = r.time;
			found.set(value.token, known);
		}
	}
	const drawn = [...found.values()].sort((a, b) => b.tie.n - a.tie.n || b.tie.amount - a.tie.amount).filter((f, i) => i < EACH || net.who.has(f.who.token));
	const who = new Map(net.who);
	const ties = new Map(net.ties);
	who.set(center.token, { ...center, risk: who.get(center.token)?.risk ?? null, expanded: true, hidden: found.size - drawn.length });
	for (const f of drawn) {
		if (!who.has(f.who.token)) who.set(f.who.token, { ...f.who, expanded: false, hidden: 0, risk: null });
		if (!ties.has(f.tie.key)) ties.set(f.tie.key, f.tie);
	}
	return { who, ties };
}

/** The net around somebody. `expand` asks about one more; risks follow by themselves, four at a time. */
export function useNet(center: Entity, reason: Reason): { net: Net; busy: string | null; expand: (token: string) => void } {
	const run = useRun();
	const queries = useQueryClient();
	const [net, setNet] = useState<Net>(() => ({ who: new Map([[center.token, { ...center, expanded: false, hidden: 0, risk: null }]]), ties: new Map() }));
	const [busy, setBusy] = useState<string | null>(null);
	const now = useRef(net);
	now.current = net;
	const expand = useCallback((token: string) => {
		const who = now.current.who.get(token);
		if (who === undefined || who.expanded) return;
		setBusy(token);
		void run(() => queries.fetchQuery({
			queryKey: ['contacts', who.kind, token, reason], staleTime: Infinity, retry: false,
			queryFn: ({ signal }) => post<{ records: RecordOf[] }>(`/v1/contacts?limit=${ASKED}`, { kind: who.kind, token, ...reasonBody(reason) }, { signal }),
		})).then((got) => {
			setBusy(null);
			if (got !== undefined) setNet((n) => grown(n, { kind: who.kind, token, shown: who.shown }, got.records));
		});
	}, [run, queries, reason]);
	useEffect(() => expand(center.token), [expand, center.token]);
	useEffect(() => {
		const open = [...net.who.values()].filter((w) => w.risk === null).slice(0, 4);
		if (open.length === 0) return undefined;
		let gone = false;
		void Promise.all(open.map(async (w) => {
			const state = await queries.fetchQuery({ queryKey: ['entity', w.kind, w.token], staleTime: 60_000, retry: false, queryFn: ({ signal }) => get<State>(`/v1/entities/${w.kind}/${w.token}`, signal) }).catch(() => null);
			return [w.token, state?.risk ?? 0] as const;
		})).then((risks) => {
			if (gone) return;
			setNet((n) => {
				const who = new Map(n.who);
				for (const [token, risk] of risks) { const w = who.get(token); if (w !== undefined) who.set(token, { ...w, risk }); }
				return { who, ties: n.ties };
			});
		});
		return () => { gone = true; };
	}, [net, queries]);
	return { net, busy, expand };
}
