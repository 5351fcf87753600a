// figures.ts - the desk's figures as the service answers them (doc/figures.md), and their values as people read them. What the service did not count is undefined, and is shown as that: no figure is
// made here but shares of two that were counted.
import { duration, number, percent, words, yuan, type Language } from '../i18n';
import type { Named } from '../api/types';

export interface Rate { hit: number; all: number }
export interface Times { n: number; median_s?: number; p90_s?: number; most_s?: number; within?: Record<string, number> }
export type FigureValue = number | Rate | Times | Record<string, number>;
export type Figures = Record<string, Record<string, FigureValue>>; // by figure, by part
export interface Meaning { name: string; en: string; zh: string; unit: 'count' | 'money' | 'rate' | 'time' | 'choice'; counts: 'made' | 'happened'; what: string; parts: Named[]; choices: Named[] }
export interface Group { district?: number; organisation?: number; from?: string; to?: string; figures: Figures }
export interface FiguresAnswer { by: string; organisation: number | null; district: number | null; from: string; to: string; figures: Figures; groups?: Group[]; compared: Record<string, Group>; position: number; time: string }

const FEN = 100;
export const value = (f: Figures | undefined, name: string, part = 'all'): FigureValue | undefined => f?.[name]?.[part];
export function count(f: Figures | undefined, name: string, part = 'all'): number | undefined {
	const v = value(f, name, part);
	return typeof v === 'number' ? v : undefined;
}
export function rate(f: Figures | undefined, name: string, part = 'all'): Rate | undefined {
	const v = value(f, name, part);
	return typeof v === 'object' && 'hit' in v ? (v as Rate) : undefined;
}
/** Yuan of a figure in fen. */
export const money = (fen: number, l: Language): string => yuan(fen / FEN, l);

/** One number that stands for a value in a chart or a difference: yuan, per cent, minutes; null where there is none. */
export function plain(v: FigureValue | undefined, unit: Meaning['unit']): number | null {
	if (v === undefined) return null;
	if (typeof v === 'number') return unit === 'money' ? v / FEN : v;
	if (unit === 'rate') { const r = v as Rate; return r.all === 0 ? null : (100 * r.hit) / r.all; }
	if (unit === 'time') { const t = v as Times; return t.n === 0 || t.median_s === undefined ? null : t.median_s / 60; }
	return Object.values(v as Record<string, number>).reduce((sum, n) => sum + n, 0);
}
/** A value in words. Choices are listed with their names. */
export function told(v: FigureValue | undefined, m: Meaning, l: Language): string {
	if (v === undefined) return '–';
	if (typeof v === 'number') return m.unit === 'money' ? money(v, l) : number(v, l);
	if (m.unit === 'rate') { const r = v as Rate; return r.all === 0 ? '–' : `${percent(r.hit, r.all, l)} (${number(r.hit, l)}/${number(r.all, l)})`; }
	if (m.unit === 'time') { const t = v as Times; return t.n === 0 || t.median_s === undefined ? '–' : duration(t.median_s * 1000, l); }
	const parts = Object.entries(v as Record<string, number>);
	return parts.length === 0 ? '–' : parts.map(([name, n]) => `${nameOf(m.choices, name, l)} ${number(n, l)}`).join(l === 'zh' ? '，' : ', ');
}
export function nameOf(names: Named[], name: string, l: Language): string {
	const found = names.find((n) => n.name === name);
	return l === 'zh' ? found?.zh ?? name : words(name);
}
/** The change from `before` to `now`, as people say it; undefined where there is nothing to compare with. */
export function change(now: number | null, before: number | null, m: Meaning['unit'], l: Language): string | undefined {
	if (now === null || before === null) return undefined;
	const sign = now > before ? '+' : now < before ? '−' : '±';
	if (m === 'rate') return `${sign}${number(Math.abs(now - before), l, 1)}${l === 'zh' ? ' 个百分点' : ' pp'}`;
	if (before === 0) return now === 0 ? `${sign}0%` : undefined;
	return `${sign}${number((100 * Math.abs(now - before)) / before, l, 1)}%`;
}
