// tally.ts - alerts counted by rule and by day, from those the service has; what was counted is kept, and only what came since is read again.
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { get, query } from '../../api/client';
import type { Alert } from '../../api/types';

export interface RuleTally { all: number; right: number; wrong: number; days: Record<string, number>; newest: string; sample: Alert[] }
export interface Tally { cursor: number | null; more: boolean; seen: number; rules: Record<string, RuleTally> }
const PAGES = 12, SAMPLE = 20;
const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' }); // 2026-03-01

function count(rules: Record<string, RuleTally>, a: Alert): void {
	const r = (rules[a.rule] ??= { all: 0, right: 0, wrong: 0, days: {}, newest: a.time, sample: [] });
	const on = day.format(new Date(a.time));
	r.all++;
	r.days[on] = (r.days[on] ?? 0) + 1;
	if (a.time > r.newest) r.newest = a.time;
	if (a.verdict?.verdict === 'true') r.right++;
	if (a.verdict?.verdict === 'false') r.wrong++;
	r.sample = [a, ...r.sample].slice(0, SAMPLE);
}
async function readOn(before: Tally | undefined, filter: Record<string, string | number>, signal: AbortSignal): Promise<Tally> {
	const rules: Record<string, RuleTally> = structuredClone(before?.rules ?? {});
	let cursor = before?.cursor ?? null, seen = before?.seen ?? 0, more = true;
	for (let i = 0; i < PAGES && more; i++) {
		const page = await get<{ alerts: Alert[]; cursor: number }>(`/v1/alerts${query(cursor === null ? { ...filter, limit: 1000 } : { ...filter, from: undefined, cursor, limit: 1000 })}`, signal);
		for (const a of page.alerts) count(rules, a);
		more = page.cursor !== cursor;
		seen += page.alerts.length;
		cursor = page.cursor;
	}
	return { cursor, more, seen, rules };
}
/** `more`: there are alerts that were not read yet; asking again reads on. Verdicts are as of when an alert was read. */
export function useTally(name: string, filter: Record<string, string | number>, on: boolean): UseQueryResult<Tally> {
	const queries = useQueryClient();
	const queryKey = ['studio', 'tally', name];
	return useQuery<Tally>({ queryKey, enabled: on, gcTime: 600_000, refetchInterval: (q) => (q.state.data?.more === true ? false : 10_000), queryFn: ({ signal }) => readOn(queries.getQueryData<Tally>(queryKey), filter, signal) });
}
