// charts.tsx - one figure over the days or hours of the span, and side by side by district or organisation.
import { Select } from 'antd';
import { useMemo } from 'react';
import { plain, value, type FiguresAnswer, type Group, type Meaning } from '../../desk/figures';
import { time, useLanguage, useTexts, type Language } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
import { Panel } from '../../ui/page';
import { texts } from './texts';

const COLOR = '#4c8df6';
const unitName = (m: Meaning, t: typeof texts['zh']): string => ({ count: t.times, money: t.yuan, rate: t.per, time: t.minutes, choice: t.times })[m.unit];
function bars(names: string[], values: (number | null)[], unit: string, sideways: boolean): Option {
	const category = { type: 'category', data: names, axisLabel: { hideOverlap: true }, inverse: sideways };
	const numbers = { type: 'value', name: sideways ? undefined : unit, nameTextStyle: { align: 'left' }, splitNumber: 4 };
	return {
		tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
		grid: { left: 8, right: 24, top: sideways ? 8 : 36, bottom: 8, containLabel: true },
		xAxis: sideways ? numbers : category, yAxis: sideways ? category : numbers,
		series: [{ type: 'bar', name: unit, data: values, color: COLOR, barMaxWidth: 32 }],
	};
}
const pointName = (g: Group, length: string, l: Language): string => {
	const [day, clock] = time(g.from ?? '', l).split(/,? /);
	return length === 'hour' ? (clock ?? '').slice(0, 5) : day ?? '';
};

export function PickFigure({ meanings, name, onPick }: { meanings: Meaning[]; name: string; onPick: (name: string) => void }) {
	const t = useTexts(texts);
	const l = useLanguage();
	return <Select aria-label={t.figure} value={name} onChange={onPick} style={{ minWidth: 200 }} showSearch={{ optionFilterProp: 'label' }} options={meanings.filter((m) => m.unit !== 'choice').map((m) => ({ value: m.name, label: m[l] }))} />;
}
export function OverTime({ answer, meaning }: { answer: FiguresAnswer; meaning: Meaning }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const option = useMemo(() => {
		const groups = answer.groups ?? [];
		return bars(groups.map((g) => pointName(g, answer.by, l)), groups.map((g) => (new Date(g.from ?? '') > new Date(answer.time) ? null : plain(value(g.figures, meaning.name), meaning.unit) ?? (meaning.unit === 'count' || meaning.unit === 'money' ? 0 : null))), unitName(meaning, t), false);
	}, [answer, meaning, l, t]);
	return <Panel title={`${t.overTime}: ${meaning[l]}`}><Chart option={option} label={`${t.overTime}: ${meaning[l]}`} height={260} /></Panel>;
}
export function SideBySide({ groups, names, meaning }: { groups: Group[]; names: string[]; meaning: Meaning }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const option = useMemo(() => bars(names, groups.map((g) => plain(value(g.figures, meaning.name), meaning.unit)), unitName(meaning, t), true), [groups, names, meaning, t]);
	return <Panel title={`${t.groups}: ${meaning[l]}`}><Chart option={option} label={`${t.groups}: ${meaning[l]}`} height={Math.max(140, 40 + 30 * names.length)} /></Panel>;
}
