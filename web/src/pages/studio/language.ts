// language.ts - the policy language as the editor knows it: how its words look, and what may stand where the cursor is. Words, functions, events, fields and lists come from the service's vocabulary;
// names of rules and lets from the texts that are being written.
import { snippetCompletion, type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { HighlightStyle, StreamLanguage, type StringStream } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import type { Language } from '../../i18n';
import type { Declaration, Vocabulary, Word } from './types';

const DECLARATIONS = new Set(['entity', 'event', 'list', 'let', 'rule', 'exempt', 'feature', 'zone', 'cap', 'test']);
const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'between', 'else', 'by', 'over', 'where', 'excluding', 'of', 'preceded', 'within', 'when', 'then', 'this', 'on', 'about', 'until', 'from', 'alert', 'score', 'propose',
	'basis', 'notify', 'every', 'because', 'source', 'scam', 'sets', 'missing', 'known', 'at', 'repeat', 'has', 'expect', 'times', 'per', 'key', 'events', 'en', 'zh', 'all']);
const ATOMS = new Set(['true', 'false', 'live', 'shadow', 'off', 'blue', 'yellow', 'red', 'purple', '蓝', '黄', '红', '紫']);

function token(s: StringStream): string | null {
	if (s.eatSpace()) return null;
	if (s.match(/^#.*/)) return 'comment';
	if (s.match(/^"(?:\\.|[^"\\])*"?/)) return 'string';
	if (s.match(/^\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?/) || s.match(/^\d{1,2}:\d\d/)) return 'number';
	if (s.match(/^\d+(?:\.\d+)?(?: ?%| ?(?:us|ms|s|min|h|d|w|yuan|fen|wan|秒|分钟|小时|天|周|元|分|万元)(?![\p{L}\p{N}_]))?/u)) return 'number';
	const name = s.match(/^[\p{L}_][\p{L}\p{N}_]*/u) as RegExpMatchArray | null;
	if (name !== null) {
		const word = name[0];
		return DECLARATIONS.has(word) ? 'definitionKeyword' : WORDS.has(word) ? 'keyword' : ATOMS.has(word) ? 'atom' : s.match(/^\s*\(/, false) ? 'function' : 'variableName';
	}
	if (s.match(/^(?:->|>=|<=|!=|[=<>+\-*/])/)) return 'operator';
	s.next();
	return 'punctuation';
}
export const policyLanguage = StreamLanguage.define({
	name: 'duanka',
	token,
	languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '{', '"'] } },
	tokenTable: { definitionKeyword: tags.definitionKeyword, function: tags.function(tags.variableName) },
});
export const policyColours = HighlightStyle.define([
	{ tag: tags.definitionKeyword, color: 'var(--purple)', fontWeight: '600' },
	{ tag: tags.keyword, color: 'var(--accent)' },
	{ tag: tags.atom, color: 'var(--red)' },
	{ tag: tags.string, color: 'var(--good)' },
	{ tag: tags.number, color: 'var(--yellow)' },
	{ tag: tags.comment, color: 'var(--faint)', fontStyle: 'italic' },
	{ tag: tags.function(tags.variableName), color: 'var(--text)', fontWeight: '600' },
]);

/* ---- completion ---- */

const help = (w: Word, l: Language): string => (l === 'zh' ? w.zh : w.en);
/* A form as a snippet: count(event by key over window) has three places to fill. */
function functionOption(f: Word, l: Language): Completion {
	const inside = /^[\w ]+\((.*)\)$/.exec(f.form)?.[1];
	const option = { label: f.name, detail: inside === undefined ? f.form : `(${inside})`, info: help(f, l) || f.form, type: 'function' };
	const filled = f.form.replaceAll(/\b(event|value|key|window|condition|field|zone|x|a|b)\b/g, '#{$1}');
	return inside === undefined ? { ...option, apply: `${f.name}(` } : snippetCompletion(filled, option);
}
const SNIPPETS: Record<string, string> = {
	rule: 'rule #{name} shadow on #{event} about #{field}\n  when #{condition}\n  then alert #{yellow}, score #{30}\n  every 1d\n  because en "#{why}" zh "#{理由}"\n',
	exempt: 'exempt #{name} on #{event} about #{field} until #{2027-01-01}\n  when #{condition}\n  from #{rule}\n',
	has: 'has "#{13800138000}"',
	test: 'test "#{what it shows}" {\n  #{event} { #{field}: "#{value}" } at #{2026-03-02 10:00}\n  expect #{rule}\n}\n',
	let: 'let #{name} = #{expression}\n',
};
function wordOption(w: Word, l: Language): Completion {
	const option = { label: w.name, info: help(w, l) === '' ? w.form : `${help(w, l)}\n${w.form}`, type: 'keyword', boost: -1 };
	const snippet = SNIPPETS[w.name];
	return snippet === undefined ? option : snippetCompletion(snippet, option);
}
/** What event the declaration around the cursor looks at. */
const eventAround = (before: string): string | undefined => {
	const start = Math.max(before.lastIndexOf('\nrule '), before.lastIndexOf('\nexempt '), before.lastIndexOf('\nfeature '), before.startsWith('rule ') ? 0 : -1);
	return start < 0 ? undefined : /\bon\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(before.slice(start))?.[1];
};
interface Known { vocabulary: Vocabulary; declarations: Declaration[]; language: Language }
const named = (names: { name: string; detail?: string }[], type: string, boost = 1): Completion[] => names.map((n) => ({ label: n.name, detail: n.detail, type, boost }));
const declared = (k: Known, kind: string): { name: string }[] => k.declarations.flatMap((d) => (d.kind === kind && d.name !== null ? [{ name: d.name }] : []));

