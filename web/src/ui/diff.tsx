// diff.tsx - what differs between two texts, line by line: the longest common subsequence, shown with a few lines around each change. Signs, not colours alone, say what came and what went.
import { useMemo, useState } from 'react';
import { Button } from 'antd';
import { both, useTexts } from '../i18n';
import './diff.css';

const texts = both({ same: '没有差异', more: (n: number) => `展开 ${n} 行`, added: '新增', removed: '删除', files: '差异', all: (a: number, b: number) => `新增 ${a} 行，删除 ${b} 行` },
	{ same: 'No difference', more: (n: number) => `Show ${n} lines`, added: 'added', removed: 'removed', files: 'Differences', all: (a: number, b: number) => `${a} lines added, ${b} removed` });

export interface DiffLine { sign: ' ' | '+' | '-'; text: string; old: number; new: number } // numbers from 1; 0 where it is not
const MOST = 4_000_000; // cells of the table; beyond, the whole middle counts as exchanged

/* 1: a's line goes, 2: b's comes, 0: both stay; from the end of both to their beginning. */
function walk(a: string[], b: string[]): number[] {
	const w = b.length + 1;
	if (a.length * b.length > MOST) return [...a.map(() => 1), ...b.map(() => 2)];
	const longest = new Uint32Array((a.length + 1) * w);
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			longest[i * w + j] = a[i] === b[j] ? (longest[(i + 1) * w + j + 1] ?? 0) + 1 : Math.max(longest[(i + 1) * w + j] ?? 0, longest[i * w + j + 1] ?? 0);
	const out: number[] = [];
	for (let i = 0, j = 0; i < a.length || j < b.length;) {
		if (i < a.length && j < b.length && a[i] === b[j]) { out.push(0); i++; j++; }
		else if (j >= b.length || (i < a.length && (longest[(i + 1) * w + j] ?? 0) >= (longest[i * w + j + 1] ?? 0))) { out.push(1); i++; }
		else { out.push(2); j++; }
	}
	return out;
}
export function diffLines(old: string, now: string): DiffLine[] {
	const a = old === '' ? [] : old.split('\n'), b = now === '' ? [] : now.split('\n');
	let head = 0, tail = 0;
	while (head < a.length && head < b.length && a[head] === b[head]) head++;
	while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
	const steps = [...Array<number>(head).fill(0), ...walk(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...Array<number>(tail).fill(0)];
	let i = 0, j = 0;
	return steps.map((s): DiffLine => {
		if (s === 1) return { sign: '-', text: a[i++] ?? '', old: i, new: 0 };
		if (s === 2) return { sign: '+', text: b[j++] ?? '', old: 0, new: j };
		i++;
		return { sign: ' ', text: b[j++] ?? '', old: i, new: j };
	});
}

interface Hunk { shown: boolean; lines: DiffLine[] }
function hunks(lines: DiffLine[], around: number): Hunk[] {
	const near = new Uint8Array(lines.length);
	lines.forEach((l, i) => { if (l.sign !== ' ') near.fill(1, Math.max(0, i - around), i + around + 1); });
	const out: Hunk[] = [];
	lines.forEach((l, i) => {
		const shown = near[i] === 1, last = out.at(-1);
		if (last !== undefined && last.shown === shown) last.lines.push(l);
		else out.push({ shown, lines: [l] });
	});
	return out;
}
function Lines({ lines }: { lines: DiffLine[] }) {
	const t = useTexts(texts);
	return <>{lines.map((l) => (
		<tr key={`${l.old} ${l.new}`} data-sign={l.sign}>
			<td className="faint">{l.old || ''}</td><td className="faint">{l.new || ''}</td>
			<td aria-label={l.sign === '+' ? t.added : l.sign === '-' ? t.removed : undefined}>{l.sign}</td>
			<td>{l.text}</td>
		</tr>
	))}</>;
}
function Hidden({ lines }: { lines: DiffLine[] }) {
	const t = useTexts(texts);
	const [open, set] = useState(false);
	return open ? <Lines lines={lines} /> : <tr><td colSpan={4}><Button type="link" size="small" onClick={() => set(true)}>{t.more(lines.length)}</Button></td></tr>;
}
export function Diff({ old, now, label, around = 3 }: { old: string; now: string; label: string; around?: number }) {
	const lines = useMemo(() => diffLines(old, now), [old, now]);
	return (
		<div className="diff scroll" tabIndex={0} role="region" aria-label={label}>
			<table><tbody>{hunks(lines, around).map((h) => {
				const key = `${h.lines[0]?.old ?? 0} ${h.lines[0]?.new ?? 0}`;
				return h.shown ? <Lines key={key} lines={h.lines} /> : <Hidden key={key} lines={h.lines} />;
			})}</tbody></table>
		</div>
	);
}

/** Two sets of files: those that differ, each under its name. */
export function FilesDiff({ old, now }: { old: { path: string; text: string }[]; now: { path: string; text: string }[] }) {
	const t = useTexts(texts);
	const changed = useMemo(() => {
		const paths = [...new Set([...old, ...now].map((f) => f.path))].sort();
		const text = (files: typeof old, path: string): string => files.find((f) => f.path === path)?.text ?? '';
		return paths.map((path) => ({ path, old: text(old, path), now: text(now, path) })).filter((f) => f.old !== f.now).map((f) => ({ ...f, lines: diffLines(f.old, f.now) }));
	}, [old, now]);
	const count = (sign: string): number => changed.reduce((n, f) => n + f.lines.filter((l) => l.sign === sign).length, 0);
	if (changed.length === 0) return <p className="faint" data-diff="none">{t.same}</p>;
	return (
		<div className="stack" data-diff={changed.length}>
			<span className="faint">{t.all(count('+'), count('-'))}</span>
			{changed.map((f) => <figure key={f.path} className="diff-file"><figcaption className="mono">{f.path}</figcaption><Diff old={f.old} now={f.now} label={`${t.files}: ${f.path}`} /></figure>)}
		</div>
	);
}
