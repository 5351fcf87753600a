// state.tsx - how somebody stands: what the identifier tells, attributes, lists, alerts and their scores over time, and every window that a rule would read now.
import { Descriptions, Switch } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Entity, Severity } from '../../api/types';
import { alertPath, alertRow, severities, type WholeAlert } from '../../desk/alert';
import { both, duration, number, time, useLanguage, useTexts, words } from '../../i18n';
import { Chart, type Option } from '../../ui/chart';
import { Mark } from '../../ui/mark';
import { Panel } from '../../ui/page';
import { PlainTable } from '../../ui/plain-table';
import { EntityName, SeverityMark, Time } from '../../ui/show';
import { Nothing } from '../../ui/states';

const texts = both({
	facts: '基本情况', lists: '名单', until: '至', good: '长期', over: '已失效', noLists: '不在任何名单', alerts: '近期警报', noAlerts: '近期没有警报', risk: '风险随时间', riskChart: '警报分值随时间', score: '分值', windows: '统计窗口', all: '含零值', aggregate: '统计项', value: '值', span: '窗口', events: '事件', rules: '读取它的规则', set: '更新于', newest: '数据截至', now: '当前风险', shadow: '影子',
	names: { bank: '开户行', carrier: '运营商', region: '归属地', birth_year: '出生年', kind: '类型', holder: '持有人', opened: '开立时间', phone: '绑定号码', outlet: '网点', iot: '物联网卡', account: '账户' } as Record<string, string>,
}, {
	facts: 'Facts', lists: 'Lists', until: 'until', good: 'for good', over: 'ended', noLists: 'On no list', alerts: 'Latest alerts', noAlerts: 'No alerts lately', risk: 'Risk over time', riskChart: 'Scores of its alerts over time', score: 'Score', windows: 'Windows', all: 'With zeros', aggregate: 'Aggregate', value: 'Value', span: 'Window', events: 'Events', rules: 'Rules that read it', set: 'set', newest: 'As of', now: 'Risk now', shadow: 'shadow',
	names: {} as Record<string, string>,
});

export interface State {
	kind: string;
	token: string;
	shown: string;
	newest: string;
	identifier: Record<string, string | number>;
	attributes: { name: string; value: string | Entity | null; set: string }[];
	risk: number;
	windows: { aggregate: string; of: string; window_us: number; value: string | null; events: number | null; flags: string[]; rules: string[] }[];
	lists: { list: string; until: string | null; in_force: boolean }[];
	alerts: WholeAlert[];
}

export function Facts({ state }: { state: State }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const name = (n: string) => t.names[n] ?? words(n);
	return (
		<Panel title={t.facts}>
			<Descriptions size="small" column={{ xs: 1, sm: 2, lg: 3 }} items={[
				{ key: 'risk', label: t.now, children: <strong className="mono" style={{ color: state.risk >= 70 ? 'var(--red)' : state.risk > 0 ? 'var(--yellow)' : undefined }}>{state.risk}</strong> },
				...Object.entries(state.identifier).map(([n, v]) => ({ key: `i-${n}`, label: name(n), children: String(v) })),
				...state.attributes.filter((a) => a.value !== null).map((a) => ({ key: a.name, label: name(a.name), children: typeof a.value === 'object' && a.value !== null ? <EntityName entity={a.value} /> : <span title={`${t.set} ${time(a.set, language)}`}>{String(a.value)}</span> })),
				{ key: 'newest', label: t.newest, children: <Time at={state.newest} /> },
			]} />
			<div className="row" style={{ marginTop: 8 }}><span className="faint">{t.lists}:</span>
				{state.lists.length === 0 ? <span className="faint">{t.noLists}</span> : state.lists.map((l) => <Mark key={l.list} tone={l.in_force ? 'bad' : 'plain'}>{l.list} · {!l.in_force ? t.over : l.until === null ? t.good : `${t.until} ${time(l.until, language)}`}</Mark>)}
			</div>
		</Panel>
	);
}

const COLOURS: Record<Severity, string> = { none: '#888', blue: '#4a86d8', yellow: '#c79a1f', red: '#d9483b', purple: '#9a5bd6' };
const SYMBOLS: Record<Severity, string> = { none: 'circle', blue: 'circle', yellow: 'circle', red: 'rect', purple: 'diamond' };
function Risk({ alerts }: { alerts: WholeAlert[] }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const option = useMemo<Option>(() => ({
		grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
		tooltip: { trigger: 'item', formatter: (p: { data: { said: string } }) => p.data.said },
		xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
		yAxis: { type: 'value', min: 0, name: '', splitNumber: 4 },
		series: severities.map((s) => ({
			type: 'scatter', name: s, symbol: SYMBOLS[s], symbolSize: 12, itemStyle: { color: COLOURS[s] },
			data: alerts.filter((a) => a.severity === s).map((a) => ({ value: [a.time, a.score], said: `${a.rule} · ${t.score} ${a.score}\n${time(a.time, language)}` })),
		})),
	}), [alerts, language, t]);
	return <Chart option={option} label={t.riskChart} height={200} />;
}

export function AlertsOf({ alerts }: { alerts: WholeAlert[] }) {
	const t = useTexts(texts);
	const language = useLanguage();
	if (alerts.length === 0) return <Panel title={t.alerts}><p className="faint">{t.noAlerts}</p></Panel>;
	return (
		<div className="grid">
			<Panel title={t.risk}><Risk alerts={alerts} /></Panel>
			<Panel title={`${t.alerts} (${number(alerts.length, language)})`}>
				<ul className="alert-list">{alerts.map(alertRow).map((a) => (
					<li key={a.id}><div className="row"><SeverityMark severity={a.severity} /><Time at={a.time} /><Link href={alertPath(a.id)} className="mono">{a.rule}</Link>{a.mode === 'shadow' && <span className="faint">{t.shadow}</span>}</div><div>{a.because?.[language]}</div></li>
				))}</ul>
			</Panel>
		</div>
	);
}

export function WindowsOf({ state }: { state: State }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [all, setAll] = useState(false);
	const rows = state.windows.filter((w) => all || (w.events ?? 1) > 0).sort((a, b) => (b.events ?? 0) - (a.events ?? 0));
	return (
		<Panel title={t.windows} extra={<label className="row"><Switch size="small" checked={all} onChange={setAll} aria-label={t.all} />{t.all}</label>}>
			{rows.length === 0 ? <Nothing /> : (
				<PlainTable label={t.windows} height={420} right={[1, 3]} head={[t.aggregate, t.value, t.span, t.events, t.rules]} rows={rows.map((w) => ({
					key: w.aggregate,
					cells: [<span key="a" className="mono breakable">{w.aggregate}</span>, <strong key="v" className="mono">{w.value ?? '–'}</strong>, <span key="s" className="nowrap">{duration(w.window_us / 1000, language)}</span>, w.events === null ? '…' : number(w.events, language), <span key="r" className="mono faint breakable">{w.rules.join(', ')}</span>],
				}))} />
			)}
		</Panel>
	);
}
