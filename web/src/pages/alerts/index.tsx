// alerts - what the rules tell, newest first and live: filtered by the service, grouped here, judged by keys. A row opens its explanation.
import { Button, Grid, Input, Segmented, Select, Switch } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { get } from '../../api/client';
import { alertPath, severities, type AlertRow } from '../../desk/alert';
import { useMayJudge, VerdictDialog, VerdictTag, type Judging } from '../../desk/verdict';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { useKept } from '../../kept';
import { useSession } from '../../session';
import { Key, useKeys } from '../../ui/keys';
import { Page } from '../../ui/page';
import { later } from '../../ui/later';
import { opens } from '../../ui/rows';
import { EntityName, SeverityMark, Time } from '../../ui/show';
import { Failed, Loading, Nothing } from '../../ui/states';
import { Table, type Column, type TableRef } from '../../ui/table';
import { useAlerts, type AlertFilter } from './feed';
import type { GroupBy } from './groups';
import './alerts.css';

const Groups = later(() => import('./groups'), Loading, true);

const texts = both({
	title: '警报', time: '时间', severity: '级别', rule: '规则', about: '对象', why: '原因', score: '分值', verdict: '反馈', mode: '模式', all: '全部', live: '实时', shadow: '影子', follow: '实时滚动', waiting: (n: number) => `暂停，${n} 条待显示`, token: '令牌（32位）', loaded: (n: string) => `已载入 ${n} 条`, more: '更早',
	group: '分组', list: '列表', byRule: '按规则', byEntity: '按对象', move: '上下', open: '打开', right: '报对了', wrong: '误报', groupKey: '分组', hidden: '不可见', levels: { none: '无', blue: '蓝', yellow: '黄', red: '红', purple: '紫' }, clear: '清除筛选',
}, {
	title: 'Alerts', time: 'Time', severity: 'Level', rule: 'Rule', about: 'About', why: 'Why', score: 'Score', verdict: 'Verdict', mode: 'Mode', all: 'All', live: 'Live', shadow: 'Shadow', follow: 'Follow', waiting: (n: number) => `Held: ${n} more`, token: 'Token (32 digits)', loaded: (n: string) => `${n} loaded`, more: 'Older',
	group: 'Group', list: 'List', byRule: 'By rule', byEntity: 'By entity', move: 'Move', open: 'Open', right: 'Right', wrong: 'False alarm', groupKey: 'Group', hidden: 'not visible', levels: { none: 'None', blue: 'Blue', yellow: 'Yellow', red: 'Red', purple: 'Purple' }, clear: 'Clear filters',
});
type View = 'list' | GroupBy;
const views: View[] = ['list', 'rule', 'entity'];

function useRules(rows: AlertRow[]): string[] {
	const may = useSession().scope('policies');
	const policy = useQuery({ queryKey: ['policy'], enabled: may, queryFn: ({ signal }) => get<{ rules: { name: string }[] }>('/v1/policy', signal) });
	return useMemo(() => [...new Set([...(policy.data?.rules ?? []).map((r) => r.name), ...rows.map((a) => a.rule)])].sort(), [policy.data, rows]);
}

function useAlertColumns(wide: boolean): Column<AlertRow>[] {
	const t = useTexts(texts);
	const language = useLanguage();
	const about = (a: AlertRow) => (a.about === null ? <span className="faint">{t.hidden}</span> : <EntityName entity={a.about} />);
	const because = (a: AlertRow) => a.because?.[language] ?? t.hidden;
	const shadow = (a: AlertRow) => a.mode === 'shadow' && <span className="faint"> · {t.shadow}</span>;
	if (!wide) return [{ key: 'all', title: t.title, render: (_, a) => <div className="alert-card"><div className="row"><SeverityMark severity={a.severity} /><Time at={a.time} />{shadow(a)}</div><div>{because(a)}</div><div className="row">{about(a)}<span className="mono faint">{a.rule}</span></div></div> }];
	return [
		{ key: 'time', title: t.time, width: 150, render: (_, a) => <Time at={a.time} /> },
		{ key: 'severity', title: t.severity, width: 80, render: (_, a) => <SeverityMark severity={a.severity} /> },
		{ key: 'rule', title: t.rule, width: 190, ellipsis: true, render: (_, a) => <><span className="mono">{a.rule}</span>{shadow(a)}</> },
		{ key: 'about', title: t.about, width: 190, ellipsis: true, render: (_, a) => about(a) },
		{ key: 'why', title: t.why, ellipsis: true, render: (_, a) => <span title={because(a)}>{because(a)}</span> },
		{ key: 'score', title: t.score, width: 70, align: 'right', render: (_, a) => <span className="mono">{a.score}</span> },
		{ key: 'verdict', title: t.verdict, width: 120, render: (_, a) => <VerdictTag verdict={a.verdict} /> },
	];
}

