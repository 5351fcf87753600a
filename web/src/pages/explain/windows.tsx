// windows.tsx - the events behind each window: when they were, on one line of time, a row for each window; and the same as a table with what each event was.
import { useMemo } from 'react';
import { seen, type Behind, type Part } from '../../desk/alert';
import { useFieldName, useTypeName } from '../../desk/events';
import { both, duration, number, time, useLanguage, useTexts } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
import { Mark } from '../../ui/mark';
import { PlainTable } from '../../ui/plain-table';
import { Nothing } from '../../ui/states';
import { Time } from '../../ui/show';

const texts = both({
	chart: (n: number) => `${n} 个窗口内的事件按时间分布`, window: '窗口', value: '值', events: (n: string) => `${n} 个事件`, at: '当前事件', when: '时间', flags: { evicted: '部分已移出', refused: '部分未计入', sketch: '近似值' } as Record<string, string>, more: (n: number) => `另有 ${n} 个未列出`,
}, {
	chart: (n: number) => `When the events in ${n} windows were`, window: 'Window', value: 'Value', events: (n: string) => `${n} events`, at: 'this event', when: 'Time', flags: { evicted: 'some had gone', refused: 'some had no room', sketch: 'estimated' } as Record<string, string>, more: (n: number) => `${n} more are not listed`,
});
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'pin'];
const short = (z: string): string => (z.length > 40 ? `${z.slice(0, 39)}…` : z);

function useOption(windows: Behind[], at: string): Option {
	const language = useLanguage();
	const t = useTexts(texts);
	const typeName = useTypeName();
	const fieldName = useFieldName();
	return useMemo(() => {
		const types = [...new Set(windows.map((w) => w.of))];
		const narrow = window.innerWidth < 700;
		return {
			grid: { left: 8, right: 24, top: 52, bottom: 56, containLabel: true },
			legend: { top: 0, left: 0, data: types.map(typeName) },
			tooltip: { trigger: 'item', formatter: (p: { data: { said: string } }) => p.data.said },
			xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
			yAxis: { type: 'category', inverse: true, data: windows.map((w) => short(w.aggregate)), axisLabel: { width: narrow ? 90 : 260, overflow: 'truncate', fontSize: 11 }, splitLine: { show: true } },
			dataZoom: [{ type: 'inside' }, { type: 'slider', height: 18, bottom: 8 }],
			series: types.map((type, i) => ({
				type: 'scatter', name: typeName(type), symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 11, itemStyle: { opacity: 0.8 },
				data: windows.flatMap((w, row) => (w.of !== type ? [] : w.items.filter((x): x is Record<string, string> => seen(x)).map((x) => ({
					value: [x.time ?? at, row], said: [`${typeName(w.of)} ${time(x.time ?? at, language)}`, ...Object.entries(x).filter(([k]) => k !== 'time').map(([k, v]) => `${fieldName(k)}: ${v}`)].join('\n'),
				})))),
				...(i === 0 ? { markLine: { symbol: 'none', silent: true, label: { formatter: t.at, position: 'start', rotate: 0 }, lineStyle: { type: 'dashed' }, data: [{ xAxis: at }] } } : {}),
			})),
		};
	}, [windows, at, language]); // texts and names follow the language
}

function Events({ behind }: { behind: Behind }) {
	const t = useTexts(texts);
	const fieldName = useFieldName();
	const items = behind.items.filter((x): x is Record<string, string> => seen(x));
	const names = [...new Set(items.flatMap((x) => Object.keys(x)))].filter((k) => k !== 'time');
	return (
		<>
			<PlainTable label={behind.aggregate} height={260} head={[t.when, ...names.map(fieldName)]} rows={items.map((x, i) => ({ key: String(i), cells: [x.time === undefined ? '' : <Time at={x.time} />, ...names.map((n) => <span key={n} className="mono">{x[n]}</span>)] }))} />
			{behind.events > items.length && <p className="faint">{t.more(behind.events - items.length)}</p>}
		</>
	);
}
function Head({ behind }: { behind: Behind }) {
	const t = useTexts(texts);
	const language = useLanguage();
	return (
		<span className="window-head">
			<span className="mono">{behind.aggregate}</span><strong className="mono">{behind.value}</strong>
			<span className="faint">{duration(behind.window_us / 1000, language)} · {t.events(number(behind.events, language))}</span>{behind.flags.map((f) => <Mark key={f} tone="warn">{t.flags[f] ?? f}</Mark>)}
		</span>
	);
}

export function Windows({ evidence, at }: { evidence: Part<Behind>[]; at: string }) {
	const t = useTexts(texts);
	const windows = useMemo(() => evidence.filter((w): w is Behind => seen(w)), [evidence]);
	const drawn = useMemo(() => windows.filter((w) => w.items.length > 0), [windows]);
	const option = useOption(drawn, at);
	if (windows.length === 0) return <Nothing />;
	return (
		<div className="stack">
			{drawn.length > 0 && <Chart option={option} label={t.chart(drawn.length)} height={126 + 28 * drawn.length} />}
			<div className="windows">{windows.map((w, i) => (w.items.length === 0 ? <div key={i}><Head behind={w} /></div> : <details key={i}><summary><Head behind={w} /></summary><Events behind={w} /></details>))}</div>
		</div>
	);
}
