// risk.tsx - which outlets, agents and clerks sell more cards and accounts that serve fraud than chance explains: ranked by the lower limit, with the interval drawn, because a small unit's figure says little.
import { useQuery } from '@tanstack/react-query';
import { Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { get, query } from '../../api/client';
import type { DeskPage, Entity } from '../../api/types';
import { ObjectDrawer } from '../../desk/object';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { Chart } from '../../ui/chart';
import DatePicker from '../../ui/date-picker';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Asked } from '../../ui/states';
import { Table } from '../../ui/table';
import { useOrganisation } from '../../ui/who';

const texts = both({
	month: '月份', level: '层级', of: '类别', levels: { outlet: '网点', agent: '代理', clerk: '经办人', organisation: '单位' }, ofs: { cards: '电话卡', accounts: '账户' }, rank: '名次', unit: '对象', opened: '开户开卡', involved: '涉案', estimate: '估计（每万）', interval: '区间（90%）', found: '当月涉案', before: '上月', year: '去年同月', early: '30 天内', patterns: '夜间 / 批量 / 远程', top: '重点关注', twice: '连续两月', talk: '建议告诫谈话',
	mean: '平均', chart: '每万张（户）涉案估计与 90% 区间', note: '按区间下限排名；区间宽说明样本小。名次不产生任何处置，是否约谈由人决定。', org: '单位', go: '办理', none: '该对象未在网点登记中', more: (n: number) => `另有 ${n} 个`, prior: (u: number, m: string) => `同类 ${u} 个，平均每万 ${m}`,
}, {
	month: 'Month', level: 'Level', of: 'Of', levels: { outlet: 'Outlets', agent: 'Agents', clerk: 'Clerks', organisation: 'Organisations' }, ofs: { cards: 'Cards', accounts: 'Accounts' }, rank: 'Rank', unit: 'Unit', opened: 'Opened', involved: 'Involved', estimate: 'Estimate (of 10,000)', interval: 'Interval (90%)', found: 'Found', before: 'month before', year: 'a year ago', early: 'Within 30 days', patterns: 'Night / batch / remote', top: 'Top group', twice: 'second month', talk: 'Warning talk proposed',
	mean: 'mean', chart: 'Estimated involved of 10,000, with 90% intervals', note: 'Ranked by the lower limit; a wide interval means few openings. Nothing follows from a rank by itself: people decide about talks.', org: 'Org', go: 'Act', none: 'This unit is not among the listed outlets', more: (n: number) => `${n} more`, prior: (u: number, m: string) => `${u} units of this level, mean ${m} of 10,000`,
});
type Level = 'outlet' | 'agent' | 'clerk' | 'organisation';
interface Unit { level: Level; organisation: number; unit: Entity | null; rank: number; rank_before: number; opened: number; involved: number; per_10000: { own: number | null; estimate?: number; lower?: number; upper?: number }; found: number; found_before: number; found_year: number; early: number; month: { opened: number; night: number; batch: number; remote: number }; top: boolean; top_before: boolean; proposal: string | null }
interface Risk { month: string; priors: { level: Level; of: 'cards' | 'accounts'; units: number; mean: number }[]; units: Unit[]; more: number }
const name = (u: Unit, title: (organisation: number) => string): string => (u.unit === null ? title(u.organisation) : `${u.unit.shown ?? u.unit.token.slice(0, 8)}${u.level === 'organisation' || u.organisation === 0 ? '' : ` · ${title(u.organisation)}`}`);

