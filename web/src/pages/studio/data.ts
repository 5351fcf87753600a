// data.ts - what the studio asks the service, and the draft that is being written. The draft is kept (kept.ts): it outlasts a change of page and goes when somebody logs out.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { ask, get, post, Problem } from '../../api/client';
import { useDraft as useKeptDraft } from '../../kept';
import type { Edition, File, Job, Outline, Proposal, Rule, TestRun, Verdict, Version, Vocabulary } from './types';

export const inForceKey = ['policies', 'current'] as const;
export const useInForce = (): UseQueryResult<Edition> => useQuery({ queryKey: inForceKey, queryFn: ({ signal }) => get<Edition>('/v1/policies/current', signal), refetchInterval: 10_000 });
export const useRules = (): UseQueryResult<{ position: number; rules: Rule[] }> => useQuery({ queryKey: ['policies', 'rules'], queryFn: ({ signal }) => get<{ position: number; rules: Rule[] }>('/v1/policy', signal), refetchInterval: 10_000 });
export const useVersions = (): UseQueryResult<{ current: number; policies: Version[] }> =>
	useQuery({ queryKey: ['policies', 'versions'], queryFn: ({ signal }) => get<{ current: number; policies: Version[] }>('/v1/policies?limit=100', signal), refetchInterval: 10_000 });
/** Texts of a position never change. */
export const useEdition = (position: number | undefined): UseQueryResult<Edition> =>
	useQuery({ queryKey: ['policies', 'edition', position], enabled: position !== undefined, staleTime: Infinity, queryFn: ({ signal }) => get<Edition>(`/v1/policies/${position ?? 0}`, signal) });
export const useVocabulary = (): UseQueryResult<Vocabulary> => useQuery({ queryKey: ['policies', 'vocabulary'], staleTime: 60_000, queryFn: ({ signal }) => get<Vocabulary>('/v1/policy/vocabulary', signal) });
export const useProposals = (): UseQueryResult<{ eyes: number; proposals: Proposal[] }> =>
	useQuery({ queryKey: ['policies', 'proposals'], queryFn: ({ signal }) => get<{ eyes: number; proposals: Proposal[] }>('/v1/policies/proposals', signal), refetchInterval: 3_000 });

/* ---- the draft ---- */

export interface Draft { base: Edition; files: File[]; path: string; line: number }
const fresh = (base: Edition): Draft => ({ base, files: base.files, path: base.files.find((f) => f.path.endsWith('.dk') && !/schema|test/.test(f.path))?.path ?? base.files[0]?.path ?? '', line: 1 });
export const changedFiles = (d: Draft): string[] => {
	const was = new Map(d.base.files.map((f) => [f.path, f.text]));
	return [...d.files.filter((f) => was.get(f.path) !== f.text).map((f) => f.path), ...d.base.files.filter((f) => !d.files.some((g) => g.path === f.path)).map((f) => f.path)];
};
export interface Drafting {
	draft: Draft;
	write(path: string, text: string): void; // a file's text; makes the file if there is none
	remove(path: string): void;
	place(path: string, line: number): void; // what editor and form look at
	reset(base?: Edition): void; // to the policy in force, or to another one's texts as a draft over it
}
/** undefined until the policy in force is known; an unchanged draft follows it. */
export function useDraft(): { of: UseQueryResult<Edition>; drafting: Drafting | undefined } {
	const queries = useQueryClient();
	const of = useInForce();
	const { value, read, set: keep } = useKeptDraft<Draft>('studio');
	const draft = value ?? (of.data === undefined ? undefined : fresh(of.data));
	const set = useCallback((change: (d: Draft) => Draft) => {
		const base = queries.getQueryData<Edition>(inForceKey);
		const now = read() ?? (base === undefined ? null : fresh(base));
		if (now === null) return;
		const then = change(now);
		keep(then, changedFiles(then).length > 0);
	}, [queries, read, keep]);
	useEffect(() => {
		const base = of.data, d = read();
		if (base !== undefined && d !== undefined && d.base.position !== base.position && (changedFiles(d).length === 0 || sameFiles(d.files, base.files))) keep({ ...d, base, files: base.files }, false);
	}, [of.data, read, keep]);
	const write = useCallback((path: string, text: string) => set((d) => ({ ...d, files: d.files.some((f) => f.path === path) ? d.files.map((f) => (f.path === path ? { path, text } : f)) : [...d.files, { path, text }] })), [set]);
	const remove = useCallback((path: string) => set((d) => {
		const files = d.files.filter((f) => f.path !== path);
		return { ...d, files, path: files[0]?.path ?? '', line: 1 };
	}), [set]);
	const place = useCallback((path: string, line: number) => set((d) => ({ ...d, path, line })), [set]);
	const reset = useCallback((base?: Edition) => set((d) => {
		const inForce = queries.getQueryData<Edition>(inForceKey) ?? d.base;
		return { ...fresh(inForce), files: base?.files ?? inForce.files };
	}), [set, queries]);
	return { of, drafting: draft === undefined ? undefined : { draft, write, remove, place, reset } };
}
export const sameFiles = (a: File[], b: File[]): boolean => a.length === b.length && a.every((f) => b.some((g) => g.path === f.path && g.text === f.text));

