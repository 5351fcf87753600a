// graph.tsx - the net drawn by G6: a shape and a colour for each kind, a red ring and a sign where alerts lie, thicker ties where there was more. A click asks about whom it hits.
import { useEffect, useRef } from 'react';
import { useLook } from '../../session';
import type { Net, Tie, Who } from './net';

type Shape = 'circle' | 'rect' | 'triangle' | 'diamond' | 'hexagon' | 'star' | 'ellipse';
export const SHAPES: Record<string, { shape: Shape; sign: string; light: string; dark: string }> = {
	phone: { shape: 'circle', sign: '●', light: '#1554ad', dark: '#6aa8f5' }, account: { shape: 'rect', sign: '■', light: '#1f7a3d', dark: '#62c785' }, person: { shape: 'hexagon', sign: '⬢', light: '#6b21a8', dark: '#c99bf5' },
	device: { shape: 'triangle', sign: '▲', light: '#8a5a00', dark: '#e6b84c' }, cell: { shape: 'diamond', sign: '◆', light: '#0f766e', dark: '#5cc9bd' }, outlet: { shape: 'star', sign: '★', light: '#9a3412', dark: '#f5a26a' },
};
export const OTHER = { shape: 'ellipse' as Shape, sign: '⬭', light: '#5c6470', dark: '#a0a4ab' };

function nodeOf(w: Who, center: string, dark: boolean, text: string) {
	const look = SHAPES[w.kind] ?? OTHER;
	const colour = dark ? look.dark : look.light;
	const alerted = (w.risk ?? 0) > 0;
	return {
		id: w.token, type: look.shape,
		style: {
			size: w.token === center ? 36 : 22, fill: w.expanded ? colour : dark ? '#171b22' : '#ffffff', stroke: alerted ? (dark ? '#ff7b70' : '#c0261c') : colour, lineWidth: alerted ? 4 : 2,
			labelText: `${alerted ? '⚠ ' : ''}${w.shown ?? w.token.slice(0, 8)}`, labelFill: text, labelFontSize: 11, labelPlacement: 'bottom' as const, cursor: 'pointer' as const,
		},
	};
}
const edgeOf = (t: Tie, dark: boolean) => ({ id: t.key, source: t.from, target: t.to, style: { stroke: dark ? '#5b6472' : '#9aa3b0', lineWidth: Math.min(6, 1 + Math.log2(t.n)) } });

interface Drawing { say(): void; end(): void }
/** Draws what `data` tells whenever it is said that it changed; one drawing at a time, the last one is of the last data. */
async function drawing(div: HTMLDivElement, data: () => { nodes: unknown[]; edges: unknown[] }, pick: (token: string) => void): Promise<Drawing> {
	const { Graph } = await import('./g6');
	const graph = new Graph({
		container: div, animation: false, autoFit: 'view', padding: 28, zoomRange: [0.1, 1.5],
		layout: { type: 'd3-force', link: { distance: 130, strength: 0.5 }, manyBody: { strength: -420 }, collide: { radius: 52 }, iterations: 200 } as never,
		behaviors: ['drag-canvas', 'zoom-canvas', 'drag-element'],
	});
	let [busy, again, over] = [false, false, false];
	const draw = async (): Promise<void> => {
		if (over) return;
		if (busy) { again = true; return; }
		busy = true;
		do {
			again = false;
			const now = data();
			graph.setData(now as never);
			await graph.render();
			for (const c of div.querySelectorAll('canvas')) c.tabIndex = -1; // the list beside it is for the keyboard
			div.dataset.drawn = `${now.nodes.length}`;
		} while (again && !over);
		busy = false;
		if (over) graph.destroy();
	};
	graph.on('node:click', (e: unknown) => pick(String((e as { target: { id: string } }).target.id)));
	const resized = new ResizeObserver(() => { if (!over) graph.resize(); });
	resized.observe(div);
	return {
		say: () => void draw(),
		end: () => {
			over = true;
			resized.disconnect();
			if (!busy) graph.destroy();
		},
	};
}

export function NetGraph({ net, center, label, onPick }: { net: Net; center: string; label: string; onPick: (token: string) => void }) {
	const at = useRef<HTMLDivElement>(null);
	const drawn = useRef<Drawing | null>(null);
	const pick = useRef(onPick);
	pick.current = onPick;
	const dark = useLook().theme === 'dark';
	const data = useRef<{ nodes: unknown[]; edges: unknown[] }>({ nodes: [], edges: [] });
	data.current = { nodes: [...net.who.values()].map((w) => nodeOf(w, center, dark, dark ? '#e6e9ee' : '#1a1f27')), edges: [...net.ties.values()].map((t) => edgeOf(t, dark)) };
	useEffect(() => {
		const div = at.current;
		if (div === null) return undefined;
		let gone = false;
		void drawing(div, () => data.current, (token) => pick.current(token)).then((d) => {
			if (gone) { d.end(); return; }
			drawn.current = d;
			d.say();
		});
		return () => { gone = true; drawn.current?.end(); drawn.current = null; };
	}, []);
	useEffect(() => drawn.current?.say(), [net, dark]);
	return <div ref={at} role="img" aria-label={label} className="net" data-nodes={net.who.size} />;
}
