// spans.ts - bytes of a file's UTF-8 text exchanged for others, and nothing else touched; and the edits that a form makes of a declaration's parts.
import type { Declaration, Part } from './types';

export interface Edit { from: number; to: number; text: string } // bytes
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // a byte order mark stays where it is

/** Edits that don't overlap, in any order; of two at one place the first stands first. */
export function edited(text: string, edits: Edit[]): string {
	const bytes = encoder.encode(text);
	const sorted = edits.map((e, i) => ({ ...e, i })).sort((a, b) => a.from - b.from || a.to - b.to || a.i - b.i);
	const pieces: Uint8Array[] = [];
	let at = 0;
	for (const e of sorted) {
		pieces.push(bytes.subarray(at, e.from), encoder.encode(e.text));
		at = e.to;
	}
	pieces.push(bytes.subarray(at));
	const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
	let to = 0;
	for (const p of pieces) {
		out.set(p, to);
		to += p.length;
	}
	return decoder.decode(out);
}
/** The place in a JavaScript text of a place in bytes. */
export const indexOfByte = (text: string, byte: number): number => decoder.decode(encoder.encode(text).subarray(0, byte)).length;

/* ---- what a form does ---- */

export const partsOf = (d: Declaration, name: string): Part[] => d.parts.filter((p) => p.part === name);
export const partOf = (d: Declaration, name: string): Part | undefined => d.parts.find((p) => p.part === name);
/** Whether `or` or `else` joins at the top: such a condition needs parentheses before `and` joins it to others. */
export function loose(condition: string): boolean {
	let depth = 0;
	for (const [token] of condition.matchAll(/"(?:\\.|[^"\\])*"?|#.*|[()]|[\p{L}_][\p{L}\p{N}_]*/gu)) {
		if (token === '(') depth++;
		else if (token === ')') depth--;
		else if (depth === 0 && (token === 'or' || token === 'else')) return true;
	}
	return false;
}
const closed = (condition: string, alone: boolean): string => (!alone && loose(condition) ? `(${condition})` : condition);
/** On one line: what a form's field holds must not end a comment or begin another clause by its layout. */
export const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').trim();

export const replaced = (p: Part, text: string): Edit[] => [{ from: p.from, to: p.to, text }];
export const setCondition = (d: Declaration, i: number, text: string): Edit[] => {
	const all = partsOf(d, 'condition'), c = all[i];
	return c === undefined ? [] : replaced(c, closed(text, all.length === 1));
};
export function addCondition(d: Declaration, text: string): Edit[] {
	const all = partsOf(d, 'condition'), last = all.at(-1);
	if (last === undefined) return [];
	const edits = [{ from: last.to, to: last.to, text: `\n   and ${closed(text, false)}` }];
	return all.length === 1 && loose(last.text) ? [...replaced(last, `(${last.text})`).map((e) => ({ ...e, text: e.text + (edits[0]?.text ?? '') }))] : edits;
}
/* The one of several with what joins it to its neighbour. */
function without(all: Part[], i: number): Edit[] {
	const it = all[i], before = all[i - 1], after = all[i + 1];
	if (it === undefined) return [];
	if (before !== undefined) return [{ from: before.to, to: it.to, text: '' }];
	return after === undefined ? [] : [{ from: it.from, to: after.from, text: '' }];
}
export const removeCondition = (d: Declaration, i: number): Edit[] => without(partsOf(d, 'condition'), i);
export const removeAction = (d: Declaration, i: number): Edit[] => without(partsOf(d, 'action'), i);
export function addAction(d: Declaration, text: string): Edit[] {
	const last = partsOf(d, 'action').at(-1);
	return last === undefined ? [] : [{ from: last.to, to: last.to, text: `,\n       ${text}` }];
}
export function setMode(d: Declaration, mode: string): Edit[] {
	const p = partOf(d, 'mode');
	return p === undefined ? [] : replaced(p, p.from === p.to ? ` ${mode}` : mode);
}
export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
export const unquoted = (text: string): string => text.replace(/^"|"$/g, '').replaceAll(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c === 't' ? '\t' : c));

/* A clause that stands once: put in behind the actions where it is not there, taken away with its word where it is emptied. */
const CLAUSES: Record<string, string> = { every: 'every', source: 'source', scam: 'scam' };
export function setClause(d: Declaration, name: string, text: string, file: string): Edit[] {
	const p = partOf(d, name), word = CLAUSES[name], behind = d.parts.filter((x) => x.part === 'action' || x.part === 'condition').at(-1);
	if (word === undefined || behind === undefined) return [];
	if (p === undefined) return text === '' ? [] : [{ from: behind.to, to: behind.to, text: `\n  ${word} ${text}` }];
	if (text !== '') return replaced(p, text);
	const before = decoder.decode(encoder.encode(file).subarray(0, p.from));
	const gone = new RegExp(`\\s*${word}\\s*$`).exec(before)?.[0];
	return gone === undefined ? [] : [{ from: p.from - encoder.encode(gone).length, to: p.to, text: '' }];
}
/* A reason in one language may stand without its word: a second one needs both. */
export function setReason(d: Declaration, language: 'en' | 'zh', text: string, file: string): Edit[] {
	const own = partOf(d, `because_${language}`), other = partOf(d, language === 'en' ? 'because_zh' : 'because_en');
	if (own !== undefined && text !== '') return replaced(own, text);
	if (own === undefined && other !== undefined && text !== '') {
		const bare = !/\b(en|zh)\s*$/.test(decoder.decode(encoder.encode(file).subarray(0, other.from)));
		return [...(bare ? [{ from: other.from, to: other.from, text: language === 'en' ? 'zh ' : 'en ' }] : []), { from: other.to, to: other.to, text: `\n          ${language} ${text}` }];
	}
	if (own !== undefined && other !== undefined) {
		const gone = /\s*\b(en|zh)\s*$/.exec(decoder.decode(encoder.encode(file).subarray(0, own.from)))?.[0] ?? '';
		return [{ from: own.from - encoder.encode(gone).length, to: own.to, text: own.from < other.from ? ' ' : '' }];
	}
	return []; // the only reason can't be taken away: people must be told one
}