/* ---- judging a draft ---- */

/** A value that has not changed for so long. */
export function useSettled<T>(value: T, ms = 350): T {
	const [settled, set] = useState(value);
	useEffect(() => {
		const t = setTimeout(() => set(value), ms);
		return () => clearTimeout(t);
	}, [value, ms]);
	return settled;
}
/* Texts are long and equal ones are one object while nothing is written: a number stands for each. */
const numbers = new WeakMap<File[], number>();
let last = 0;
export function numberOf(files: File[]): number {
	const n = numbers.get(files) ?? ++last;
	numbers.set(files, n);
	return n;
}
export const askVerdict = (files: File[], signal?: AbortSignal): Promise<Verdict> => post<Verdict>('/v1/policies/validate', { files }, { signal });
export const useVerdict = (files: File[], on = true): UseQueryResult<Verdict> =>
	useQuery({ queryKey: ['studio', 'verdict', numberOf(files)], enabled: on, gcTime: 30_000, staleTime: 60_000, placeholderData: keepPreviousData, queryFn: ({ signal }) => askVerdict(files, signal) });
export const outlineKey = (files: File[]): readonly unknown[] => ['studio', 'outline', numberOf(files)];
export const askOutline = (files: File[], signal?: AbortSignal): Promise<Outline> => post<Outline>('/v1/policies/outline', { files }, { signal });
export const useOutline = (files: File[]): UseQueryResult<Outline> =>
	useQuery({ queryKey: outlineKey(files), gcTime: 30_000, staleTime: Infinity, placeholderData: keepPreviousData, queryFn: ({ signal }) => askOutline(files, signal) });

/* ---- jobs ---- */

const over = (j: Job | undefined): boolean => j !== undefined && j.state !== 'waiting' && j.state !== 'running';
export function useJob<R>(id: string | undefined): UseQueryResult<Job<R>> {
	return useQuery({ queryKey: ['jobs', id], enabled: id !== undefined, queryFn: ({ signal }) => get<Job<R>>(`/v1/jobs/${id ?? ''}`, signal), refetchInterval: (q) => (over(q.state.data) ? false : 400) });
}
async function finished<R>(id: string): Promise<R> {
	for (;;) {
		const job = await get<Job<R>>(`/v1/jobs/${id}`);
		if (job.state === 'done' && job.result !== undefined) return job.result;
		if (over(job)) throw new Problem(409, { title: job.state, ...job.error });
		await new Promise((resolve) => setTimeout(resolve, 300));
	}
}
/** At once, or by a job if there are many. */
export async function runTests(files: File[]): Promise<TestRun> {
	const { status, data } = await ask<TestRun | { job: string }>('POST', '/v1/policies/test', { body: { files } });
	return status === 202 ? finished<TestRun>((data as { job: string }).job) : (data as TestRun);
}
