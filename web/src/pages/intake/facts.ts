// facts.ts - the facts of a report as they are typed, and what of them the service has not been told yet.
import dayjs, { type Dayjs } from 'dayjs';

export interface Facts {
	channel?: string; caller?: string; victim?: string; victim_name?: string; payee?: string; payee_name?: string; payee_bank?: number; amount?: number; paid?: Dayjs;
	payer?: string; payer_bank?: number; suspect?: string; link?: string; scam?: string; note?: string; district?: number; hardship?: number;
}
const plain = (v: unknown): unknown => (dayjs.isDayjs(v) ? v.format() : typeof v === 'string' ? v.trim() : v);
export const filled = (v: unknown): boolean => v !== undefined && v !== null && v !== '';
/** Those that are filled and differ from what was sent. */
export function news(facts: Facts, sent: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(facts).map(([name, v]) => [name, plain(v)] as const).filter(([name, v]) => filled(v) && sent[name] !== v));
}
/** Digits of an account, or null while it can't be a whole one. */
export function whole(account: string | undefined): string | null {
	const digits = (account ?? '').replaceAll(/[\s-]/g, '');
	return /^\d{12,32}$/.test(digits) ? digits : null;
}
export function wholePhone(phone: string | undefined): string | null {
	const digits = (phone ?? '').replaceAll(/[\s-]/g, '');
	return /^\d{8,20}$/.test(digits) ? digits : null;
}
