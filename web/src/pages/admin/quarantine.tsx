// quarantine.tsx - records that could not be taken: why and where at first; the record itself only for a reason, for it is somebody's data. It is mended beside the complaint about it, and taken again.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Select, Tag } from 'antd';
import { useState } from 'react';
import { get, post, Problem, query } from '../../api/client';
import { both, useLanguage, useTexts } from '../../i18n';
import { useRun } from '../../ui/problems';
import { WithReason } from '../../ui/reason';
import { Time } from '../../ui/show';
import { Side } from '../../ui/side';
import { Failed, Loading, Nothing } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { useOrganisationName } from './data';

const texts = both({
	state: '状态', open: '待修', mended: '已修复', dropped: '已丢弃', all: '全部', no: '编号', time: '收到', org: '单位', line: '行', field: '字段', complaint: '问题', none: '隔离区没有记录', more: '更多', look: '查看记录', lookWhy: '记录含个人信息，查看会留痕', record: '记录（可修改）', mend: '修复并接收', mendWhy: '修改说明', drop: '丢弃', dropNote: '记录内容将被删除，只保留原因和位置。', done: (n: number | undefined) => (n === undefined ? '已接收' : `已接收，日志序号 ${n}`), droppedNow: '已丢弃', notText: '记录不是文本，只能丢弃或原样重试', still: '仍不能接收', json: '不是合法的 JSON', tidy: '排版', title: '隔离记录', alerts: (n: number) => `，触发 ${n} 条警报`,
}, {
	state: 'State', open: 'Waiting', mended: 'Mended', dropped: 'Dropped', all: 'All', no: 'No.', time: 'Came', org: 'Organisation', line: 'Line', field: 'Field', complaint: 'What is wrong', none: 'Nothing in quarantine', more: 'More', look: 'Look at it', lookWhy: 'The record is somebody’s data: looking is recorded', record: 'The record (may be changed)', mend: 'Mend and take', mendWhy: 'What was changed', drop: 'Drop', dropNote: 'The record goes; why and where stays.', done: (n: number | undefined) => (n === undefined ? 'Taken' : `Taken at position ${n}`), droppedNow: 'Dropped', notText: 'It is no text: drop it, or try it again as it is', still: 'It still can’t be taken', json: 'This is no JSON', tidy: 'Lay out', title: 'Quarantined record', alerts: (n: number) => `; ${n} alerts`,
});
interface Item { number: number; time: string; organisation: number; state: 'open' | 'mended' | 'dropped'; line: number; position?: number; reason: string; field: string; message_en: string; message_zh: string; record?: string; record_base64?: string }
interface Mended { position?: number; alerts?: unknown[] }
const pretty = (z: string): string => { try { return JSON.stringify(JSON.parse(z), null, 2); } catch { return z; } };
const flat = (z: string): string => { try { return JSON.stringify(JSON.parse(z)); } catch { return z; } };

