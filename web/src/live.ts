// live.ts - the desk's stream of changes (Server-Sent Events), one for all pages of this window. An object that changes is put into the cache under its id; lists of
// its kind are asked for again, at most once a second for each kind. The browser connects again by itself, and Last-Event-ID tells the service where to go on.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { DeskObject } from './api/types';

type Listener = (object: DeskObject) => void;
const listeners = new Set<Listener>();
export const objectKey = (id: string): readonly unknown[] => ['object', id];
export const listKey = (kind: string, ...more: unknown[]): readonly unknown[] => ['list', kind, ...more];

function follow(queries: QueryClient, tell: (on: boolean) => void): () => void {
	const source = new EventSource('/v1/desk/stream');
	const dirty = new Set<string>();
	const flush = setInterval(() => {
		for (const kind of dirty) void queries.invalidateQueries({ queryKey: listKey(kind) });
		dirty.clear();
	}, 1000);
	source.onopen = () => tell(true);
	source.onerror = () => tell(false);
	source.addEventListener('object', (e: MessageEvent<string>) => {
		const o = JSON.parse(e.data) as DeskObject;
		if (queries.getQueryData(objectKey(o.id)) !== undefined) void queries.invalidateQueries({ queryKey: objectKey(o.id) });
		dirty.add(o.kind);
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
