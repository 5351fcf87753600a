// limits.tsx - time limits and counts of the desk: what the law or good sense allows, what holds now, and changes, which one person asks for and another approves.
import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Modal, Select, Table, Tag, type TableColumnType } from 'antd';
import { useState } from 'react';
import { get } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { useList } from '../../desk/list';
import { ObjectDrawer, useStepped } from '../../desk/object';
import { send } from '../../desk/step';
import { both, duration, number, useLanguage, useTexts, type Language } from '../../i18n';
import { useMachine, useSession } from '../../session';
import { useRun } from '../../ui/problems';
import { read } from '../../ui/rows';
import { StateTag, Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Who } from '../../ui/who';

const texts = both({
	find: '查找限值', limit: '限值项', now: '现行', usual: '默认', range: '允许范围', source: '依据', law: '法定', ours: '自定', ask: '申请变更', pending: '待审批', changes: '变更记录', value: '新限值', reason: '理由', ok: '提交', cancel: '取消', asked: '已提交，等待另一人审批', needed: '请填写', eyes: '提交后需另一人审批；只影响之后开始计算的时限。', changed: '变更时间', wanted: '申请值', by: '提出', approver: '审批', only: '只看已变更的', hour: (n: number) => `${n} 时`, months: (n: number) => `${n} 个月`,
	units: [{ value: 60e6, label: '分钟' }, { value: 3600e6, label: '小时' }, { value: 86400e6, label: '天' }, { value: 1e6, label: '秒' }],
}, {
	find: 'Find a limit', limit: 'Limit', now: 'Now', usual: 'Usual', range: 'Allowed', source: 'Source', law: 'law', ours: 'own', ask: 'Ask for a change', pending: 'waits', changes: 'Changes', value: 'New value', reason: 'Reason', ok: 'Send', cancel: 'Cancel', asked: 'Sent; somebody else has to approve', needed: 'Needed', eyes: 'Somebody else has to approve it; it counts for time limits that begin afterwards.', changed: 'Changed', wanted: 'Asked for', by: 'Asked', approver: 'Approved', only: 'Changed ones only', hour: (n: number) => `${n}:00`, months: (n: number) => `${n} months`,
	units: [{ value: 60e6, label: 'minutes' }, { value: 3600e6, label: 'hours' }, { value: 86400e6, label: 'days' }, { value: 1e6, label: 'seconds' }],
});
interface Limit { number: number; name: string; zh: string; en: string; unit: 'duration' | 'months' | 'count' | 'hour'; usual: number; least: number; most: number; law: boolean; source: string }
const US = 1000;
const useShow = (): ((l: Limit, v: number) => string) => {
	const t = useTexts(texts);
	const language: Language = useLanguage();
	return (l, v) => (l.unit === 'duration' ? (v % 86400e6 === 0 && v > 0 ? `${v / 86400e6} ${t.units[2]?.label ?? ''}` : duration(v / US, language)) : l.unit === 'months' ? t.months(v) : l.unit === 'hour' ? t.hour(v) : number(v, language));
};
const numberOf = (o: DeskObject): number => { const v = o.fields.limit as { number?: number } | undefined; return v?.number ?? -1; };
const valueOf = (o: DeskObject): number => (typeof o.fields.value === 'number' ? o.fields.value : 0);

function Change({ limit, now, onClose, onDone }: { limit: Limit; now: number; onClose: () => void; onDone: (id: string) => void }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const machine = useMachine('limit');
	const run = useRun();
	const stepped = useStepped();
	const show = useShow();
	const first = limit.unit !== 'duration' ? 1 : [86400e6, 3600e6, 60e6, 1e6].find((u) => now % u === 0) ?? 1e6;
	const [unit, setUnit] = useState(first);
	const finish = async (f: { value: number; reason?: string }) => {
		const done = await run(() => send(machine, 'ask', { limit: limit.name, value: Math.round(f.value * unit), reason: f.reason }), t.asked);
		if (done !== undefined) { stepped(done); onDone(done.object?.id ?? ''); }
	};
	return (
		<Modal open title={`${t.ask}: ${zh ? limit.zh : limit.en}`} onCancel={onClose} footer={null} destroyOnHidden>
			<p className="faint">{t.range} {show(limit, limit.least)} – {show(limit, limit.most)} · {t.source} {limit.source}</p><p className="faint">{t.eyes}</p>
			<Form name="limit" layout="vertical" initialValues={{ value: now / first }} onFinish={(f: { value: number; reason?: string }) => void finish(f)}>
				<div className="row">
					<Form.Item name="value" label={t.value} rules={[{ required: true, message: t.needed }]}><InputNumber min={limit.least / unit} max={limit.most / unit} autoFocus /></Form.Item>
					{limit.unit === 'duration' && <Select aria-label={t.value} value={unit} onChange={setUnit} options={t.units} style={{ minWidth: 90, marginTop: 6 }} />}
				</div>
				<Form.Item name="reason" label={t.reason} rules={[{ required: true, whitespace: true, message: t.needed }]}><Input.TextArea maxLength={300} /></Form.Item>
				<div className="row"><Button type="primary" htmlType="submit">{t.ok}</Button><Button onClick={onClose}>{t.cancel}</Button></div>
			</Form>
		</Modal>
	);
}

