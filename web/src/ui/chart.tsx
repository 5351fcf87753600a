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
	useEffect(() => {
		const div = at.current;
		if (div === null) return;
		let gone = false;
		let end = () => { gone = true; };
		void import('./charts').then(({ echarts }) => {
			if (gone) return;
			const chart = echarts.init(div, theme === 'dark' ? 'dark' : undefined, { renderer: 'canvas' });
			chart.setOption({ backgroundColor: 'transparent', animationDuration: 300, textStyle: { fontFamily: 'inherit' }, ...option, tooltip: { confine: true, renderMode: 'richText', ...(option.tooltip as object | undefined) } });
			chart.on('click', (e) => click.current?.(String(e.name)));
			const resized = new ResizeObserver(() => chart.resize());
			resized.observe(div);
			end = () => { resized.disconnect(); chart.dispose(); };
		});
		return () => end();
	}, [option, theme]);
	return <div ref={at} role="img" aria-label={label} style={{ width: '100%', height }} />;
}
