// lists.tsx - the lists that rules ask: who is on them, until when; putting on and taking off for a reason.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { get, post, query } from '../../api/client';
import { both, number, time, useLanguage, useTexts } from '../../i18n';
import DatePicker from '../../ui/date-picker';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { useKindName } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { Table } from '../../ui/table';

const texts = both({
	list: '名单', of: '类别', entries: '条目', add: '加入', entry: '对象', until: '有效期至', forever: '长期', values: '号码、账号或文本，每行一个', why: '理由', cancel: '取消', needed: '请填写', remove: '移出', removing: (n: number) => `移出所选 ${n} 条`, result: (c: number, u: number, r: number) => `变更 ${c} 条，未变 ${u} 条${r > 0 ? `，容量不足 ${r} 条` : ''}`, more: '更多', text: '文本', none: '现行策略没有名单', hidden: '文本不显示原文', removal: '移出名单', filter: '按脱敏显示筛选',
}, {
	list: 'List', of: 'Of', entries: 'Entries', add: 'Put on', entry: 'Entry', until: 'Until', forever: 'for good', values: 'Numbers, accounts or texts, one a line', why: 'Why', cancel: 'Cancel', needed: 'Needed', remove: 'Take off', removing: (n: number) => `Take off ${n}`, result: (c: number, u: number, r: number) => `${c} changed, ${u} unchanged${r > 0 ? `, no room for ${r}` : ''}`, more: 'More', text: 'text', none: 'The policy in force has no lists', hidden: 'text is not shown', removal: 'Take off the list', filter: 'Filter by what is shown',
});
interface List { name: string; of: string; entries: number }
interface Entry { token: string; shown: string | null; until: string | null }
interface Changed { changed: number; unchanged: number; no_room: number }

function Ask({ open, title, values, onClose, send }: { open: boolean; title: string; values: boolean; onClose: () => void; send: (f: { values?: string; until?: Dayjs | null; why: string }) => Promise<unknown> }) {
	const t = useTexts(texts);
	const [form] = Form.useForm<{ values?: string; until?: Dayjs | null; why: string }>();
	const rules = [{ required: true, whitespace: true, message: t.needed }];
	return (
		<Modal open={open} title={title} okText={title} cancelText={t.cancel} onCancel={onClose} onOk={form.submit} destroyOnHidden>
			<Form form={form} layout="vertical" preserve={false} onFinish={(f: { values?: string; until?: Dayjs | null; why: string }) => void send(f).then((ok) => { if (ok !== undefined) onClose(); })}>
				{values && <Form.Item name="values" label={t.values} rules={rules}><Input.TextArea autoFocus className="mono" rows={3} /></Form.Item>}
				{values && <Form.Item name="until" label={t.until} extra={t.forever}><DatePicker /></Form.Item>}
				<Form.Item name="why" label={t.why} rules={rules}><Input.TextArea maxLength={300} rows={2} /></Form.Item>
			</Form>
		</Modal>
	);
}
function useChange(list: string): (path: string, entries: object[], why: string) => Promise<Changed | undefined> {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const { message } = App.useApp();
	return async (path, entries, why) => {
		const done = await run(() => post<Changed>(`/v1/lists/${encodeURIComponent(list)}${path}`, { entries, why }));
		if (done !== undefined) void message.success(t.result(done.changed, done.unchanged, done.no_room));
		await queries.invalidateQueries({ queryKey: ['lists'] });
		return done;
	};
}
function Entries({ list }: { list: List }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [adding, add] = useState(false);
	const [removing, remove] = useState(false);
	const [picked, pick] = useState<string[]>([]);
	const [text, filter] = useState('');
	const change = useChange(list.name);
	const of = useInfiniteQuery({ queryKey: ['lists', list.name], initialPageParam: '', queryFn: ({ pageParam, signal }) => get<{ entries: Entry[]; after: string | null }>(`/v1/lists/${encodeURIComponent(list.name)}${query({ after: pageParam, limit: 500 })}`, signal), getNextPageParam: (p) => p.after ?? undefined });
	return (
		<Panel title={`${list.name} · ${number(list.entries, language)}`} extra={<Button type="primary" size="small" data-do="put" onClick={() => add(true)}>{t.add}</Button>}>
			<div className="stack">
				<div className="row">
					<Input allowClear size="small" style={{ maxWidth: 220 }} aria-label={t.filter} placeholder={t.filter} value={text} onChange={(e) => { filter(e.target.value); pick([]); }} />
					{picked.length > 0 && <Button size="small" data-do="take" onClick={() => remove(true)}>{t.removing(picked.length)}</Button>}
				</div>
				<Asked of={of}>{(data) => (
					<Table<Entry> size="small" rowKey="token" virtual scroll={{ x: 420, y: Math.max(240, window.innerHeight - 420) }} dataSource={data.pages.flatMap((p) => p.entries).filter((e) => text === '' || (e.shown ?? '').includes(text) || e.token.startsWith(text))}
						rowSelection={{ selectedRowKeys: picked, onChange: pick, columnWidth: 40, name: (e) => e.shown ?? e.token }} columns={[
							{ key: 'shown', title: t.entry, width: 220, render: (_, e) => <span className="mono" data-entry={e.token}>{e.shown ?? `${e.token} · ${t.hidden}`}</span> },
							{ key: 'until', title: t.until, width: 160, render: (_, e) => (e.until === null ? t.forever : time(e.until, language)) },
						]} />
				)}</Asked>
				{of.hasNextPage && <Button loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>{t.more}</Button>}
			</div>
			<Ask open={adding} title={t.add} values onClose={() => add(false)} send={(f) => change('', (f.values ?? '').split('\n').map((v) => v.trim()).filter((v) => v !== '').map((value) => ({ value, until: f.until?.format('YYYY-MM-DD') ?? null })), f.why)} />
			<Ask open={removing} title={t.removal} values={false} onClose={() => remove(false)} send={async (f) => { const done = await change('/remove', picked.map((token) => ({ token })), f.why); if (done !== undefined) pick([]); return done; }} />
		</Panel>
	);
}
export function Lists() {
	const t = useTexts(texts);
	const kind = useKindName();
	const of = useQuery({ queryKey: ['lists'], queryFn: ({ signal }) => get<{ lists: List[] }>('/v1/lists', signal), refetchInterval: 10_000 });
	const [chosen, choose] = useState<string | null>(null);
	return (
		<Asked of={of}>{({ lists }) => {
			const shown = lists.find((l) => l.name === chosen) ?? lists[0];
			return shown === undefined ? <Nothing>{t.none}</Nothing> : (
				<div className="stack">
					<Select aria-label={t.list} style={{ maxWidth: 420 }} value={shown.name} onChange={choose} options={lists.map((l) => ({ value: l.name, label: `${l.name} · ${l.of === 'text' ? t.text : kind(l.of)} · ${l.entries}` }))} />
					<Entries key={shown.name} list={shown} />
				</div>
			);
		}}</Asked>
	);
}