function Intervals({ risk, mean }: { risk: Risk; mean: number }) {
	const t = useTexts(texts);
	const title = useOrganisation();
	const option = useMemo(() => {
		const rows = risk.units.filter((u) => u.per_10000.estimate !== undefined).slice(0, 25).reverse();
		const lower = (u: Unit): number => u.per_10000.lower ?? 0;
		return {
			grid: { left: 8, right: 24, top: 24, bottom: 8, containLabel: true }, tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
			xAxis: { type: 'value', min: 0 }, yAxis: { type: 'category', data: rows.map((u) => `${u.rank}  ${name(u, title)}`), axisLabel: { width: 130, overflow: 'truncate' } },
			series: [
				{ type: 'bar', stack: 'i', silent: true, itemStyle: { color: 'transparent' }, data: rows.map(lower), barWidth: 10, tooltip: { show: false } },
				{ type: 'bar', stack: 'i', name: t.interval, barWidth: 10, data: rows.map((u) => ({ value: Number(((u.per_10000.upper ?? 0) - lower(u)).toFixed(2)), itemStyle: { color: u.top ? '#c0261c' : '#5b8fd9', borderRadius: 4 } })) },
				{ type: 'scatter', name: t.estimate, symbolSize: 11, itemStyle: { color: '#e6b84c', borderColor: '#1a1f27', borderWidth: 1 }, data: rows.map((u, i) => [u.per_10000.estimate ?? 0, i]), z: 5, markLine: { symbol: 'none', lineStyle: { type: 'dashed' }, data: [{ xAxis: mean }], label: { formatter: t.mean } } },
			],
		};
	}, [risk, mean, t, title]);
	return <Chart option={option} label={t.chart} height={Math.min(560, 70 + 26 * Math.min(25, risk.units.length))} />;
}
export default function Ranking() {
	const t = useTexts(texts);
	const title = useOrganisation();
	const language = useLanguage();
	const run = useRun();
	const [month, setMonth] = useState(dayjs().subtract(1, 'month').format('YYYY-MM'));
	const [level, setLevel] = useState<Level>('outlet');
	const [what, setWhat] = useState<'cards' | 'accounts'>('cards');
	const [shown, show] = useState<string | null>(null);
	const of = useQuery({ queryKey: ['risk', month, level, what], queryFn: ({ signal }) => get<Risk>(`/v1/outlets/risk${query({ month, level, of: what, limit: 200 })}`, signal) });
	const open = async (u: Unit) => {
		const id = await run(async () => (u.unit === null ? undefined : (await get<DeskPage>(`/v1/outlets${query({ entity: `${u.unit.kind}:${u.unit.token}`, limit: 1 })}`)).objects[0]?.id));
		if (id === undefined) await run(() => Promise.reject(new Error(t.none)));
		else show(id);
	};
	const digits = (v: number | undefined | null): string => (v == null ? '–' : number(v, language, 1));
	return (
		<div className="stack">
			<div className="row">
				<DatePicker picker="month" aria-label={t.month} allowClear={false} value={dayjs(`${month}-01`)} onChange={(d) => { if (d !== null) setMonth(d.format('YYYY-MM')); }} />
				<Select aria-label={t.level} style={{ minWidth: 110 }} value={level} onChange={setLevel} options={(Object.keys(t.levels) as Level[]).map((l) => ({ value: l, label: t.levels[l] }))} />
				<Select aria-label={t.of} style={{ minWidth: 100 }} value={what} onChange={setWhat} options={(['cards', 'accounts'] as const).map((v) => ({ value: v, label: t.ofs[v] }))} />
			</div>
			<p className="faint" style={{ margin: 0 }}>{t.note}</p>
			<Asked of={of} empty={(d) => d.units.length === 0}>{(risk) => {
				const prior = risk.priors.find((p) => p.level === level && p.of === what);
				return (
					<>
						<Panel title={t.chart}>{prior !== undefined && <p className="faint" style={{ margin: 0 }}>{t.prior(prior.units, digits(prior.mean))}</p>}<Intervals risk={risk} mean={prior?.mean ?? 0} /></Panel>
						<Table<Unit> rowKey={(u) => `${u.rank}-${u.organisation}-${u.unit?.token ?? ''}`} size="small" virtual scroll={{ x: 1080, y: 420 }} dataSource={risk.units} columns={[
							{ title: t.rank, width: 80, render: (_, u) => <span className="mono">{u.rank}{u.rank_before > 0 && u.rank_before !== u.rank && <span className="faint"> ({u.rank_before})</span>}</span> },
							{ title: t.unit, width: 170, render: (_, u) => (u.unit?.kind === 'outlet' || level === 'agent' ? <button type="button" className="link mono" onClick={() => void open(u)}>{name(u, title)}</button> : <span className="mono">{name(u, title)}</span>) },
							{ title: t.opened, width: 90, dataIndex: 'opened' }, { title: t.involved, width: 80, dataIndex: 'involved' },
							{ title: t.estimate, width: 110, render: (_, u) => digits(u.per_10000.estimate) }, { title: t.interval, width: 130, render: (_, u) => <span className="mono">{digits(u.per_10000.lower)} – {digits(u.per_10000.upper)}</span> },
							{ title: t.found, width: 170, render: (_, u) => <span>{u.found} <span className="faint">({t.before} {u.found_before}, {t.year} {u.found_year})</span></span> }, { title: t.early, width: 80, dataIndex: 'early' },
							{ title: t.patterns, width: 130, render: (_, u) => <span className="mono">{u.month.night} / {u.month.batch} / {u.month.remote}</span> },
							{ title: t.top, width: 180, render: (_, u) => <>{u.top && <Tag>{t.top}{u.top_before && ` · ${t.twice}`}</Tag>}{u.proposal !== null && <Tag>{t.talk}</Tag>}</> },
						]} />
						{risk.more > 0 && <span className="faint">{t.more(risk.more)}</span>}
					</>
				);
			}}</Asked>
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}
