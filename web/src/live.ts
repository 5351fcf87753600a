// live.ts - the desk's stream of changes (Server-Sent Events), one for all pages and windows (stream.ts). An object that changes is put into the cache under its id; lists of
// its kind are asked for again, at most once a second for each kind, while anybody is here (attention.ts). After a time without the stream all of them are.
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { DeskObject, DeskPage } from './api/types';
import { attended } from './attention';
import { follow } from './stream';

export const objectKey = (id: string): readonly unknown[] => ['object', id];
export const listKey = (kind: string, ...more: unknown[]): readonly unknown[] => ['list', kind, ...more];

/* Of a list that somebody has gone far down in, all pages are not asked for again at each change: rows that it has are renewed where they stand. */
interface Listed { pages: DeskPage[] }
const LONG = 5;
const long = (q: Query): boolean => ((q.state.data as Partial<Listed> | undefined)?.pages?.length ?? 0) > LONG;
const more = (q: Query): boolean => q.state.fetchMeta != null && 'fetchMore' in q.state.fetchMeta;
const renewed = (p: DeskPage, changed: Map<string, DeskObject>): DeskPage => (p.objects.some((o) => changed.has(o.id)) ? { ...p, objects: p.objects.map((o) => changed.get(o.id) ?? o) } : p);

function followDesk(queries: QueryClient, who: string, tell: (on: boolean) => void): () => void {
	const dirty = new Map<string, Map<string, DeskObject>>(); // by kind: what has changed, by id
	const flush = setInterval(() => {
		if (!attended()) return;
		for (const [kind, changed] of dirty) {
			if (queries.isFetching({ queryKey: listKey(kind), predicate: more }) > 0) continue; // the next page first
			dirty.delete(kind);
			for (const id of changed.keys()) if (queries.getQueryData(objectKey(id)) !== undefined) void queries.invalidateQueries({ queryKey: objectKey(id) });
			void queries.invalidateQueries({ queryKey: listKey(kind), predicate: (q) => !long(q) });
			queries.setQueriesData<Listed>({ queryKey: listKey(kind), predicate: long }, (list) => list && { ...list, pages: list.pages.map((p) => renewed(p, changed)) });
		}
	}, 1000);
	const end = follow('/v1/desk/stream', who, {
		event: 'object', tell,
		each: (data) => {
			const o = JSON.parse(data) as DeskObject;
			dirty.set(o.kind, (dirty.get(o.kind) ?? new Map<string, DeskObject>()).set(o.id, o));
		},
		missed: () => { for (const all of ['list', 'object', 'history']) void queries.invalidateQueries({ queryKey: [all] }); },
	});
	return () => {
		end();
		clearInterval(flush);
	};
}

/** Called once, by the frame; `who`: whose. True while changes come. */
export function useLive(who: string | null): boolean {
	const queries = useQueryClient();
	const [connected, tell] = useState(false);
	useEffect(() => (who !== null ? followDesk(queries, who, tell) : undefined), [queries, who]);
	return connected;
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
