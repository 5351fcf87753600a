// rule.ts - the text of a rule in the policy that was in force: its lines, the definitions that it reads, and where each compared condition stands in them.
import { seen, type Condition, type Part } from '../../desk/alert';

export interface PolicyFile { path: string; text: string }
export interface Block { path: string; from: number; text: string }
export interface Mark { from: number; to: number; truth: boolean | null }

/** Lines from `at` to before the next statement, without what is blank or comment at the end. */
function blockAt(file: PolicyFile, lines: string[], at: number): Block {
	let end = at + 1;
	while (end < lines.length && !/^[a-z]/.test(lines[end] ?? '')) end++;
	while (end > at + 1 && /^\s*(#.*)?$/.test(lines[end - 1] ?? '')) end--;
	return { path: file.path, from: at + 1, text: lines.slice(at, end).join('\n') };
}
function find(files: PolicyFile[], statement: RegExp): Block | null {
	for (const file of files) {
		const lines = file.text.split('\n');
		const at = lines.findIndex((l) => statement.test(l));
		if (at >= 0) return blockAt(file, lines, at);
	}
	return null;
}
const named = (word: string, name: string): RegExp => new RegExp(`^${word}\\s+${name.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w-])`);

/** The rule, and the `let`s that it reads, those that they read, and so on; in the order in which they are met. */
export function ruleBlocks(files: PolicyFile[], rule: string): { rule: Block; lets: Block[] } | null {
	const policy = files.filter((f) => f.path.endsWith('.dk'));
	const found = find(policy, named('rule', rule));
	if (found === null) return null;
	const lets: Block[] = [];
	const known = new Set<string>();
	const all = new Set(policy.flatMap((f) => [...f.text.matchAll(/^let\s+([A-Za-z_]\w*)/gm)].map((m) => m[1] ?? '')));
	const follow = (text: string) => {
		for (const [name] of text.replaceAll(/#.*/g, '').matchAll(/[A-Za-z_]\w*/g)) {
			if (known.has(name) || !all.has(name)) continue;
			known.add(name);
			const block = find(policy, named('let', name));
			if (block !== null) { lets.push(block); follow(block.text.slice(block.text.indexOf('=') + 1)); }
		}
	};
	follow(found.text);
	return { rule: found, lets };
}

/** Where conditions stand in a text; blanks may differ. Marks don't overlap: the longest wins. */
export function marksIn(text: string, values: Part<Condition>[]): Mark[] {
	const marks: Mark[] = [];
	for (const v of values.filter((x): x is Condition => seen(x)).sort((a, b) => b.text.length - a.text.length)) {
		const pattern = v.text.split(/\s+/).map((w) => w.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+');
		for (const m of text.matchAll(new RegExp(`(?<![\\w])${pattern}(?![\\w])`, 'g'))) {
			const [from, to] = [m.index, m.index + m[0].length];
			if (!marks.some((x) => from < x.to && to > x.from)) marks.push({ from, to, truth: v.truth });
		}
	}
	return marks.sort((a, b) => a.from - b.from);
}

export type Kind = 'comment' | 'text' | 'number' | 'word' | 'plain';
const WORDS = new Set(('rule let entity event list on about when then alert propose notify because every source score basis over by of where and or not in if within preceded followed shadow live off from sets en zh count sum avg stddev min max distinct share first last '
	+ 'first_time age gap_avg gap_stddev gap_min gap_max blue yellow red purple true false yuan fen scam cooldown this').split(' '));
/** A line of policy in parts by what they are. */
export function parts(text: string): { kind: Kind; from: number; text: string }[] {
	const found: { kind: Kind; from: number; text: string }[] = [];
	for (const m of text.matchAll(/(#[^\n]*)|("(?:[^"\\\n]|\\.)*")|(\d[\d.,_]*(?:[a-z]+\b)?)|([A-Za-z_]\w*)|([^#"\dA-Za-z_]+)/g)) {
		const kind: Kind = m[1] !== undefined ? 'comment' : m[2] !== undefined ? 'text' : m[3] !== undefined ? 'number' : m[4] !== undefined && WORDS.has(m[4]) ? 'word' : 'plain';
		found.push({ kind, from: m.index, text: m[0] });
	}
	return found;
}
