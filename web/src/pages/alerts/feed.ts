// feed.ts - alerts newest first: pages that go back in time, and what is told meanwhile by the stream. The stream is opened before the first page is asked for, so nothing falls between the two.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { get, query } from '../../api/client';
import { alertRow, type AlertRow, type Verdict, type WholeAlert } from '../../desk/alert';
import { useSession } from '../../session';
import { follow } from '../../stream';

export interface AlertFilter { severity?: string; rule?: string; mode?: string; token?: string }
interface AlertPage { rows: AlertRow[]; cursor: number; oldest: number }

const PAGE = 200;
const FRESH_MAX = 20_000; // of the stream; older ones come by pages
const wanted = (a: AlertRow, f: AlertFilter): boolean =>
	(f.severity === undefined || a.severity === f.severity) && (f.rule === undefined || a.rule === f.rule) && (f.mode === undefined || a.mode === f.mode) && (f.token === undefined || a.about?.token === f.token);

/** What the stream tells, newest first, gathered twice a second; `ready` when it is open or known not to open. */
function useFresh(): { fresh: AlertRow[]; ready: boolean } {
	const queries = useQueryClient();
	const { me } = useSession();
	const who = me?.user ?? '';
	const [fresh, setFresh] = useState<AlertRow[]>([]);
	const [ready, setReady] = useState(false);
	useEffect(() => {
		let waiting: AlertRow[] = [];
		const end = follow('/v1/alerts/stream', who, {
			event: 'alert',
			each: (data) => { waiting.push(alertRow(JSON.parse(data) as WholeAlert)); },
			tell: () => setReady(true),
			missed: () => void queries.invalidateQueries({ queryKey: ['alerts'] }),
		});
		const flush = setInterval(() => {
			if (waiting.length === 0) return;
			const those = waiting.reverse();
			waiting = [];
			setFresh((f) => [...those, ...f].slice(0, FRESH_MAX));
		}, 500);
		return () => { end(); clearInterval(flush); };
	}, [queries, who]);
	return { fresh, ready };
}

export function useAlerts(filter: AlertFilter, following: boolean) {
	const { fresh, ready } = useFresh();
	const [verdicts, setVerdicts] = useState<Map<string, Verdict>>(new Map());
	const shown = useRef(fresh);
	if (following) shown.current = fresh;
	const held = shown.current;
	const pages = useInfiniteQuery({
		queryKey: ['alerts', filter],
		enabled: ready,
		initialPageParam: '',
		refetchOnWindowFocus: false,
		queryFn: async ({ pageParam, signal }): Promise<AlertPage> => {
			const p = await get<{ alerts: WholeAlert[]; cursor: number; oldest: number }>(`/v1/alerts${query({ ...filter, newest: true, limit: PAGE, cursor: pageParam })}`, signal);
			return { rows: p.alerts.map(alertRow), cursor: p.cursor, oldest: p.oldest };
		},
		getNextPageParam: (p) => (p.cursor > p.oldest ? String(p.cursor) : undefined),
	});
	const rows = useMemo(() => {
		const all = new Map<string, AlertRow>();
		for (const a of held) if (wanted(a, filter)) all.set(a.id, a);
		for (const p of pages.data?.pages ?? []) for (const a of p.rows) all.set(a.id, a);
		return [...all.values()].map((a) => { const v = verdicts.get(a.id); return v === undefined ? a : { ...a, verdict: v }; });
	}, [held, pages.data, filter, verdicts]);
	const judged = useCallback((id: string, v: Verdict) => setVerdicts((m) => new Map(m).set(id, v)), []);
	// A rare rule may not be on the first pages: go on until there is something to see.
	const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
	useEffect(() => { if (rows.length < 50 && hasNextPage && !isFetchingNextPage) void fetchNextPage(); }, [rows.length, hasNextPage, isFetchingNextPage, fetchNextPage, pages.data]);
	return { pages, rows, waiting: fresh.length - held.length, judged };
}
