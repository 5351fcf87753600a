// Campaigns: who is taught with what, who is held out so that it can be known whether it helped, and what the data say. No sentence here claims more than they do.
import { useQuery } from '@tanstack/react-query';
import { Alert, Steps as Stages } from 'antd';
import { useMemo, useState } from 'react';
import { get, Problem } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { DeskList } from '../../desk/list';
import { Fields, Head, History, Steps, useObject } from '../../desk/object';
import { both, named, number, useLanguage, useTexts } from '../../i18n';
import { Chart } from '../../ui/chart';
import { Page, Panel } from '../../ui/page';
import { Asked, Nothing } from '../../ui/states';

const texts = both({
	title: '宣传活动', choose: '在左侧选择一项活动', size: '人群规模', held: '随机对照', power: '检验效能', powerHint: '事先计算：若真有此效果，能被发现的机会', verdict: '评估结论', none: '尚未评估', history: '经过', effect: '之差（分配组 − 对照组）', conversion: '被联系后受骗率', victims: '受骗率', reports: '未受损举报率', unknown: '数据未显示效果，报告不作有效结论。',
	interval: '置信区间', nothing: '评估在随访期结束后进行',
}, {
	title: 'Campaigns', choose: 'Choose a campaign on the left', size: 'People', held: 'Held out by lot', power: 'Power', powerHint: 'Computed beforehand: the chance to see such an effect if it is real', verdict: 'What the data say', none: 'Not measured yet', history: 'History', effect: ': difference (assigned − held out)', conversion: 'Victims among those contacted', victims: 'Victims among all', reports: 'Reports without a loss', unknown: 'The data show no effect: none is claimed.',
	interval: 'interval', nothing: 'Measured when the time of following is over',
});
const ORDER = ['planned', 'segmented', 'approved', 'running', 'ended', 'measured'];
const whole = (o: DeskObject, name: string): number | null => (typeof o.fields[name] === 'number' ? o.fields[name] : null);

interface Report {
	report: { outcome: 'conversion' | 'victims' | 'reports'; verdict: 'helped' | 'harmed' | 'not-shown' | 'too-few' | 'not-comparable'; claimed: boolean; alpha: number | null; rate?: number | null; rate_held_out?: number | null; difference?: number | null; low?: number | null; high?: number | null; p?: number | null };
	words: { zh: string; en: string };
}
/** The service's own words, and the difference with its interval; zero is marked. */
function Effect({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useQuery({ queryKey: ['effect', object.id, object.version], retry: false, queryFn: ({ signal }) => get<Report>(`/v1/campaigns/${object.id}/effect`, signal) });
	const r = of.data?.report;
	const option = useMemo(() => (r?.difference == null || r.low == null || r.high == null ? null : {
		grid: { left: 16, right: 16, top: 8, bottom: 28 }, xAxis: { type: 'value' }, yAxis: { type: 'category', data: [''], show: false },
		series: [{ type: 'line', data: [[r.low, 0], [r.high, 0]], symbol: 'rect', symbolSize: [2, 18], lineStyle: { width: 4 } }, { type: 'scatter', data: [[r.difference, 0]], symbolSize: 14, markLine: { symbol: 'none', data: [{ xAxis: 0 }], label: { show: false } } }],
	}), [r]);
	if (of.error instanceof Problem && of.error.status === 409) return <Nothing>{t.nothing}</Nothing>;
	return <Asked of={of}>{(e) => (
		<div className="stack">
			<Alert type={e.report.claimed ? (e.report.verdict === 'helped' ? 'success' : 'warning') : 'info'} showIcon title={e.words[language]} />
			{option !== null && <Chart option={option} label={t[e.report.outcome] + t.effect} height={110} />}
			{e.report.rate != null && e.report.rate_held_out != null && <p className="faint">{t[e.report.outcome] + t.effect}: {number(100 * e.report.rate, language, 2)}% − {number(100 * e.report.rate_held_out, language, 2)}%{e.report.low != null && e.report.high != null && `; ${t.interval} ${number(100 * e.report.low, language, 2)}% … ${number(100 * e.report.high, language, 2)}%`}</p>}
		</div>
	)}</Asked>;
}
function Detail({ id }: { id: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useObject(id);
	return (
		<Asked of={of}>{(o) => {
			const power = whole(o, 'power_at') ?? whole(o, 'power');
			const verdict = o.fields.verdict;
			return (
				<div className="stack">
					<Head object={o} />
					<h2 style={{ margin: 0 }}>{String(o.fields.title ?? '')}</h2>
					<Stages size="small" responsive current={Math.max(0, ORDER.indexOf(o.state.name))} items={ORDER.map((s) => ({ title: named({ name: s, zh: o.state.name === s ? o.state.zh : s }, language) }))} className="wide-only" />
					<div className="row" style={{ gap: 32 }}>
						<span><span className="faint">{t.size}</span> <strong className="mono">{whole(o, 'size') === null ? '–' : number(whole(o, 'size') ?? 0, language)}</strong></span>
						<span><span className="faint">{t.held}</span> <strong className="mono">{whole(o, 'held') === null ? '–' : number(whole(o, 'held') ?? 0, language)}</strong></span>
						<span title={t.powerHint}><span className="faint">{t.power}</span> <strong className="mono">{power === null ? '–' : number(power, language)}</strong></span>
						<span><span className="faint">{t.verdict}</span> <strong>{verdict !== null && verdict !== undefined && typeof verdict === 'object' && 'name' in verdict ? named(verdict, language) : t.none}</strong></span>
					</div>
					{['running', 'ended', 'measured'].includes(o.state.name) && <Effect object={o} />}
					<Steps object={o} main="approve" />
					<Fields object={o} />
					<section><h3>{t.history}</h3><History object={o} /></section>
				</div>
			);
		}}</Asked>
	);
}
export default function Campaigns() {
	const t = useTexts(texts);
	const [shown, show] = useState<string | null>(null);
	return (
		<Page title={t.title}>
			<div className="grid" style={{ alignItems: 'start' }}>
				<Panel><DeskList kind="campaign" fields={['title', 'audience', 'size']} filter={{ open: false }} select={(o) => show(o.id)} height={480} /></Panel>
				<Panel>{shown === null ? <Nothing>{t.choose}</Nothing> : <Detail key={shown} id={shown} />}</Panel>
			</div>
		</Page>
	);
}
