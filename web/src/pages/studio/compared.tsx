// compared.tsx - what a backtest found: how many alerts more and fewer, precision against recall, alerts a day, rules, and who would be hit. Pictures have their figures in a table beside them.
import { Alert, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { both, number, percent, time, useLanguage, useTexts } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
import { Panel } from '../../ui/page';
import { SeverityMark } from '../../ui/show';
import { Nothing } from '../../ui/states';
import type { Backtest, BriefAlert, CurvePoint, Sample } from './types';
import { Rows } from './table';
import { About, ModeTag } from './words';

const texts = both({
	old: '现行', now: '回测', same: '相同', changed: '有变化', gained: '新增', lost: '减少', alerts: '警报数', unfit: '内存不足，部分窗口不完整，结果偏低', curve: '准确率与召回率', precision: '准确率', recall: '召回率', threshold: '分数线', known: (r: number, w: number) => `已核实：属实 ${r} 个，不属实 ${w} 个`,
	unlabelled: '没有已核实的对象，无法计算准确率。在“警报”页反馈属实或不属实后再试。', known2: '只计已核实的对象，召回率只在曾被警报过的对象之内', days: '每日警报数', rules: '按规则', rule: '规则', hits: '将被命中的对象（分数最高的 50 个，已脱敏）', about: '对象', score: '分数', found: '核实', right: '属实', wrong: '不属实', unknown: '未核实', why: '理由', samples: '差异样例', when: '时间', entities: '对象', records: (e: number, s: string) => `${e} 个事件，用时 ${s} 秒`, mode: '状态',
}, {
	old: 'In force', now: 'Tried', same: 'same', changed: 'changed', gained: 'gained', lost: 'lost', alerts: 'Alerts', unfit: 'Memory was short: some windows were incomplete and figures are too low', curve: 'Precision and recall', precision: 'Precision', recall: 'Recall', threshold: 'Score from', known: (r: number, w: number) => `Found out: ${r} right, ${w} wrong`,
	unlabelled: 'Nobody was found right or wrong yet, so there is no precision. Tell what alerts came to on the page of alerts.', known2: 'Only those whom somebody looked into count, and only they had been alerted', days: 'Alerts a day', rules: 'By rule', rule: 'Rule', hits: 'Who would be hit (the 50 highest, masked)', about: 'About', score: 'Score', found: 'Found', right: 'right', wrong: 'wrong', unknown: 'not known', why: 'Why', samples: 'What differs', when: 'Time', entities: 'Entities', records: (e: number, s: string) => `${e} events in ${s} s`, mode: 'Mode',
});
const BLUE = '#3c7fd0', ORANGE = '#d9822b';

function Summary({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { counts } = result;
	const shown = [[t.old, counts.old], [t.now, counts.new], [t.same, counts.same], [t.changed, counts.changed], [`+ ${t.gained}`, counts.gained], [`− ${t.lost}`, counts.lost]] as const;
	return (
		<Panel title={t.alerts} extra={<span className="faint">{t.records(result.events, number(result.duration_us / 1e6, language, 1))}</span>}>
			{!result.fits && <Alert type="warning" title={t.unfit} />}
			<div className="row" style={{ gap: 24 }} data-counts={`${counts.old} ${counts.new}`}>{shown.map(([label, n]) => <div key={label}><div className="faint">{label}</div><div className="mono" style={{ fontSize: 22, fontWeight: 600 }}>{number(n, language)}</div></div>)}</div>
		</Panel>
	);
}
const axis = (name: string): object => ({ type: 'value', min: 0, max: 1, name, nameLocation: 'middle', nameGap: 28, axisLabel: { formatter: (v: number) => `${Math.round(v * 100)}%` } });
function Curve({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const option = useMemo<Option>(() => {
		const line = (name: string, points: CurvePoint[], color: string, symbol: string): object => ({ name, type: 'line', color, symbol, symbolSize: 8, lineStyle: { width: 2, type: symbol === 'circle' ? 'solid' : 'dashed' }, data: points.filter((p) => p.precision !== null && p.recall !== null).map((p) => ({ value: [p.recall, p.precision, p.threshold, p.entities] })) });
		return {
			grid: { left: 56, right: 20, top: 36, bottom: 44 }, legend: { top: 0 }, xAxis: axis(t.recall), yAxis: { ...axis(t.precision), nameGap: 40 },
			tooltip: { trigger: 'item', formatter: (p: { seriesName: string; value: number[] }) => `${p.seriesName}\n${t.threshold} ${p.value[2] ?? ''}\n${t.precision} ${percent(p.value[1] ?? 0, 1, language)}\n${t.recall} ${percent(p.value[0] ?? 0, 1, language)}\n${t.entities} ${p.value[3] ?? ''}` },
			series: [line(t.old, result.curve.old, BLUE, 'circle'), line(t.now, result.curve.new, ORANGE, 'triangle')],
		};
	}, [result, t, language]);
	const known = result.labels.right + result.labels.wrong;
	return (
		<Panel title={t.curve} extra={<span className="faint">{t.known(result.labels.right, result.labels.wrong)}</span>}>
			{known === 0 ? <Nothing>{t.unlabelled}</Nothing> : <><Chart option={option} label={t.curve} height={280} /><p className="faint">{t.known2}</p></>}
			<details><summary>{t.threshold}</summary><Points result={result} /></details>
		</Panel>
	);
}
function Points({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const part = (n: number | null): string => (n === null ? '–' : percent(n, 1, language));
	const rows = (points: CurvePoint[], name: string) => points.map((p) => <tr key={`${name} ${p.threshold}`}><td>{name}</td><td className="n">{p.threshold}</td><td className="n">{p.alerts}</td><td className="n">{p.entities}</td><td className="n">{part(p.precision)}</td><td className="n">{part(p.recall)}</td></tr>);
	return (
		<div className="scroll" style={{ maxHeight: 240 }} tabIndex={0} role="region" aria-label={t.threshold}>
			<table className="figures"><thead><tr><th scope="col"><span className="faint"> </span></th><th scope="col" className="n">{t.threshold}</th><th scope="col" className="n">{t.alerts}</th><th scope="col" className="n">{t.entities}</th><th scope="col" className="n">{t.precision}</th><th scope="col" className="n">{t.recall}</th></tr></thead>
				<tbody>{rows(result.curve.old, t.old)}{rows(result.curve.new, t.now)}</tbody></table>
		</div>
	);
}
function Days({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	const option = useMemo<Option>(() => ({
		grid: { left: 56, right: 16, top: 36, bottom: 28 }, legend: { top: 0 }, tooltip: { trigger: 'axis' },
		xAxis: { type: 'category', data: result.days.map((d) => d.day.slice(5)) }, yAxis: { type: 'value', minInterval: 1 },
		series: [{ name: t.old, type: 'bar', color: BLUE, barMaxWidth: 40, data: result.days.map((d) => d.old) }, { name: t.now, type: 'bar', color: ORANGE, barMaxWidth: 40, itemStyle: { decal: { symbol: 'line', rotation: 0.8 } }, data: result.days.map((d) => d.new) }],
	}), [result, t]);
	return <Panel title={t.days}>{result.days.length === 0 ? <Nothing /> : <Chart option={option} label={`${t.days}: ${result.days.map((d) => `${d.day} ${d.old} → ${d.new}`).join(', ')}`} height={280} />}</Panel>;
}
function Because({ alert }: { alert: BriefAlert }) {
	const zh = useLanguage() === 'zh';
	return <>{(zh ? alert.because.zh : alert.because.en) ?? alert.because.en ?? alert.because.zh}</>;
}
function Rules({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	const sign = (n: number, s: string): string => (n === 0 ? '0' : `${s}${n}`);
	const rows = [...result.rules].sort((a, b) => b.gained + b.lost + b.changed - a.gained - a.lost - a.changed || b.new - a.new);
	return (
		<Panel title={t.rules}>
			<Rows label={t.rules} rowKey={(r) => r.rule} height={360} rows={rows} columns={[
				{ key: 'rule', title: t.rule, dataIndex: 'rule', className: 'mono' }, { key: 'old', title: t.old, dataIndex: 'old', align: 'right', width: 80 }, { key: 'new', title: t.now, dataIndex: 'new', align: 'right', width: 80 },
				{ key: 'gained', title: t.gained, align: 'right', width: 80, render: (_, r) => sign(r.gained, '+') }, { key: 'lost', title: t.lost, align: 'right', width: 80, render: (_, r) => sign(r.lost, '−') }, { key: 'changed', title: t.changed, align: 'right', width: 90, dataIndex: 'changed' },
			]} />
		</Panel>
	);
}
function Hits({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	return (
		<Panel title={t.hits}>
			<Rows label={t.hits} rowKey={(h) => `${h.alert.rule} ${h.alert.time} ${'token' in h.alert.about ? h.alert.about.token : ''}`} height={400} rows={result.hits} columns={[
				{ key: 'about', title: t.about, width: 170, render: (_, h) => <About of={h.alert.about} /> }, { key: 'score', title: t.score, width: 70, align: 'right', dataIndex: 'score' }, { key: 'alerts', title: t.alerts, width: 80, align: 'right', dataIndex: 'alerts' },
				{ key: 'found', title: t.found, width: 90, render: (_, h) => (h.found === null ? <span className="faint">{t.unknown}</span> : <strong style={{ color: h.found === 'right' ? 'var(--good)' : 'var(--red)' }}>{h.found === 'right' ? `✓ ${t.right}` : `✗ ${t.wrong}`}</strong>) },
				{ key: 'rule', title: t.rule, width: 190, render: (_, h) => <span className="mono">{h.alert.rule}</span> }, { key: 'why', title: t.why, ellipsis: true, render: (_, h) => <Because alert={h.alert} /> },
			]} />
		</Panel>
	);
}
function Samples({ result }: { result: Backtest }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [which, choose] = useState<'gained' | 'lost' | 'changed'>('gained');
	const of = (s: Sample): BriefAlert | undefined => s.new ?? s.old;
	return (
		<Panel title={t.samples} extra={<Segmented size="small" aria-label={t.samples} value={which} onChange={choose} options={(['gained', 'lost', 'changed'] as const).map((v) => ({ value: v, label: `${t[v]} ${result.counts[v]}` }))} />}>
			{result[which].length === 0 ? <Nothing /> : (
				<Rows<Sample> label={t.samples} rowKey={(s) => s.id} height={360} rows={result[which]} columns={[
					{ key: 'time', title: t.when, width: 140, render: (_, s) => (of(s) === undefined ? '' : time(of(s)?.time ?? '', language)) }, { key: 'about', title: t.about, width: 160, render: (_, s) => { const a = of(s); return a !== undefined && <About of={a.about} />; } },
					{ key: 'mode', title: t.mode, width: 130, render: (_, s) => <span className="row">{s.old !== undefined && s.new !== undefined && s.old.mode !== s.new.mode && <><ModeTag mode={s.old.mode} />→</>}{of(s) !== undefined && <ModeTag mode={of(s)?.mode ?? 'live'} />}</span> },
					{ key: 'score', title: t.score, width: 110, render: (_, s) => <span className="row">{s.old !== undefined && s.new !== undefined && s.old.score !== s.new.score && `${s.old.score} → `}{of(s)?.score}<SeverityMark severity={of(s)?.severity ?? 'none'} /></span> },
					{ key: 'rule', title: t.rule, width: 180, render: (_, s) => <span className="mono">{of(s)?.rule}</span> }, { key: 'why', title: t.why, ellipsis: true, render: (_, s) => { const a = of(s); return a !== undefined && <Because alert={a} />; } },
				]} />
			)}
		</Panel>
	);
}
export function Compared({ result }: { result: Backtest }) {
	return (
		<div className="stack">
			<Summary result={result} />
			<div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 460px), 1fr))' }}><Curve result={result} /><Days result={result} /></div>
			<Hits result={result} />
			<Rules result={result} />
			<Samples result={result} />
		</div>
	);
}
