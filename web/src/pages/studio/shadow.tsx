// shadow.tsx - what rules on trial found: alerts a day and rule, what was found out about them, the latest ones, and the way to make a rule act.
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { both, number, percent, time, useLanguage, useTexts } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
import { Panel } from '../../ui/page';
import { EntityName } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { useRules } from './data';
import { Propose, type Asking } from './propose';
import { Rows } from './table';
import { useTally, type RuleTally, type Tally } from './tally';
import type { Rule } from './types';
import { ModeTag, useWriter } from './words';

const texts = both({
	none: '没有试运行的规则，也没有试运行警报。在“规则”页把规则改为试运行，或在文本中写 shadow。', days: '每日警报数', rules: '试运行规则', rule: '规则', alerts: '警报', right: '属实', wrong: '不属实', rate: '属实率', newest: '最近', promote: '转为生效', drop: '停用', what: (r: string) => `规则 ${r} 由试运行转为生效`, off: (r: string) => `停用规则 ${r}`,
	latest: '最近警报', about: '对象', why: '理由', when: '时间', more: '继续读取', seen: (n: number) => `已统计 ${n} 条试运行警报`, span: '范围', all: '全部', mode: '现状', gone: '已删除', of: (r: string) => `${r} 的最近警报`,
}, {
	none: 'No rule is on trial, and none has left alerts. Set a rule to shadow on the page of rules, or write shadow in its text.', days: 'Alerts a day', rules: 'Rules on trial', rule: 'Rule', alerts: 'Alerts', right: 'Right', wrong: 'Wrong', rate: 'Part right', newest: 'Newest', promote: 'Make it live', drop: 'Switch off', what: (r: string) => `Rule ${r} goes from shadow to live`, off: (r: string) => `Rule ${r} is switched off`,
	latest: 'Latest alerts', about: 'About', why: 'Why', when: 'Time', more: 'Read on', seen: (n: number) => `${n} alerts in shadow counted`, span: 'Days', all: 'All', mode: 'Now', gone: 'removed', of: (r: string) => `Latest alerts of ${r}`,
});
interface Row { name: string; rule: Rule | undefined; tally: RuleTally | undefined }