function Filters({ filter, onFilter, rules, follow, onFollow, waiting }: { filter: AlertFilter; onFilter: (f: AlertFilter) => void; rules: string[]; follow: boolean; onFollow: (f: boolean) => void; waiting: number }) {
	const t = useTexts(texts);
	const [token, setToken] = useState('');
	const given = /^[0-9a-f]{32}$/.test(token) ? token : undefined;
	const set = (f: Partial<AlertFilter>) => onFilter({ ...filter, ...f });
	return (
		<div className="row">
			<Select aria-label={t.severity} style={{ minWidth: 96 }} value={filter.severity ?? ''} onChange={(v) => set({ severity: v === '' ? undefined : v })} options={[{ value: '', label: `${t.severity}: ${t.all}` }, ...severities.slice(1).reverse().map((s) => ({ value: s, label: t.levels[s] }))]} />
			<Select aria-label={t.mode} style={{ minWidth: 110 }} value={filter.mode ?? ''} onChange={(v) => set({ mode: v === '' ? undefined : v })} options={[{ value: '', label: `${t.mode}: ${t.all}` }, { value: 'live', label: t.live }, { value: 'shadow', label: t.shadow }]} />
			<Select aria-label={t.rule} style={{ width: 210 }} allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t.rule} value={filter.rule} onChange={(v?: string) => set({ rule: v })} options={rules.map((r) => ({ value: r, label: r }))} />
			<Input aria-label={t.token} className="mono" style={{ width: 210 }} allowClear placeholder={t.token} value={filter.token ?? token} status={token !== '' && given === undefined ? 'warning' : ''}
				onChange={(e) => { const v = e.target.value.trim(); setToken(v); set({ token: /^[0-9a-f]{32}$/.test(v) ? v : undefined }); }} />
			{Object.values(filter).some((v) => v !== undefined) && <Button type="text" onClick={() => { setToken(''); onFilter({}); }}>{t.clear}</Button>}
			<span className="grow" />
			{waiting > 0 && <Button size="small" onClick={() => onFollow(true)}>{t.waiting(waiting)}</Button>}
			<label className="row"><Switch size="small" checked={follow} onChange={onFollow} aria-label={t.follow} />{t.follow}</label>
		</div>
	);
}

/* Where somebody was: going to an explanation and back ends where it began. */
interface Place { filter: AlertFilter; view: View; chosen: string | null }
const TOP: Place = { filter: {}, view: 'list', chosen: null };

export default function Alerts() {
	const t = useTexts(texts);
	const language = useLanguage();
	const [, go] = useLocation();
	const wide = Grid.useBreakpoint().md !== false;
	const mayJudge = useMayJudge();
	const [{ filter, view, chosen }, place] = useKept<Place>('alerts', TOP);
	const setFilter = (f: AlertFilter) => place((p) => ({ ...p, filter: f }));
	const setView = (v: View) => place((p) => ({ ...p, view: v }));
	const choose = (id: string) => place((p) => ({ ...p, chosen: id }));
	const [follow, setFollow] = useState(true);
	const was = useRef(chosen);
	const [judging, judge] = useState<Judging | null>(null);
	const table = useRef<TableRef>(null);
	const { pages, rows, waiting, judged } = useAlerts(filter, follow);
	const rules = useRules(rows);
	const shown = rows.length > 0;
	useEffect(() => { if (shown && was.current !== null) table.current?.scrollTo({ key: was.current }); }, [shown]);
	const columns = useAlertColumns(wide);
	const height = Math.max(240, window.innerHeight - (wide ? 240 : 330));
	const move = (by: number) => {
		const at = rows.findIndex((a) => a.id === chosen);
		const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
		if (next === undefined) return;
		choose(next.id);
		table.current?.scrollTo({ key: next.id });
	};
	const verdict = (v: 'true' | 'false') => (mayJudge && view === 'list' && chosen !== null ? () => judge({ id: chosen, verdict: v }) : undefined);
	const list = view === 'list';
	useKeys({
		j: list ? () => move(1) : undefined, k: list ? () => move(-1) : undefined, arrowdown: list ? () => move(1) : undefined, arrowup: list ? () => move(-1) : undefined,
		enter: list && chosen !== null ? () => open(chosen) : undefined, t: verdict('true'), f: verdict('false'), g: () => setView(views[(views.indexOf(view) + 1) % 3] ?? 'list'),
	});
	const open = (id: string) => { choose(id); go(alertPath(id)); };
	const pick = (g: { rule?: string; token?: string }) => { setFilter({ ...filter, ...g }); setView('list'); };
	const near = (e: React.UIEvent<HTMLElement>) => {
		const at = e.currentTarget;
		if (at.scrollTop + at.clientHeight * 2 > at.scrollHeight && pages.hasNextPage && !pages.isFetchingNextPage) void pages.fetchNextPage();
	};
	return (
		<Page title={t.title} extra={<Segmented value={view} onChange={setView} options={[{ value: 'list', label: t.list }, { value: 'rule', label: t.byRule }, { value: 'entity', label: t.byEntity }]} />}>
			<div className="stack">
				<Filters filter={filter} onFilter={setFilter} rules={rules} follow={follow} onFollow={setFollow} waiting={waiting} />
				{pages.error !== null && pages.data === undefined ? <Failed error={pages.error} again={() => void pages.refetch()} />
					: pages.isPending || (rows.length === 0 && pages.isFetchingNextPage) ? <Loading /> : rows.length === 0 ? <Nothing />
						: !list ? <Groups rows={rows} by={view} onPick={pick} height={height} /> : (
							<Table<AlertRow> ref={table} rowKey="id" size="small" virtual showHeader={wide} className="alerts" columns={columns} dataSource={rows} scroll={{ x: wide ? 1000 : 300, y: height }} onScroll={near}
								rowClassName={(a) => (a.id === chosen ? 'chosen' : '')}
								onRow={(a) => ({ ...opens(a.id, open), 'data-alert': a.id, onFocus: () => choose(a.id) }) as React.HTMLAttributes<HTMLElement>} />
						)}
				<div className="row faint">
					<span data-loaded={rows.length}>{t.loaded(number(rows.length, language))}</span>
					{pages.hasNextPage && <Button size="small" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>{t.more}</Button>}
					<span className="grow" />
					<span className="wide-only row"><Key name="↑" /><Key name="↓" />{t.move} <Key name="Enter" />{t.open} {mayJudge && <><Key name="T" />{t.right} <Key name="F" />{t.wrong} </>}<Key name="G" />{t.groupKey}</span>
				</div>
			</div>
			<VerdictDialog judging={judging} onClose={() => judge(null)} onDone={judged} />
		</Page>
	);
}
