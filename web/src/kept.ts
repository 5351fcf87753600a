// kept.ts - what a page remembers of somebody beyond its being shown. All of it stands in the cache of questions, so there is one place to empty when they go (session.tsx, forget): a module that remembers by
// itself would tell the next one. `useKept` is gone with the session. `useDraft` is what somebody has typed and not sent: when a session runs out it waits for the same user, and nobody else.
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useSession } from './session';

type Change<T> = (v: T | ((old: T) => T)) => void;
const resolved = <T>(v: T | ((old: T) => T), old: T): T => (typeof v === 'function' ? (v as (old: T) => T)(old) : v);
interface Draft<T> { value: T; unsaved: boolean }
const DRAFT = 'draft';

/** Once, at the start: what is kept is not forgotten for being old. */
export function keepLong(queries: QueryClient): void {
	for (const kind of ['kept', DRAFT]) queries.setQueryDefaults([kind], { gcTime: Infinity, staleTime: Infinity });
}

/** As useState, but it is there again when the page is. For one component at a time. */
export function useKept<T>(name: string, first: T): [T, Change<T>] {
	const queries = useQueryClient();
	const key = useMemo(() => ['kept', name], [name]);
	const [value, show] = useState(() => queries.getQueryData<T>(key) ?? first);
	const begin = useRef(first).current;
	const set = useCallback<Change<T>>((v) => {
		const now = resolved(v, queries.getQueryData<T>(key) ?? begin);
		queries.setQueryData<T>(key, now);
		show(() => now); // at once: the next key may be on its way
	}, [queries, key, begin]);
	return [value, set];
}

/** undefined: nothing was typed. For several at once; `read` tells what is true now, `value` what is shown. `set(value, unsaved)`; `unsaved`: whether something would be lost. */
export function useDraft<T>(name: string): { value: T | undefined; read: () => T | undefined; set: (value: T | undefined, unsaved: boolean) => void } {
	const queries = useQueryClient();
	const user = useSession().me?.user ?? '';
	const key = useMemo(() => [DRAFT, user, name], [user, name]);
	const value = useQuery<Draft<T | undefined>>({ queryKey: key, queryFn: () => Promise.reject(new Error('nothing is kept')), enabled: false }).data?.value;
	const read = useCallback(() => queries.getQueryData<Draft<T | undefined>>(key)?.value, [queries, key]);
	const set = useCallback((v: T | undefined, unsaved: boolean) => { queries.setQueryData<Draft<T | undefined>>(key, { value: v, unsaved }); }, [queries, key]);
	return { value, read, set };
}
/** Whether closing the window would lose something. */
export const unsaved = (queries: QueryClient): boolean => queries.getQueriesData<Draft<unknown>>({ queryKey: [DRAFT] }).some(([, d]) => d?.unsaved === true);
/** Everything that was read or kept goes. */
export function forgetKept(queries: QueryClient): void {
	queries.removeQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'me' && kind !== DRAFT });
}
/** Drafts of anybody but this one go. */
export function onlyDraftsOf(queries: QueryClient, user: string | null): void {
	queries.removeQueries({ predicate: ({ queryKey: [kind, whose] }) => kind === DRAFT && whose !== user });
}