export function Limits() {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const { may } = useSession();
	const show = useShow();
	const of = useQuery({ queryKey: ['limits'], staleTime: Infinity, queryFn: ({ signal }) => get<{ limits: Limit[] }>('/v1/desk/limits', signal) });
	const list = useList('limit', { sort: 'changed' }, 1000);
	const [find, setFind] = useState('');
	const [asking, ask] = useState<Limit | null>(null);
	const [shown, open] = useState<string | null>(null);
	const all = list.data?.pages.flatMap((p) => p.objects) ?? [];
	const now = (l: Limit): number => { const o = all.find((x) => x.state.name === 'in-force' && numberOf(x) === l.number); return o === undefined ? l.usual : valueOf(o); };
	const waiting = (l: Limit): DeskObject | undefined => all.find((x) => x.state.name === 'asked' && numberOf(x) === l.number);
	const columns: TableColumnType<Limit>[] = [
		{ key: 'limit', title: t.limit, width: 260, render: (_, l) => <><strong>{zh ? l.zh : l.en}</strong><br /><span className="faint mono">{l.name}</span></> },
		{ key: 'now', title: t.now, width: 110, render: (_, l) => <span className="mono" style={{ fontWeight: now(l) === l.usual ? undefined : 700 }}>{show(l, now(l))}</span> },
		{ key: 'usual', title: t.usual, width: 110, render: (_, l) => <span className="mono faint">{show(l, l.usual)}</span> },
		{ key: 'range', title: t.range, width: 190, render: (_, l) => <span className="mono">{show(l, l.least)} – {show(l, l.most)}</span> },
		{ key: 'source', title: t.source, width: 220, render: (_, l) => <><Tag variant="outlined" color={l.law ? 'processing' : undefined}>{l.law ? t.law : t.ours}</Tag>{l.source}</> },
		{ key: 'do', title: t.ask, width: 140, render: (_, l) => { const w = waiting(l); return w !== undefined ? <Button size="small" data-pending={l.name} onClick={() => open(w.id)}>{t.pending}: {show(l, valueOf(w))}</Button> : may('limit', 'ask') && <Button size="small" data-ask={l.name} onClick={() => ask(l)}>{t.ask}</Button>; } },
	];
	const whose = (o: DeskObject, limits: Limit[]): Limit | undefined => limits.find((l) => l.number === numberOf(o));
	return (
		<Asked of={of}>{({ limits }) => (
			<div className="stack">
				{all.length > 0 && (
					<Table<DeskObject> rowKey="id" size="small" title={() => <h2 style={{ fontSize: 15, margin: 0 }}>{t.changes}</h2>} dataSource={all} pagination={{ pageSize: 8, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 800 }}
						onRow={(o) => ({ tabIndex: 0, style: { cursor: 'pointer' }, onClick: () => open(o.id), onKeyDown: (e) => { if (e.key === 'Enter') open(o.id); } })}
						columns={[
							{ key: 'limit', title: t.limit, render: (_, o) => { const l = whose(o, limits); return l === undefined ? numberOf(o) : zh ? l.zh : l.en; } }, { key: 'value', title: t.wanted, render: (_, o) => { const l = whose(o, limits); return <span className="mono">{l === undefined ? valueOf(o) : show(l, valueOf(o))}</span>; } },
							{ key: 'state', title: t.pending, render: (_, o) => <StateTag state={o.state} /> }, { key: 'by', title: t.by, render: (_, o) => <Who id={o.proposer} /> }, { key: 'approver', title: t.approver, render: (_, o) => <Who id={o.approver} /> },
							{ key: 'changed', title: t.changed, render: (_, o) => <Time at={o.changed} /> },
						]} />
				)}
				<Input.Search aria-label={t.find} placeholder={t.find} allowClear style={{ maxWidth: 300 }} value={find} onChange={(e) => setFind(e.target.value)} />
				<Table<Limit> onRow={read} rowKey="number" size="small" columns={columns} dataSource={limits.filter((l) => find === '' || `${l.zh} ${l.en} ${l.name}`.toLowerCase().includes(find.trim().toLowerCase()))} pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 1030 }} />
				{asking !== null && <Change limit={asking} now={now(asking)} onClose={() => ask(null)} onDone={() => ask(null)} />}
				<ObjectDrawer id={shown} onClose={() => open(null)} />
			</div>
		)}</Asked>
	);
}
