// windows.tsx - the events behind each window: when they were, on one line of time, a row for each window; and the same as a table with what each event was.
import { Collapse, Table, Tag } from 'antd';
import { useMemo } from 'react';
import { seen, type Behind, type Part } from '../../desk/alert';
import { both, duration, number, time, useLanguage, useTexts, words } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
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
	return useMemo(() => {
		const types = [...new Set(windows.map((w) => w.of))];
		const narrow = window.innerWidth < 700;
		return {
			grid: { left: 8, right: 24, top: 36, bottom: 56, containLabel: true },
			legend: { top: 0, data: types.map(words) },
			tooltip: { trigger: 'item', formatter: (p: { data: { said: string } }) => p.data.said },
			xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
			yAxis: { type: 'category', inverse: true, data: windows.map((w) => short(w.aggregate)), axisLabel: { width: narrow ? 90 : 260, overflow: 'truncate', fontSize: 11 }, splitLine: { show: true } },
			dataZoom: [{ type: 'inside' }, { type: 'slider', height: 18, bottom: 8 }],
			series: types.map((type, i) => ({
				type: 'scatter', name: words(type), symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 11, itemStyle: { opacity: 0.8 },
				data: windows.flatMap((w, row) => (w.of !== type ? [] : w.items.filter((x): x is Record<string, string> => seen(x)).map((x) => ({
					value: [x.time ?? at, row], said: [`${words(w.of)} ${time(x.time ?? at, language)}`, ...Object.entries(x).filter(([k]) => k !== 'time').map(([k, v]) => `${words(k)}: ${v}`)].join('\n'),
				})))),
				...(i === 0 ? { markLine: { symbol: 'none', silent: true, label: { formatter: t.at, position: 'insideEndTop' }, lineStyle: { type: 'dashed' }, data: [{ xAxis: at }] } } : {}),
			})),
		};
	}, [windows, at, language, t]);
}

function Events({ behind }: { behind: Behind }) {
	const t = useTexts(texts);
	const items = behind.items.filter((x): x is Record<string, string> => seen(x));
	const names = [...new Set(items.flatMap((x) => Object.keys(x)))].filter((k) => k !== 'time');
	return (
		<>
			<Table<Record<string, string> & { row: string }> size="small" pagination={false} scroll={{ x: 'max-content', y: 260 }} rowKey="row" dataSource={items.map((x, i) => ({ ...x, row: String(i) }))}
				columns={[{ key: 'time', title: t.when, render: (_, x) => (x.time === undefined ? '' : <Time at={x.time} />) }, ...names.map((n) => ({ key: n, title: words(n), render: (_: unknown, x: Record<string, string>) => <span className="mono">{x[n]}</span> }))]} />
			{behind.events > items.length && <p className="faint">{t.more(behind.events - items.length)}</p>}
		</>
	);
}

export function Windows({ evidence, at }: { evidence: Part<Behind>[]; at: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const windows = useMemo(() => evidence.filter((w): w is Behind => seen(w)), [evidence]);
	const drawn = useMemo(() => windows.filter((w) => w.items.length > 0), [windows]);
	const option = useOption(drawn, at);
	if (windows.length === 0) return <Nothing />;
	return (
		<div className="stack">
			{drawn.length > 0 && <Chart option={option} label={t.chart(drawn.length)} height={110 + 28 * drawn.length} />}
			<Collapse size="small" items={windows.map((w, i) => ({
				key: i,
				collapsible: w.items.length === 0 ? 'disabled' as const : undefined,
				label: <span className="row"><span className="mono grow" style={{ overflowWrap: 'anywhere' }}>{w.aggregate}</span><strong className="mono">{w.value}</strong>
					<span className="faint">{duration(w.window_us / 1000, language)} · {t.events(number(w.events, language))}</span>{w.flags.map((f) => <Tag key={f} color="warning">{t.flags[f] ?? f}</Tag>)}</span>,
				children: w.items.length === 0 ? null : <Events behind={w} />,
			}))} />
		</div>
	);
}
