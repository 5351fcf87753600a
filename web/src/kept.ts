// kept.ts - what a page remembers of somebody beyond its being shown. All of it stands in the cache of questions, so there is one place to empty when they go (session.tsx, forget): a module that remembers by
// itself would tell the next one. `useKept` is gone with the session. `useDraft` is what somebody has typed and not sent: when a session runs out it waits for the same user, and nobody else.
import { useQuery, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { useCallback, useMemo, useRef } from 'react';
import { useSession } from './session';

type Change<T> = (v: T | ((old: T) => T)) => void;
const resolved = <T>(v: T | ((old: T) => T), old: T): T => (typeof v === 'function' ? (v as (old: T) => T)(old) : v);
interface Draft<T> { value: T; unsaved: boolean }
const DRAFT = 'draft';

function useStored<T>(key: QueryKey): T | undefined {
	return useQuery<T>({ queryKey: key, queryFn: () => Promise.reject(new Error('nothing is kept')), enabled: false, staleTime: Infinity, gcTime: Infinity }).data;
}

/** As useState, but it is there again when the page is. */
export function useKept<T>(name: string, first: T): [T, Change<T>] {
	const queries = useQueryClient();
	const key = useMemo(() => ['kept', name], [name]);
	const begin = useRef(first).current;
	const set = useCallback<Change<T>>((v) => { queries.setQueryData<T>(key, (old) => resolved(v, old ?? begin)); }, [queries, key, begin]);
	return [useStored<T>(key) ?? begin, set];
}

/** undefined: nothing was typed. `set(value, unsaved)`; `unsaved`: whether something would be lost. */
export function useDraft<T>(name: string): { value: T | undefined; read: () => T | undefined; set: (value: T | undefined, unsaved: boolean) => void } {
	const queries = useQueryClient();
	const user = useSession().me?.user ?? '';
	const key = useMemo(() => [DRAFT, user, name], [user, name]);
	const value = useStored<Draft<T | undefined>>(key)?.value;
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
