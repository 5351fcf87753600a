// text.tsx - the rule as it is written, with line numbers; conditions that held and that did not are marked where they stand, by colour and by sign.
import { useMemo } from 'react';
import type { Condition, Part } from '../../desk/alert';
import { marksIn, parts, type Block, type Mark } from './rule';

interface Piece { kind: string; text: string; mark: Mark | null; opens: boolean }
function pieces(text: string, marks: Mark[]): Piece[] {
	const cuts = new Set(marks.flatMap((m) => [m.from, m.to]));
	return parts(text).flatMap((p) => {
		const inside = [...cuts].filter((c) => c > p.from && c < p.from + p.text.length).sort((a, b) => a - b);
		const edges = [p.from, ...inside, p.from + p.text.length];
		return edges.slice(0, -1).map((from, i): Piece => {
			const mark = marks.find((m) => from >= m.from && from < m.to) ?? null;
			return { kind: p.kind, text: text.slice(from, edges[i + 1]), mark, opens: mark?.from === from };
		});
	});
}
const SIGN = new Map<boolean | null, string>([[true, '✓'], [false, '✗'], [null, '?']]);

export function PolicyBlock({ block, values }: { block: Block; values: Part<Condition>[] }) {
	const shown = useMemo(() => pieces(block.text, marksIn(block.text, values)), [block, values]);
	return (
		<figure className="policy">
			<figcaption className="faint mono">{block.path}:{block.from}</figcaption>
			<pre tabIndex={0} className="mono">{shown.map((p, i) => (
				<span key={i} className={`dk-${p.kind}${p.mark === null ? '' : p.mark.truth === true ? ' held' : p.mark.truth === false ? ' failed' : ' unknown'}`}>{p.opens && p.mark !== null && <b className="sign">{SIGN.get(p.mark.truth)} </b>}{p.text}</span>
			))}</pre>
		</figure>
	);
}
