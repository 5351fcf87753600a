// map.tsx - the city's ten districts, coloured by what the reader chose, and the same numbers as a list. The old city's three are too small to write in: their names stand in the sea, with a line to each.
import { Segmented } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { count, money } from '../../desk/figures';
import { number, useLanguage, useTexts } from '../../i18n';
import { useLook } from '../../session';
import { Chart, type Option } from '../../ui/chart';
import type { District, Situation } from './situation';
import { texts } from './texts';

type Choice = 'warnings' | 'incidents' | 'incident_loss';
type Spot = [number, number]; // east, north
const INNER: Record<string, { at: Spot; name: Spot }> = { // the old city: where it is, and where in the sea there is room for its name
	370213: { at: [120.42, 36.18], name: [120.86, 36.1] }, 370203: { at: [120.37, 36.1], name: [120.78, 35.94] }, 370202: { at: [120.36, 36.06], name: [120.66, 35.79] },
};
const SCALE = { dark: ['#20324d', '#2f6fd0', '#9cc9ff'], light: ['#e8f0fb', '#7eaef0', '#1554ad'] };

/** The geometry comes as a chunk of its own and is told to ECharts once. */
function useCity(): boolean {
	const [ready, set] = useState(false);
	useEffect(() => {
		let gone = false;
		void Promise.all([import('../../ui/charts'), import('virtual:qingdao')]).then(([{ echarts }, { default: map }]) => {
			echarts.registerMap('qingdao', map as never);
			if (!gone) set(true);
		});
		return () => { gone = true; };
	}, []);
	return ready;
}

interface Row { code: string; name: string; n: number }
function option(rows: Row[], size: number, dark: boolean, show: (n: number) => string): Option {
	const most = Math.max(1, ...rows.map((r) => r.n));
	const ink = dark ? '#e6e9ee' : '#1a1f27';
	return {
		tooltip: { formatter: (p: { name: string; value: number }) => { const r = rows.find((x) => x.code === p.name); return r === undefined ? '' : `${r.name} ${show(r.n)}`; } },
		visualMap: { show: false, min: 0, max: most, inRange: { color: dark ? SCALE.dark : SCALE.light } },
		series: [{
			type: 'map', map: 'qingdao', roam: false, selectedMode: false, layoutCenter: ['50%', '50%'], layoutSize: '100%', aspectScale: 0.81,
			data: rows.map((r) => ({ name: r.code, value: r.n })),
			itemStyle: { borderColor: dark ? '#0e1116' : '#fff', borderWidth: 1.5, areaColor: dark ? SCALE.dark[0] : SCALE.light[0] },
			emphasis: { label: { color: ink }, itemStyle: { areaColor: '#e6b84c' } },
			label: { show: true, fontSize: size * 0.9, color: ink, textBorderColor: dark ? '#0e1116' : '#fff', textBorderWidth: 2, formatter: (p: { name: string }) => rows.find((r) => r.code === p.name && INNER[r.code] === undefined)?.name ?? '' },
			markLine: {
				silent: true, animation: false, symbol: ['circle', 'none'], symbolSize: size * 0.3, lineStyle: { color: ink, width: 1, type: 'solid' },
				label: { show: true, position: 'end', fontSize: size * 0.9, color: ink, textBorderColor: dark ? '#0e1116' : '#fff', textBorderWidth: 2, formatter: (p: { name: string }) => p.name },
				data: rows.flatMap((r) => { const i = INNER[r.code]; return i === undefined ? [] : [[{ coord: i.at, name: r.name }, { coord: i.name, name: r.name }]]; }),
			},
		}],
	};
}

export function CityMap({ s, size }: { s: Situation; size: number }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const { theme } = useLook();
	const ready = useCity();
	const [choice, choose] = useState<Choice>('warnings');
	const show = (n: number): string => (choice === 'incident_loss' ? money(n, l) : number(n, l));
	const of = (d: District): number => count(d.figures, choice) ?? 0;
	const rows: Row[] = s.districts.filter((d) => d.code !== null).map((d) => ({ code: d.code ?? '', name: d[l], n: of(d) })).sort((a, b) => b.n - a.n);
	const elsewhere = s.districts.find((d) => d.code === null);
	const drawn = useMemo(() => option(rows, size, theme === 'dark', show), [s, size, theme, choice, l]);
	const names: Record<Choice, string> = { warnings: t.warnings, incidents: t.incidents, incident_loss: t.loss };
	const most = Math.max(1, ...rows.map((r) => r.n));
	return (
		<section className="panel wall-map">
			<div className="row"><h2 className="grow">{t.map}</h2>
				<Segmented size="small" aria-label={t.map} value={choice} onChange={choose} options={(Object.keys(names) as Choice[]).map((v) => ({ value: v, label: names[v] }))} /></div>
			<div className="wall-city">
				<div className="wall-shape">{ready && <Chart option={drawn} label={`${t.map_alt}: ${names[choice]}`} height="auto" />}</div>
				<table>
					<thead><tr><th scope="col">{t.district}</th><th scope="col">{names[choice]}</th></tr></thead>
					<tbody>
						{rows.map((r) => <tr key={r.code} data-district={r.code}><th scope="row">{r.name}</th><td><i className="wall-share" aria-hidden="true" style={{ width: `${(60 * r.n) / most}%` }} />{show(r.n)}</td></tr>)}
						{elsewhere !== undefined && of(elsewhere) > 0 && <tr><th scope="row">{t.elsewhere}</th><td>{show(of(elsewhere))}</td></tr>}
					</tbody>
				</table>
			</div>
		</section>
	);
}
