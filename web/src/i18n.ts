// i18n.ts - two languages, complete in both: a page's texts are one object per language of the same type, so a missing one does not compile. What the service names
// (states, fields, steps) has its Chinese in the tables; its English is its name in words.
import { createContext, useContext } from 'react';
import type { Named } from './api/types';

export type Language = 'zh' | 'en';
export interface Texts<T> { zh: T; en: T }
export const LanguageContext = createContext<Language>('zh');
export const useLanguage = (): Language => useContext(LanguageContext);
export function useTexts<T>(texts: Texts<T>): T {
	return texts[useLanguage()];
}
/** `const texts = both({ title: '预警' }, { title: 'Warnings' })` */
export const both = <T>(zh: T, en: { [K in keyof T]: T[K] }): Texts<T> => ({ zh, en: en as T });

const SPECIAL: Record<string, string> = { sms: 'SMS', 'ai-call': 'AI call', totp: 'TOTP', imsi: 'IMSI', imei: 'IMEI', iot: 'IoT', id: 'ID' };
export function words(name: string): string {
	const text = SPECIAL[name] ?? name.replaceAll(/[-_]/g, ' ');
	return text.charAt(0).toUpperCase() + text.slice(1);
}
export const named = (n: Named | undefined, language: Language): string => (n === undefined ? '' : language === 'zh' ? n.zh : words(n.name));

/* ---- figures ---- */

const tag = (l: Language): string => (l === 'zh' ? 'zh-CN' : 'en-GB');
export const number = (n: number, l: Language, digits = 0): string =>
	new Intl.NumberFormat(tag(l), { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(n);
export const percent = (part: number, whole: number, l: Language): string => (whole === 0 ? '–' : `${number((100 * part) / whole, l, 1)}%`);
/** Yuan; large ones in units that people say: 万, 亿; k, M. */
export function yuan(n: number, l: Language): string {
	return new Intl.NumberFormat(tag(l), { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol', notation: Math.abs(n) >= 1e5 ? 'compact' : 'standard', maximumFractionDigits: Math.abs(n) >= 1e5 ? 1 : 2 }).format(n);
}
const ZONE = 'Asia/Shanghai';
export const time = (iso: string, l: Language): string =>
	new Intl.DateTimeFormat(tag(l), { timeZone: ZONE, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }).format(new Date(iso));
export const date = (iso: string, l: Language): string => new Intl.DateTimeFormat(tag(l), { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(iso));
export function duration(ms: number, l: Language): string {
	const s = Math.floor(Math.abs(ms) / 1000);
	const [d, h, m] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
	if (d > 0) return l === 'zh' ? `${d}天${h === 0 ? '' : `${h}小时`}` : `${d} d${h === 0 ? '' : ` ${h} h`}`;
	const two = (n: number): string => String(n).padStart(2, '0');
	return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`;
}

/** The city's districts by the last four digits of their code. */
export const DISTRICTS: Record<number, Named> = {
	202: { name: 'Shinan', zh: '市南区' }, 203: { name: 'Shibei', zh: '市北区' }, 211: { name: 'Huangdao', zh: '黄岛区' }, 212: { name: 'Laoshan', zh: '崂山区' },
	213: { name: 'Licang', zh: '李沧区' }, 214: { name: 'Chengyang', zh: '城阳区' }, 215: { name: 'Jimo', zh: '即墨区' }, 281: { name: 'Jiaozhou', zh: '胶州市' },
	283: { name: 'Pingdu', zh: '平度市' }, 285: { name: 'Laixi', zh: '莱西市' },
};
export const district = (n: number, l: Language): string => (n === 0 ? '' : DISTRICTS[n] === undefined ? String(n) : named(DISTRICTS[n], l));