function Mend({ item, onDone }: { item: Item; onDone: () => void }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const run = useRun();
	const [record, setRecord] = useState(pretty(item.record ?? ''));
	const [refusal, refuse] = useState('');
	const [busy, setBusy] = useState(false);
	const mend = async (f: { why?: string }) => {
		setBusy(true);
		refuse('');
		const body = { ...(item.record === undefined ? {} : { record: flat(record) }), ...(f.why === undefined ? {} : { reason: f.why }) };
		const done = await run(async () => {
			try { return await post<Mended>(`/v1/quarantine/${item.number}/mend`, body); } catch (e) { if (e instanceof Problem) refuse(e.says(zh)); throw e; }
		});
		setBusy(false);
		if (done !== undefined) { void run(() => Promise.resolve(done), `${t.done(done.position)}${(done.alerts?.length ?? 0) > 0 ? t.alerts(done.alerts?.length ?? 0) : ''}`); onDone(); }
	};
	return (
		<Form layout="vertical" onFinish={(f: { why?: string }) => void mend(f)}>
			{item.record === undefined ? <Alert type="info" title={t.notText} /> : (
				<Form.Item label={t.record} htmlFor="record" validateStatus={refusal === '' ? undefined : 'error'} help={refusal === '' ? undefined : <span role="alert">{t.still}: {refusal}</span>}>
					<Input.TextArea id="record" className="mono" spellCheck={false} value={record} onChange={(e) => setRecord(e.target.value)} rows={8} />
				</Form.Item>
			)}
			<Form.Item name="why" label={t.mendWhy}><Input maxLength={300} /></Form.Item>
			<div className="row"><Button type="primary" htmlType="submit" loading={busy} data-act="mend">{t.mend}</Button>{item.record !== undefined && <Button onClick={() => setRecord(pretty(record))}>{t.tidy}</Button>}</div>
		</Form>
	);
}
function One({ item, onDone }: { item: Item; onDone: () => void }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const run = useRun();
	const orgName = useOrganisationName();
	const [seen, setSeen] = useState<Item | null>(null);
	const look = async (reason: string) => { const r = await run(() => get<Item>(`/v1/quarantine/${item.number}${query({ reason })}`)); if (r !== undefined) setSeen(r); return r !== undefined; };
	const drop = async (reason: string) => { const r = await run(() => post(`/v1/quarantine/${item.number}/drop`, { reason }), t.droppedNow); if (r !== undefined) onDone(); return r !== undefined; };
	return (
		<div className="stack">
			<Alert type={item.state === 'open' ? 'error' : 'info'} showIcon title={zh ? item.message_zh : item.message_en} description={<>{item.field !== '' && <>{t.field} <span className="mono">{item.field}</span> · </>}{t.line} {item.line} · {t.org} {orgName(item.organisation)} · <Time at={item.time} /></>} />
			{item.state === 'open' && <div className="row">{seen === null && <WithReason primary name="look" label={t.look} act={look}><p>{t.lookWhy}</p></WithReason>}<WithReason danger name="drop" label={t.drop} act={drop}><p>{t.dropNote}</p></WithReason></div>}
			{seen !== null && <Mend item={seen} onDone={onDone} />}
		</div>
	);
}
export function Quarantine() {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const queries = useQueryClient();
	const orgName = useOrganisationName();
	const [state, setState] = useState('open');
	const [shown, show] = useState<Item | null>(null);
	const of = useInfiniteQuery({
		queryKey: ['quarantine', state], initialPageParam: 0, refetchInterval: 10_000,
		queryFn: ({ pageParam, signal }) => get<{ records: Item[]; after: number }>(`/v1/quarantine${query({ state, after: pageParam, limit: 200 })}`, signal),
		getNextPageParam: (p) => (p.records.length === 200 ? p.after : undefined),
	});
	const rows = of.data?.pages.flatMap((p) => p.records) ?? [];
	const columns: Column<Item>[] = [
		{ key: 'no', title: t.no, width: 90, render: (_, q) => <strong className="mono">{q.number}</strong> },
		{ key: 'state', title: t.state, width: 90, render: (_, q) => <Tag variant="outlined" color={q.state === 'open' ? 'error' : q.state === 'mended' ? 'success' : undefined}>{t[q.state]}</Tag> },
		{ key: 'complaint', title: t.complaint, width: 380, render: (_, q) => (zh ? q.message_zh : q.message_en) },
		{ key: 'field', title: t.field, width: 120, render: (_, q) => <span className="mono">{q.field}</span> },
		{ key: 'org', title: t.org, width: 130, render: (_, q) => orgName(q.organisation) },
		{ key: 'line', title: t.line, width: 70, align: 'right', render: (_, q) => q.line },
		{ key: 'time', title: t.time, width: 140, render: (_, q) => <Time at={q.time} /> },
	];
	return (
		<div className="stack">
			<div className="row"><Select aria-label={t.state} style={{ minWidth: 120 }} value={state} onChange={setState} options={(['open', 'mended', 'dropped', 'all'] as const).map((s) => ({ value: s, label: t[s] }))} /></div>
			{of.error !== null && of.data === undefined ? <Failed error={of.error} again={() => void of.refetch()} /> : of.isPending ? <Loading /> : rows.length === 0 ? <Nothing>{t.none}</Nothing>
				: <Table<Item> rowKey="number" size="small" columns={columns} dataSource={rows} scroll={{ x: 1020 }} onRow={(q) => ({ tabIndex: 0, style: { cursor: 'pointer' }, onClick: () => show(q), onKeyDown: (e) => { if (e.key === 'Enter') show(q); } })} />}
			{of.hasNextPage && <Button loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>{t.more}</Button>}
			<Side of={shown} title={(q) => `${t.title} ${q.number}`} onClose={() => show(null)}>{(q) => <One item={q} onDone={() => { show(null); void queries.invalidateQueries({ queryKey: ['quarantine'] }); }} />}</Side>
		</div>
	);
}
