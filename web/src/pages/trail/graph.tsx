// graph.tsx - levels from left to right: an account is a box with what came in, went out and is left; a line is what was moved, thicker for more. Boxes are buttons; marks are words, not colours alone.
import { both, time, useLanguage, useTexts, type Language } from '../../i18n';
import { exactly } from '../../ui/money';
import { BOX, type Flow, type Layout, type Place, type TrailAccount } from './trail';

const texts = both({
	level: (n: number) => (n === 0 ? '起点账户' : `第${n}级`), in: '入', out: '出', left: '留', stopped: '已止付', frozen: '已冻结', stopping: '止付中', freezing: '冻结中', more: (n: number) => `另有 ${n} 个账户，见列表`, times: (n: number) => `${n} 笔`,
}, {
	level: (n: number) => (n === 0 ? 'Start' : `Level ${n}`), in: 'In', out: 'Out', left: 'Left', stopped: 'stopped', frozen: 'frozen', stopping: 'stop on its way', freezing: 'freeze on its way', more: (n: number) => `${n} more: see the list`, times: (n: number) => `${n} transfers`,
});
export const money = (fen: number, l: Language): string => exactly(fen / 100, l);
/** More is known to have gone out than to have come in: then what is left is not known either. */
export const leftOf = (a: TrailAccount, language: Language): string => (a.left_known < 0 ? '–' : money(a.left_known, language));
export function useMark(): (p: Place['account']) => { text: string; kind: 'held' | 'coming' } | null {
	const t = useTexts(texts);
	return (a) => (a.freeze?.in_force === true ? { text: t.frozen, kind: 'held' } : a.stop?.in_force === true ? { text: t.stopped, kind: 'held' } : a.freeze !== null ? { text: t.freezing, kind: 'coming' } : a.stop !== null ? { text: t.stopping, kind: 'coming' } : null);
}

function Line({ flow, from, to, most, faded }: { flow: Flow; from: Place; to: Place; most: number; faded: boolean }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [x1, y1, x2, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
	const back = x2 <= x1; // to the same level or an earlier one
	const bend = back ? BOX.round : (x2 - x1) / 2;
	const path = back ? `M${x1},${y1} C${x1 + bend},${y1} ${to.x + BOX.width + bend},${y2} ${to.x + BOX.width},${y2}` : `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
	const said = `${from.account.shown ?? ''} → ${to.account.shown ?? ''}: ${money(flow.amount, language)}, ${t.times(flow.n)}, ${time(flow.first, language)}${flow.n > 1 ? ` – ${time(flow.last, language)}` : ''}`;
	return (
		<g className={faded ? 'flow faded' : 'flow'}>
			<path d={path} strokeWidth={1.5 + 6 * (flow.amount / most)}><title>{said}</title></path>
			{!back && !faded && <text x={x2 - 8} y={y2 - 6} textAnchor="end"><title>{said}</title>{money(flow.amount, language)}</text>}
		</g>
	);
}

function Box({ place, chosen, onChoose }: { place: Place; chosen: boolean; onChoose: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const a = place.account;
	const mark = useMark()(a);
	return (
		<g transform={`translate(${place.x},${place.y})`} className={`box${chosen ? ' chosen' : ''}${mark === null ? '' : ` ${mark.kind}`}`} role="button" tabIndex={0} aria-pressed={chosen} data-account={a.token}
			onClick={onChoose} onKeyDown={(e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); onChoose(); } }}>
			<rect width={BOX.width} height={BOX.height} rx={6} />
			<text x={10} y={19} className="name">{a.shown ?? a.token.slice(0, 8)}</text>
			{mark !== null && <text x={BOX.width - 8} y={19} textAnchor="end" className="mark">{mark.text}</text>}
			<text x={10} y={38} className="moved">{t.in} {money(a.in, language)} · {t.out} {money(a.out + a.cash, language)}</text>
			<text x={10} y={57} className="left">{t.left} {leftOf(a, language)}</text>
		</g>
	);
}

export function TrailGraph({ layout, lines, chosen, onChoose, label }: { layout: Layout; lines: Flow[]; chosen: string | null; onChoose: (token: string) => void; label: string }) {
	const t = useTexts(texts);
	const drawn = lines.filter((f) => layout.places.has(f.from) && layout.places.has(f.to));
	const most = Math.max(1, ...drawn.map((f) => f.amount));
	const levels = new Map([...layout.places.values()].map((p) => [p.account.level, p.x]));
	const near = (f: Flow) => chosen === null || f.from === chosen || f.to === chosen;
	const few = drawn.length <= 24;
	return (
		<div className="scroll trail" tabIndex={0} role="region" aria-label={label}>
			<svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`} role="group" aria-label={label}>
				{[...levels].map(([n, x]) => <text key={n} x={x} y={16} className="level">{t.level(n)}</text>)}
				{[...drawn].sort((a, b) => Number(near(a)) - Number(near(b))).map((f) => <Line key={f.key} flow={f} from={layout.places.get(f.from) as Place} to={layout.places.get(f.to) as Place} most={most} faded={chosen === null ? !few : !near(f)} />)}
				{[...layout.places.values()].map((p) => <Box key={p.account.token} place={p} chosen={p.account.token === chosen} onChoose={() => onChoose(p.account.token)} />)}
				{layout.more.map((m) => <text key={m.level} x={m.x + 10} y={m.y + 20} className="level">{t.more(m.n)}</text>)}
			</svg>
		</div>
	);
}
