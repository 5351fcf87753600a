// chart.tsx - ECharts, loaded with the first page that draws. Tool tips are drawn, not HTML, so the content policy needs no exception and no text can become markup; a table of the same figures
// is there for readers who can't see the picture.
import { useEffect, useRef } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { useLook } from '../session';

export type Option = EChartsCoreOption;
export function Chart({ option, label, height = 240, onClick }: { option: Option; label: string; height?: number | string; onClick?: (name: string) => void }) {
	const at = useRef<HTMLDivElement>(null);
	const { theme } = useLook();
	const click = useRef(onClick);
	click.current = onClick;
	const latest = useRef(option);
	const draw = useRef<(() => void) | null>(null);
	useEffect(() => { // the picture stays while its figures change; a new theme is a new picture
		const div = at.current;
		if (div === null) return;
		let gone = false;
		let end = () => { gone = true; };
		void import('./charts').then(({ echarts }) => {
			if (gone) return;
			const chart = echarts.init(div, theme === 'dark' ? 'dark' : undefined, { renderer: 'canvas' });
			draw.current = () => {
				const o = latest.current;
				chart.setOption({ backgroundColor: 'transparent', animationDuration: 300, textStyle: { fontFamily: getComputedStyle(div).fontFamily }, ...o, tooltip: { confine: true, renderMode: 'richText', ...(o.tooltip as object | undefined) } }, true);
			};
			draw.current();
			chart.on('click', (e) => click.current?.(String(e.name)));
			const resized = new ResizeObserver(() => chart.resize());
			resized.observe(div);
			end = () => { draw.current = null; resized.disconnect(); chart.dispose(); };
		});
		return () => end();
	}, [theme]);
	useEffect(() => {
		latest.current = option;
		draw.current?.();
	}, [option]);
	return <div ref={at} role="img" aria-label={label} style={{ width: '100%', height }} />;
}
