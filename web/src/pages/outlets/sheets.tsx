// sheets.tsx - where an involved card was sold, the monthly sheets of outlets and organisations, and how many people outlets guided to the app.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Segmented, Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, post, query } from '../../api/client';
import type { Entity } from '../../api/types';
import { DeskList } from '../../desk/list';
import { ObjectDrawer } from '../../desk/object';
import { listKey } from '../../live';
import { both, named, number, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { EntityName, Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Table } from '../../ui/table';
import { Organisation } from '../../ui/who';

const texts = both({
	month: '月份', kinds: { phone: '电话卡', account: '账户' }, kind: '类别', number: '号码或账号', find: '倒查', all: '当月全部', thing: '涉案卡户', found: '认定时间', opened: '开立时间', days: '间隔（天）', outlet: '网点', agent: '代理', clerk: '经办人', org: '单位', remote: '远程', object: '依据', unknown: '开立信息未知', yes: '是',
	unit: '考核对象', performance: '实绩', security: '网络安全', talk: '建议告诫谈话', sheet: '考核表', same: '与当前数据一致', differs: '数据已变化', make: '生成考核表', made: (a: number, b: number) => `新生成 ${a} 份，已有 ${b} 份`, not: '未生成', sheets: '测算', objects: '考核表办理', whole: '单位整体',
	by: '按', byOutlet: '网点', byClerk: '引导人', app: '国家反诈中心 App', service: '公安服务号', confirmed: '已确认', due: '待核查', held: '存疑', rejected: '不计入', gone: '已卸载', reported: '已登记', none: '不设指标，不排任务：只作了解', records: '登记',
}, {
	month: 'Month', kinds: { phone: 'Card', account: 'Account' }, kind: 'Kind', number: 'Number or account', find: 'Trace', all: 'All of the month', thing: 'Involved', found: 'Found', opened: 'Opened', days: 'Days between', outlet: 'Outlet', agent: 'Agent', clerk: 'Clerk', org: 'Org', remote: 'Remote', object: 'By', unknown: 'opening not known', yes: 'yes',
	unit: 'Unit', performance: 'Performance', security: 'Cybersecurity', talk: 'Warning talk proposed', sheet: 'Sheet', same: 'same as computed now', differs: 'data have changed', make: 'Make the sheets', made: (a: number, b: number) => `${a} made, ${b} were there`, not: 'not made', sheets: 'Computed', objects: 'Sheets at work', whole: 'the whole organisation',
	by: 'By', byOutlet: 'Outlet', byClerk: 'Clerk', app: 'Anti-fraud app', service: 'Police account', confirmed: 'Confirmed', due: 'To be checked', held: 'Doubtful', rejected: 'Rejected', gone: 'Uninstalled', reported: 'Reported', none: 'There are no targets: this is to know, not to rank people', records: 'Records',
});
interface Trace { thing: Entity | null; found: string; object: string; opened: string | null; days?: number; outlet?: Entity | null; agent?: Entity | null; clerk?: Entity | null; organisation?: number; remote?: boolean }
function Month({ value, set }: { value: string; set: (v: string) => void }) {
	return <DatePicker picker="month" aria-label={useTexts(texts).month} allowClear={false} value={dayjs(`${value}-01`)} onChange={(d) => { if (d !== null) set(d.format('YYYY-MM')); }} />;
}
const who = (e: Entity | null | undefined) => (e == null ? '–' : <EntityName entity={e} plain />);

export function Tracing() {
	const t = useTexts(texts);
	const [month, setMonth] = useState(dayjs().format('YYYY-MM'));
	const [entity, setEntity] = useState('');
	const of = useQuery({ queryKey: ['trace', month, entity], retry: false, queryFn: ({ signal }) => get<{ traced: Trace[] }>(`/v1/outlets/trace${query(entity === '' ? { month, limit: 500 } : { entity })}`, signal) });
	return (
		<div className="stack">
			<Form layout="inline" initialValues={{ kind: 'phone' }} onFinish={(f: { kind: string; number?: string }) => setEntity((f.number ?? '').trim() === '' ? '' : `${f.kind}:${(f.number ?? '').trim()}`)} style={{ gap: 8 }}>
				<Month value={month} set={setMonth} />
				<Form.Item name="kind" label={t.kind}><Select style={{ minWidth: 100 }} options={(['phone', 'account'] as const).map((k) => ({ value: k, label: t.kinds[k] }))} /></Form.Item>
				<Form.Item name="number" label={t.number}><Input className="mono" autoComplete="off" allowClear maxLength={40} /></Form.Item>
				<Button type="primary" htmlType="submit">{t.find}</Button>
				{entity !== '' && <Button onClick={() => setEntity('')}>{t.all}</Button>}
			</Form>
			<Asked of={of} empty={(d) => d.traced.length === 0}>{(d) => <Table<Trace> rowKey={(r) => `${r.object}-${r.found}`} size="small" virtual scroll={{ x: 1120, y: 480 }} dataSource={d.traced} columns={[
				{ title: t.thing, width: 150, render: (_, r) => who(r.thing) }, { title: t.found, width: 140, render: (_, r) => <Time at={r.found} /> }, { title: t.opened, width: 150, render: (_, r) => (r.opened === null ? <span className="faint">{t.unknown}</span> : <Time at={r.opened} />) }, { title: t.days, width: 90, render: (_, r) => r.days ?? '–' },
				{ title: t.outlet, width: 110, render: (_, r) => who(r.outlet) }, { title: t.agent, width: 110, render: (_, r) => who(r.agent) }, { title: t.clerk, width: 110, render: (_, r) => who(r.clerk) }, { title: t.org, width: 110, render: (_, r) => <Organisation number={r.organisation} /> }, { title: t.remote, width: 70, render: (_, r) => (r.remote === true ? t.yes : '–') },
				{ title: t.object, width: 150, render: (_, r) => <Link href={`/object/${r.object}`}><span className="mono">{r.object}</span></Link> },
			]} />}</Asked>
		</div>
	);
}

interface Sheet { organisation: number; outlet: string | null; figures: Record<string, number>; performance: number | null; security: number | null; talk: boolean; sheet: string | null; state?: string; same?: boolean }
export function Sheets() {
	const t = useTexts(texts);
	const language = useLanguage();
	const run = useRun();
	const queries = useQueryClient();
	const { may, machines } = useSession();
	const [month, setMonth] = useState(dayjs().subtract(1, 'month').format('YYYY-MM'));
	const [shown, show] = useState<string | null>(null);
	const { message } = App.useApp();
	const of = useQuery({ queryKey: ['assess', month], queryFn: ({ signal }) => get<{ sheets: Sheet[] }>(`/v1/outlets/assess${query({ month, limit: 500 })}`, signal) });
	const make = async () => {
		const got = await run(() => post<{ made: number; there: number }>(`/v1/outlets/assess${query({ month })}`, {}));
		if (got === undefined) return;
		void message.success(t.made(got.made, got.there));
		void queries.invalidateQueries({ queryKey: ['assess', month] });
		void queries.invalidateQueries({ queryKey: listKey('assessment') });
	};
	const points = (v: number | null): string => (v === null ? '–' : number(v, language, 2));
	const states = machines.get('assessment')?.states ?? [];
	return (
		<div className="stack">
			<div className="row"><Month value={month} set={setMonth} />{may('assessment', 'propose') && <Button type="primary" data-make="sheets" onClick={() => void make()}>{t.make}</Button>}</div>
			<Panel title={t.sheets}><Asked of={of} empty={(d) => d.sheets.length === 0}>{(d) => <Table<Sheet> rowKey={(s) => `${s.organisation}-${s.outlet ?? ''}`} size="small" scroll={{ x: 760, y: 420 }} dataSource={d.sheets} columns={[
				{ title: t.unit, width: 190, render: (_, s) => <span><Organisation number={s.organisation} /> <span className="mono">{s.outlet ?? ''}</span>{s.outlet === null && <span className="faint"> {t.whole}</span>}</span> },
				{ title: t.performance, width: 100, render: (_, s) => <span className="mono">{points(s.performance)}</span> }, { title: t.security, width: 110, render: (_, s) => <span className="mono">{points(s.security)}</span> },
				{ title: t.talk, width: 150, render: (_, s) => (s.talk ? <Tag>{t.talk}</Tag> : '–') },
				{ title: t.sheet, width: 260, render: (_, s) => (s.sheet === null ? <span className="faint">{t.not}</span> : <span className="row"><button type="button" className="link mono" onClick={() => show(s.sheet)}>{s.sheet}</button>{named(states.find((x) => x.name === s.state), language)} <span className="faint">{s.same === true ? t.same : t.differs}</span></span>) },
			]} />}</Asked></Panel>
			<Panel title={t.objects}><DeskList kind="assessment" fields={['month', 'outlet', 'performance', 'security']} filter={{ open: false }} height={300} /></Panel>
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}

interface Guided { outlet: Entity | null; clerk?: string; app: number; service_account: number; reported: number; due: number; confirmed: number; held: number; rejected: number; uninstalled: number }
export function Guidance() {
	const t = useTexts(texts);
	const [by, setBy] = useState<'outlet' | 'clerk'>('outlet');
	const of = useQuery({ queryKey: ['list', 'guidance', 'ranking', by], queryFn: ({ signal }) => get<{ ranking: Guided[] }>(`/v1/desk/guidance${query({ by })}`, signal) });
	const columns = ['app', 'service_account', 'reported', 'due', 'confirmed', 'held', 'rejected', 'uninstalled'] as const;
	const titles = { app: t.app, service_account: t.service, reported: t.reported, due: t.due, confirmed: t.confirmed, held: t.held, rejected: t.rejected, uninstalled: t.gone };
	return (
		<div className="stack">
			<div className="row"><Segmented aria-label={t.by} value={by} onChange={setBy} options={[{ value: 'outlet', label: t.byOutlet }, { value: 'clerk', label: t.byClerk }]} /><span className="faint">{t.none}</span></div>
			<Asked of={of} empty={(d) => d.ranking.length === 0}>{(d) => <Table<Guided> rowKey={(r) => `${r.outlet?.token ?? ''}-${r.clerk ?? ''}`} size="small" scroll={{ x: 900, y: 320 }} dataSource={d.ranking} columns={[
				{ title: by === 'outlet' ? t.byOutlet : t.byClerk, width: 160, render: (_, r) => <>{who(r.outlet)} {r.clerk !== undefined && <span className="mono">{r.clerk}</span>}</> },
				...columns.map((c) => ({ title: titles[c], width: 92, render: (_: unknown, r: Guided) => r[c] })),
			]} />}</Asked>
			<Panel title={t.records}><DeskList kind="guidance" fields={['what', 'clerk', 'outlet']} filter={{ open: false }} height={280} /></Panel>
		</div>
	);
}
