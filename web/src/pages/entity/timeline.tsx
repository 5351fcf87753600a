// timeline.tsx - what somebody took part in, across calls, messages and transfers: a lane for each type of event, and below it each event with who the other side was and which alerts it raised.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { post } from '../../api/client';
import type { Entity, Severity } from '../../api/types';
import { alertPath, seen, type Part } from '../../desk/alert';
import { useFieldName, useTypeName } from '../../desk/events';
import { reasonBody, type Reason } from '../../desk/reason';
import { both, date, number, time, useLanguage, useTexts } from '../../i18n';
import { exactly } from '../../ui/money';
import { Chart, type Option } from '../../ui/chart';
import { EntityName, SeverityMark, Time } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';

const texts = both({
	all: '全部', chart: '事件按类型和时间分布', older: '更早', none: '近30天没有它参与的事件', loaded: (n: string) => `${n} 个事件`, act: (n: number) => `查询记录 #${n}`, hidden: '不可见',
}, {
	all: 'All', chart: 'Events by type and time', older: 'Older', none: 'It took part in no event of the last 30 days', loaded: (n: string) => `${n} events`, act: (n: number) => `Record #${n}`, hidden: 'not visible',
});

export type FieldOf = Part<Entity> | string | number | boolean;
export interface EventOf { position: number; time: string; type: string; roles: string[]; fields: Record<string, FieldOf>; alerts: { id: string; rule: string | null; severity: Severity | null }[] }
interface Line { act: number; events: EventOf[]; cursor: number | null }
const LANES: Record<string, string> = { call: 'circle', sms: 'triangle', transfer: 'diamond', cash: 'rect' };

function useOption(events: EventOf[]): Option {
	const language = useLanguage();
	const typeName = useTypeName();
	return useMemo(() => {
		const types = [...new Set(events.map((e) => e.type))];
		const point = (e: EventOf) => ({ value: [e.time, types.indexOf(e.type)], said: `${typeName(e.type)} ${time(e.time, language)}${e.alerts.map((a) => `\n⚠ ${a.rule ?? ''}`).join('')}`, itemStyle: e.alerts.length > 0 ? { color: '#d9483b', borderColor: '#d9483b' } : undefined, symbolSize: e.alerts.length > 0 ? 14 : 9 });
		return {
			grid: { left: 8, right: 20, top: 8, bottom: 48, containLabel: true },
			tooltip: { trigger: 'item', formatter: (p: { data: { said: string } }) => p.data.said },
			xAxis: { type: 'time', axisLabel: { hideOverlap: true } },
			yAxis: { type: 'category', inverse: true, data: types.map(typeName), splitLine: { show: true } },
			dataZoom: [{ type: 'inside' }, { type: 'slider', height: 16, bottom: 6 }],
			series: types.map((type) => ({ type: 'scatter', name: type, symbol: LANES[type] ?? 'pin', itemStyle: { opacity: 0.8 }, data: events.filter((e) => e.type === type).map(point) })),
		};
	}, [events, language]);
}

function Field({ name, value }: { name: string; value: FieldOf }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const label = useFieldName()(name);
	const text = typeof value === 'object' ? (seen(value) ? <EntityName entity={value} /> : t.hidden) : typeof value === 'number' && name === 'amount' ? <strong className="mono">{exactly(value, language)}</strong> : <span className="breakable">{String(value)}</span>;
	return <span className="fact"><span className="faint">{label}</span> {text}</span>;
}
function EventRow({ event, token }: { event: EventOf; token: string }) {
	const typeName = useTypeName();
	const fieldName = useFieldName();
	const others = Object.entries(event.fields).filter(([, v]) => !(typeof v === 'object' && seen(v) && v.token === token));
	return (
		<li data-event={event.position}>
			<div className="row"><Link href={`/explain/${event.position}`}><Time at={event.time} /></Link><strong>{typeName(event.type)}</strong><span className="faint">{event.roles.map(fieldName).join(' / ')}</span>
				{event.alerts.map((a) => <Link key={a.id} href={alertPath(a.id)} className="row alert-chip">{a.severity !== null && <SeverityMark severity={a.severity} />}<span className="mono">{a.rule}</span></Link>)}</div>
			<div className="facts">{others.map(([n, v]) => <Field key={n} name={n} value={v} />)}</div>
		</li>
	);
}

export function Timeline({ kind, token, reason }: { kind: string; token: string; reason: Reason }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const typeName = useTypeName();
	const [type, setType] = useState('');
	const line = useInfiniteQuery({
		queryKey: ['timeline', kind, token, reason], staleTime: Infinity, retry: false, initialPageParam: null as number | null,
		queryFn: ({ pageParam, signal }) => post<Line>('/v1/timeline', { kind, token, ...reasonBody(reason), limit: 200, ...(pageParam === null ? {} : { cursor: pageParam }) }, { signal }),
		getNextPageParam: (p) => p.cursor ?? undefined,
	});
	const events = useMemo(() => line.data?.pages.flatMap((p) => p.events) ?? [], [line.data]);
	const option = useOption(events);
	const types = [...new Set(events.map((e) => e.type))];
	const shown = events.filter((e) => type === '' || e.type === type);
	const days = [...new Set(shown.map((e) => date(e.time, language)))];
	return (
		<Asked of={line}>{() => (events.length === 0 && !line.hasNextPage ? <Nothing>{t.none}</Nothing> : (
			<div className="stack">
				<Chart option={option} label={t.chart} height={90 + 30 * types.length} />
				<div className="row"><Segmented className="scroll" value={type} onChange={setType} options={[{ value: '', label: t.all }, ...types.map((z) => ({ value: z, label: typeName(z) }))]} /><span className="faint">{t.loaded(number(shown.length, language))} · {line.data?.pages.map((p) => t.act(p.act)).join(', ')}</span></div>
				{days.map((d) => <section key={d}><h3 className="day">{d}</h3><ul className="events">{shown.filter((e) => date(e.time, language) === d).map((e) => <EventRow key={e.position} event={e} token={token} />)}</ul></section>)}
				{line.hasNextPage && <div><Button loading={line.isFetchingNextPage} onClick={() => void line.fetchNextPage()}>{t.older}</Button></div>}
			</div>
		))}</Asked>
	);
}
