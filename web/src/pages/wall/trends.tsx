// trends.tsx - hour by hour, today against yesterday and a week ago. The hour that has begun is drawn as far as it came.
import { useMemo } from 'react';
import { count } from '../../desk/figures';
import { useTexts } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
import { comparable, type DayName, type Hour, type Situation } from './situation';
import { texts } from './texts';

const HOURS = 24;
const looks: Record<DayName, { color: string; type: 'solid' | 'dashed' | 'dotted'; width: number }> = {
	today: { color: '#4c8df6', type: 'solid', width: 3 }, yesterday: { color: '#8c95a3', type: 'dashed', width: 1.5 }, week_ago: { color: '#c58f2b', type: 'dotted', width: 2 },
};

interface Line { day: DayName; name: string; values: (number | null)[] }
function option(lines: Line[], size: number): Option {
	return {
		tooltip: { trigger: 'axis' },
		grid: { left: 4, right: size, top: size * 2, bottom: 2, containLabel: true },
		legend: { top: 0, right: 0, itemWidth: size * 1.6, itemGap: size * 0.6, textStyle: { fontSize: size * 0.85 } },
		xAxis: { type: 'category', data: Array.from({ length: HOURS }, (_, h) => String(h)), axisLabel: { fontSize: size * 0.85, interval: 5 }, boundaryGap: false },
		yAxis: { type: 'value', minInterval: 1, splitNumber: 2, axisLabel: { fontSize: size * 0.85 } },
		series: lines.map((x) => ({ type: 'line', name: x.name, data: x.values, showSymbol: x.values.length === 1, color: looks[x.day].color, lineStyle: looks[x.day], areaStyle: x.day === 'today' ? { opacity: 0.15 } : undefined })),
	};
}

function Trend({ s, title, size, of }: { s: Situation; title: string; size: number; of: (h: Hour) => number | null }) {
	const t = useTexts(texts);
	const drawn = useMemo(() => {
		const names: Record<DayName, string> = { today: t.today, yesterday: t.yesterdayDay, week_ago: t.weekDay };
		const days: DayName[] = (['today', 'yesterday', 'week_ago'] as const).filter((d) => d === 'today' || comparable(s, d));
		return option(days.map((day) => ({ day, name: names[day], values: s.hours[day].map(of) })), size);
	}, [s, size, t, of]);
	const now = s.hours.today.map((h) => of(h) ?? 0).reduce((a, b) => a + b, 0);
	return <section className="panel wall-trend"><h2>{title} <small className="faint">{t.perHour}</small></h2><Chart option={drawn} label={`${title} ${t.trends}, ${t.today} ${now}`} height="auto" /></section>;
}

const events = (h: Hour) => h.events;
const alerts = (h: Hour) => h.alerts;
const warnings = (h: Hour) => count(h.figures, 'warnings') ?? 0;
const incidents = (h: Hour) => count(h.figures, 'incidents') ?? 0;
const stops = (h: Hour) => count(h.figures, 'stops_in_force') ?? 0;
export function Trends({ s, size }: { s: Situation; size: number }) {
	const t = useTexts(texts);
	const traffic = s.today.events !== null;
	return (
		<div className="wall-trends">
			{traffic && <Trend s={s} size={size} title={t.events} of={events} />}
			{traffic && <Trend s={s} size={size} title={t.alerts} of={alerts} />}
			<Trend s={s} size={size} title={t.warnings} of={warnings} />
			<Trend s={s} size={size} title={t.incidents} of={incidents} />
			{!traffic && <Trend s={s} size={size} title={t.stops} of={stops} />}
		</div>
	);
}