function ByDay({ rows, days }: { rows: Row[]; days: string[] }) {
	const t = useTexts(texts);
	const option = useMemo<Option>(() => ({
		grid: { left: 48, right: 16, top: 16, bottom: 64 }, legend: { bottom: 0, type: 'scroll' }, tooltip: { trigger: 'axis' },
		xAxis: { type: 'category', data: days.map((d) => d.slice(5)) }, yAxis: { type: 'value', minInterval: 1 },
		series: rows.filter((r) => r.tally !== undefined).map((r) => ({ name: r.name, type: 'bar', stack: 'all', barMaxWidth: 48, data: days.map((d) => r.tally?.days[d] ?? 0) })),
	}), [rows, days]);
	return (
		<Panel title={t.days}>
			<Chart option={option} label={t.days} height={260} />
			<div className="scroll" tabIndex={0} role="region" aria-label={t.days}>
				<table className="figures" data-days><thead><tr><th scope="col">{t.rule}</th>{days.map((d) => <th key={d} scope="col" className="n">{d.slice(5)}</th>)}</tr></thead>
					<tbody>{rows.filter((r) => r.tally !== undefined).map((r) => <tr key={r.name}><td className="mono">{r.name}</td>{days.map((d) => <td key={d} className="n">{r.tally?.days[d] ?? 0}</td>)}</tr>)}</tbody></table>
			</div>
		</Panel>
	);
}
function Latest({ row }: { row: Row }) {
	const t = useTexts(texts);
	const language = useLanguage();
	return (
		<Panel title={t.of(row.name)}>
			<Rows label={t.of(row.name)} rowKey={(a) => a.id} height={320} rows={row.tally?.sample ?? []} columns={[
				{ key: 'time', title: t.when, width: 140, render: (_, a) => <Link href={`/explain/${a.position}`}>{time(a.time, language)}</Link> },
				{ key: 'about', title: t.about, width: 170, render: (_, a) => ('token' in a.about ? <EntityName entity={a.about} /> : '') },
				{ key: 'why', title: t.why, ellipsis: true, render: (_, a) => (language === 'zh' ? a.because.zh : a.because.en) ?? a.because.en ?? a.because.zh },
			]} />
		</Panel>
	);
}
function Results({ rules, tally, again }: { rules: Rule[]; tally: Tally; again: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const writer = useWriter();
	const [ask, setAsk] = useState<Asking | null>(null);
	const [chosen, choose] = useState<string | null>(null);
	const [span, setSpan] = useState<7 | 30 | 0>(30);
	const rows = useMemo(() => {
		const names = [...new Set([...rules.filter((r) => r.mode === 'shadow').map((r) => r.name), ...Object.keys(tally.rules)])];
		return names.map((name): Row => ({ name, rule: rules.find((r) => r.name === name), tally: tally.rules[name] })).sort((a, b) => (b.tally?.all ?? 0) - (a.tally?.all ?? 0));
	}, [rules, tally]);
	const days = useMemo(() => [...new Set(rows.flatMap((r) => Object.keys(r.tally?.days ?? {})))].sort().slice(-(span === 0 ? 3650 : span)), [rows, span]);
	const shown = rows.find((r) => r.name === chosen) ?? rows.find((r) => r.tally !== undefined);
	if (rows.length === 0) return <Nothing>{t.none}</Nothing>;
	return (
		<div className="stack">
			<div className="row">
				<span className="faint grow">{t.seen(tally.seen)}</span>
				{tally.more && <Button size="small" onClick={again}>{t.more}</Button>}
				<Segmented<7 | 30 | 0> size="small" aria-label={t.span} value={span} onChange={setSpan} options={[{ value: 7, label: '7' }, { value: 30, label: '30' }, { value: 0, label: t.all }]} />
			</div>
			<Panel title={t.rules}>
				<Rows<Row> label={t.rules} rowKey={(r) => r.name} rows={rows} columns={[
					{ key: 'name', title: t.rule, render: (_, r) => <Button type="link" size="small" className="mono" style={{ padding: 0 }} onClick={() => choose(r.name)}>{r.name}</Button> },
					{ key: 'mode', title: t.mode, width: 90, render: (_, r) => (r.rule === undefined ? <span className="faint">{t.gone}</span> : <ModeTag mode={r.rule.mode} />) },
					{ key: 'all', title: t.alerts, width: 80, align: 'right', render: (_, r) => number(r.tally?.all ?? 0, language) },
					{ key: 'right', title: t.right, width: 80, align: 'right', render: (_, r) => r.tally?.right ?? 0 }, { key: 'wrong', title: t.wrong, width: 80, align: 'right', render: (_, r) => r.tally?.wrong ?? 0 },
					{ key: 'rate', title: t.rate, width: 90, align: 'right', render: (_, r) => percent(r.tally?.right ?? 0, (r.tally?.right ?? 0) + (r.tally?.wrong ?? 0), language) },
					{ key: 'newest', title: t.newest, width: 140, render: (_, r) => (r.tally === undefined ? '–' : time(r.tally.newest, language)) },
					...(writer ? [{ key: 'do', title: '', width: 190, render: (_: unknown, r: Row) => r.rule?.mode === 'shadow' && <span className="row"><Button size="small" data-promote={r.name} onClick={() => setAsk({ change: { rule: r.name, mode: 'live' }, what: t.what(r.name) })}>{t.promote}</Button><Button size="small" type="text" onClick={() => setAsk({ change: { rule: r.name, mode: 'off' }, what: t.off(r.name) })}>{t.drop}</Button></span> }] : []),
				]} />
			</Panel>
			{days.length > 0 && <ByDay rows={rows} days={days} />}
			{shown !== undefined && <Latest row={shown} />}
			<Propose ask={ask} onClose={() => setAsk(null)} />
		</div>
	);
}
export function Shadow() {
	const rules = useRules();
	const tally = useTally('shadow', { mode: 'shadow' }, true);
	return <Asked of={rules}>{(r) => <Asked of={tally}>{(x) => <Results rules={r.rules} tally={x} again={() => void tally.refetch()} />}</Asked>}</Asked>;
}
