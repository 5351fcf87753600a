// alert.ts - alerts as the service tells them (doc/formats.md): whole for explanations, as rows for lists. Parts that the reader's organisation may not see are { hidden: true }.
import type { Entity, Named, Severity } from '../api/types';

export interface Hidden { hidden: true }
export type Part<T> = T | Hidden;
export const seen = <T extends object>(x: Part<T> | null | undefined): x is T => x !== undefined && x !== null && !('hidden' in x);

export interface Condition { text: string; left?: string; op: string; right?: string; truth: boolean | null }
export interface Behind { aggregate: string; of: string; value: string; window_us: number; events: number; flags: string[]; items: Part<Record<string, string>>[] }
export interface Proposed { measure: string; measure_zh: string; target?: Part<Entity>; duration_us?: number; basis: string }
export interface Verdict { verdict: 'true' | 'false'; by: string | null; time: string }
export interface WholeAlert {
	id: string;
	position: number;
	time: string;
	rule: string;
	mode: 'live' | 'shadow';
	severity: Severity;
	score: number;
	decision: { score: number; severity: Severity };
	about: Part<Entity>;
	because: Part<{ en: string; zh: string }>;
	scam?: Named | string;
	on?: string;
	organisation?: number;
	event: { type: string } & Record<string, Part<Entity> | string>;
	values: Part<Condition>[];
	measures: Proposed[];
	notify: string[];
	flags: string[];
	evidence: Part<Behind>[];
	verdict?: Verdict | null;
}

/** What a list keeps of an alert: a tenth of it. */
export interface AlertRow {
	id: string;
	time: string;
	rule: string;
	mode: 'live' | 'shadow';
	severity: Severity;
	score: number;
	about: Entity | null;
	because: { en: string; zh: string } | null;
	verdict: Verdict | null;
}
export const alertRow = (a: WholeAlert): AlertRow => ({
	id: a.id, time: a.time, rule: a.rule, mode: a.mode, severity: a.severity, score: a.score, verdict: a.verdict ?? null,
	about: seen(a.about) ? a.about : null, because: seen(a.because) ? a.because : null,
});
export const severities: Severity[] = ['none', 'blue', 'yellow', 'red', 'purple'];
export const severer = (a: Severity, b: Severity): Severity => (severities.indexOf(a) > severities.indexOf(b) ? a : b);
export const alertPath = (id: string): string => `/explain/${encodeURIComponent(id)}`;