/* Behind a word that leaves only one class of things. */
function afterWord(k: Known, before: string): Completion[] | null {
	const fields = (): Completion[] => {
		const event = k.vocabulary.events.find((e) => e.name === eventAround(before));
		return (event === undefined ? k.vocabulary.events : [event]).flatMap((e) => named(e.fields.map((f) => ({ name: f.name, detail: f.type })), 'property'));
	};
	if (/\blist\s+"[^"]*$/.test(before)) return named(k.vocabulary.lists.map((x) => ({ name: x.name, detail: x.type })), 'constant');
	if (/"[^"\n]*$/.test(before.slice(before.lastIndexOf('\n') + 1).replaceAll(/"(?:\\.|[^"\\])*"/g, ''))) return [];
	if (/\bon\s+[\p{L}\p{N}_]*$/u.test(before)) return named(k.vocabulary.events, 'class');
	if (/\b(?:about|by)\s+[\p{L}\p{N}_]*$/u.test(before)) return fields();
	if (/\balert\s+[\p{L}\p{N}_]*$/u.test(before)) return named(k.vocabulary.severities.flatMap((s) => [{ name: s.name, detail: s.zh }]), 'enum');
	if (/\bpropose\s+[\p{L}\p{N}_-]*$/u.test(before)) return k.vocabulary.measures.map((m) => snippetCompletion(`${m.name}(#{caller}) basis "#{反电信网络诈骗法第11条}"`, { label: m.name, detail: m.zh, type: 'enum' }));
	if (/\bexpect(?:\s+no)?\s+[\p{L}\p{N}_]*$/u.test(before) || /\bfrom\s+[\p{L}\p{N}_]*$/u.test(before)) return [...named(declared(k, 'rule'), 'function'), { label: 'all', type: 'keyword' }];
	return null;
}
/* Behind a dot: attributes of any kind of entity, those of the field's own kind first. */
function attributes(k: Known, path: string): Completion[] {
	const field = path.split('.').at(-2);
	const kind = k.vocabulary.events.flatMap((e) => e.fields).find((f) => f.name === field)?.type;
	const of = k.vocabulary.entities.filter((e) => kind === undefined || e.name === kind);
	return of.flatMap((e) => named(e.attributes.map((a) => ({ name: a.name, detail: a.type })), 'property'));
}
function anything(k: Known, before: string): Completion[] {
	const event = k.vocabulary.events.find((e) => e.name === eventAround(before));
	return [
		...named((event?.fields ?? []).map((f) => ({ name: f.name, detail: f.type })), 'property', 3),
		...named(declared(k, 'let'), 'variable', 2),
		...k.vocabulary.functions.map((f) => functionOption(f, k.language)),
		...named(k.vocabulary.events, 'class', 0),
		...k.vocabulary.words.map((w) => wordOption(w, k.language)),
	];
}
/** `known` gives what is known now; null: nothing yet. */
export const completer = (known: () => Known | null) => (c: CompletionContext): CompletionResult | null => {
	const k = known();
	const before = c.state.sliceDoc(Math.max(0, c.pos - 4000), c.pos);
	if (k === null || /#[^\n"]*$/.test(before)) return null;
	const word = c.matchBefore(/[\p{L}_][\p{L}\p{N}_-]*$/u);
	const path = c.matchBefore(/[\p{L}_][\p{L}\p{N}_.]*\.[\p{L}\p{N}_]*$/u);
	if (path !== null) return { from: path.from + path.text.lastIndexOf('.') + 1, options: attributes(k, path.text), validFor: /^[\p{L}\p{N}_]*$/u };
	const after = afterWord(k, before);
	if (word === null && after === null && !c.explicit) return null;
	const options = after ?? anything(k, before);
	return options.length === 0 ? null : { from: word?.from ?? c.pos, options, validFor: /^[\p{L}\p{N}_-]*$/u };
};
