// live.ts - the desk's stream of changes (Server-Sent Events), one for all pages of this window. An object that changes is put into the cache under its id; lists of
// its kind are asked for again, at most once a second for each kind. The browser connects again by itself, and Last-Event-ID tells the service where to go on.
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { DeskObject, DeskPage } from './api/types';

type Listener = (object: DeskObject) => void;
const listeners = new Set<Listener>();
export const objectKey = (id: string): readonly unknown[] => ['object', id];
export const listKey = (kind: string, ...more: unknown[]): readonly unknown[] => ['list', kind, ...more];

/* Of a list that somebody has gone far down in, all pages are not asked for again at each change: rows that it has are renewed where they stand. */
interface Listed { pages: DeskPage[] }
const LONG = 5;
const long = (q: Query): boolean => ((q.state.data as Partial<Listed> | undefined)?.pages?.length ?? 0) > LONG;
const more = (q: Query): boolean => q.state.fetchMeta != null && 'fetchMore' in q.state.fetchMeta;
const renewed = (p: DeskPage, changed: Map<string, DeskObject>): DeskPage => (p.objects.some((o) => changed.has(o.id)) ? { ...p, objects: p.objects.map((o) => changed.get(o.id) ?? o) } : p);

function follow(queries: QueryClient, tell: (on: boolean) => void): () => void {
	const source = new EventSource('/v1/desk/stream');
	const dirty = new Map<string, Map<string, DeskObject>>(); // by kind: what has changed, by id
	const flush = setInterval(() => {
		for (const [kind, changed] of dirty) {
			if (queries.isFetching({ queryKey: listKey(kind), predicate: more }) > 0) continue; // the next page first
			dirty.delete(kind);
			void queries.invalidateQueries({ queryKey: listKey(kind), predicate: (q) => !long(q) });
			queries.setQueriesData<Listed>({ queryKey: listKey(kind), predicate: long }, (list) => list && { ...list, pages: list.pages.map((p) => renewed(p, changed)) });
		}
	}, 1000);
	source.onopen = () => tell(true);
	source.onerror = () => tell(false);
	source.addEventListener('object', (e: MessageEvent<string>) => {
		const o = JSON.parse(e.data) as DeskObject;
		if (queries.getQueryData(objectKey(o.id)) !== undefined) void queries.invalidateQueries({ queryKey: objectKey(o.id) });
		dirty.set(o.kind, (dirty.get(o.kind) ?? new Map<string, DeskObject>()).set(o.id, o));
		for (const l of listeners) l(o);
	});
	return () => {
		source.close();
		clearInterval(flush);
	};
}

/** Called once, by the frame. True while changes come. */
export function useLive(on: boolean): boolean {
	const queries = useQueryClient();
	const [connected, tell] = useState(false);
	useEffect(() => (on ? follow(queries, tell) : undefined), [queries, on]);
	return connected;
}
/** Each object that changes, as it changes. */
export function useChanges(listener: Listener): void {
	useEffect(() => {
		listeners.add(listener);
		return () => void listeners.delete(listener);
	}, [listener]);
}
/** The time, once a second; for countdowns. */
export function useNow(everyMs = 1000): number {
	const [now, set] = useState(() => Date.now());
	useEffect(() => {
		const t = setInterval(() => set(Date.now()), everyMs);
		return () => clearInterval(t);
	}, [everyMs]);
	return now;
}
