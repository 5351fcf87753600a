// situation.ts - what the wall shows: one answer of the service, asked again every few seconds with its ETag, so that an answer that has not changed costs nothing and moves nothing on the screen.
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { ask, Problem } from '../../api/client';
import type { Named } from '../../api/types';
import { useSeen } from '../../attention';
import { count, type Figures } from '../../desk/figures';

export interface Sum { all: number; by: Record<string, number> }
export interface Day { from: string; to: string; events: Sum | null; decisions: Sum | null; alerts: Sum | null; proposed: Sum | null; figures: Figures }
export interface Hour { hour: number; events: number | null; alerts: number | null; figures: Figures }
export type DayName = 'today' | 'yesterday' | 'week_ago';
export interface District { code: string | null; zh: string; en: string; figures: Figures }
export interface Bulletin { object: string; published: string | null; scam: Named | null; sign: Named | null }
export interface Situation extends Record<DayName, Day> {
	today_full_hours: Day; // up to the end of the last full hour, as yesterday and week_ago are
	organisation: number | null;
	district: number | null;
	since: string | null; // events and decisions are counted from then on
	hours: Record<DayName, Hour[]>;
	districts: District[];
	funnel: { step: string; zh: string; en: string; n: number }[];
	open: { warnings: Record<'all' | 'blue' | 'yellow' | 'red' | 'purple', number> };
	bulletins: Bulletin[];
	time: string;
}

const EVERY_MS = 5000;
export function useSituation() {
	const last = useRef<{ data: Situation; etag: string | null } | null>(null);
	const seen = useSeen();
	return useQuery({
		queryKey: ['situation'],
		refetchInterval: seen ? EVERY_MS : false,
		refetchIntervalInBackground: true, // a wall is meant to stand: nobody touches it, and it is asked for all the same (attention.ts)
		queryFn: async ({ signal }) => {
			const etag = last.current?.etag;
			try {
				const answer = await ask<Situation>('GET', '/v1/situation', { signal, headers: etag == null ? {} : { 'If-None-Match': etag } });
				last.current = answer;
			} catch (e) {
				if (!(e instanceof Problem && e.status === 304)) throw e;
			}
			return (last.current as { data: Situation }).data;
		},
	});
}

/** Whether traffic of this day was counted from its beginning. */
export const counted = (s: Situation, day: DayName): boolean => s.since === null || new Date(s.since) <= new Date(s[day].from);
/** A day on which nothing was recorded is no day to compare with: the service was not there. Who sees one district only is not told of traffic, and compares what the desk has. */
export const comparable = (s: Situation, day: DayName): boolean => s[day].events === null || (counted(s, day) && s.hours[day].some((h) => (h.events ?? 0) > 0));
/** How many hours of today are full: so many are compared. */
export const fullHours = (s: Situation): number => Number(s.today_full_hours.to.slice(11, 13));

export type Get = (d: Day) => number | undefined;
export const figure = (name: string, part = 'all'): Get => (d) => count(d.figures, name, part);
export const sum = (name: 'events' | 'decisions' | 'alerts' | 'proposed'): Get => (d) => d[name]?.all;
