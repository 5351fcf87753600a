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

interface Drawn { setData(d: unknown): void; render(): Promise<void>; destroy(): void; resize(): void; fitView(): Promise<void> }
export function NetGraph({ net, center, label, onPick }: { net: Net; center: string; label: string; onPick: (token: string) => void }) {
	const at = useRef<HTMLDivElement>(null);
	const drawn = useRef<Drawn | null>(null);
	const pick = useRef(onPick);
	pick.current = onPick;
	const dark = useLook().theme === 'dark';
	const data = useRef<{ nodes: unknown[]; edges: unknown[] }>({ nodes: [], edges: [] });
	data.current = { nodes: [...net.who.values()].map((w) => nodeOf(w, center, dark, dark ? '#e6e9ee' : '#1a1f27')), edges: [...net.ties.values()].map((t) => edgeOf(t, dark)) };
	useEffect(() => {
		const div = at.current;
		if (div === null) return undefined;
		let gone = false;
		let end = () => { gone = true; };
		void import('./g6').then(({ Graph }) => {
			if (gone) return;
			const graph = new Graph({
				container: div, animation: false, autoFit: 'view', padding: 28, data: data.current as never, theme: false as never,
				layout: { type: 'd3-force', link: { distance: 130, strength: 0.5 }, manyBody: { strength: -420 }, collide: { radius: 52 }, iterations: 200 } as never,
				behaviors: ['drag-canvas', 'zoom-canvas', 'drag-element'],
			});
			graph.on('node:click', (e: unknown) => pick.current(String((e as { target: { id: string } }).target.id)));
			drawn.current = graph as unknown as Drawn;
			void graph.render().then(() => { for (const c of div.querySelectorAll('canvas')) c.tabIndex = -1; }); // the list beside it is for the keyboard
			const resized = new ResizeObserver(() => graph.resize());
			resized.observe(div);
			end = () => { gone = true; resized.disconnect(); drawn.current = null; graph.destroy(); };
		});
		return () => end();
	}, [center, dark]);
	const size = `${net.who.size}/${net.ties.size}/${[...net.who.values()].filter((w) => w.risk !== null).length}`;
	useEffect(() => {
		const graph = drawn.current;
		if (graph === null) return undefined;
		const soon = setTimeout(() => { graph.setData(data.current); void graph.render(); }, 150);
		return () => clearTimeout(soon);
	}, [size]);
	return <div ref={at} role="img" aria-label={label} className="net" data-nodes={net.who.size} />;
}
