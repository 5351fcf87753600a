// access.tsx - who saw whose data, when, why and for which case, newest first, straight from the journal.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Form, Input, Tag } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { get, query } from '../../api/client';
import { both, useTexts, words } from '../../i18n';
import { RangePicker } from '../../ui/date-picker';
import { read } from '../../ui/rows';
import { Time } from '../../ui/show';
import { Failed, Loading, Nothing } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { Organisation, Who } from '../../ui/who';

const texts = both({
	who: '查阅人', whose: '被查阅标识', object: '业务编号', from: '起', to: '止', find: '查询', clear: '清除', time: '时间', act: '行为', why: '用途与案件', org: '单位', what: '内容', more: '继续向前查', end: '已查到日志开头', none: '没有符合条件的查阅', none2: '这一段没有，可继续向前查', bad: '32 位十六进制标识', loaded: (n: number) => `已列出 ${n} 条`, number: '序号', caseNo: '案件', only: '只看此人的查阅',
	acts: { view: '查看明文', reveal: '还原标识', token: '标识换算', erase: '抹除', contacts: '联系人', explain: '查看解释', 'audit-person': '当事人审计', query: '银行查询', 'match-propose': '提出比对', 'match-consent': '同意比对', 'match-end': '结束比对', 'match-put': '比对提交', 'match-get': '比对读取' } as Record<string, string>,
}, {
	who: 'Who', whose: 'Whose (token)', object: 'Object', from: 'From', to: 'Until', find: 'Find', clear: 'Clear', time: 'Time', act: 'Act', why: 'Purpose and case', org: 'Organisation', what: 'What', more: 'Look further back', end: 'This is the beginning of the journal', none: 'Nobody looked', none2: 'None in this part; look further back', bad: 'A token is 32 hexadecimal digits', loaded: (n: number) => `${n} listed`, number: 'No.', caseNo: 'Case', only: 'This person’s acts only',
	acts: { view: 'plain text shown' } as Record<string, string>,
});
export interface Act { act: string; who: string; user?: string | null; why?: string; case?: string; purpose?: string; object?: string; token?: string; tokens?: string; kind?: string; time: string; position: number; organisation: number; [more: string]: unknown }
const KNOWN = ['act', 'who', 'user', 'why', 'case', 'purpose', 'time', 'position', 'organisation'];
interface Asked { user?: string; token?: string; object?: string; span?: [Dayjs | null, Dayjs | null] | null }
const plain = (d: Dayjs | null | undefined, days: number): string | undefined => d?.startOf('day').add(days, 'day').format('YYYY-MM-DDTHH:mm:ss');
const what = (a: Act): string => Object.entries(a).filter(([k, v]) => !KNOWN.includes(k) && (typeof v === 'string' || typeof v === 'number') && v !== '').map(([k, v]) => `${k} ${String(v)}`).join(' · ');

export function Access() {
	const t = useTexts(texts);
	const first = new URLSearchParams(window.location.hash.split('?')[1] ?? window.location.search).get('token') ?? undefined;
	const [asked, setAsked] = useState<Asked>({ token: first });
	const [form] = Form.useForm<Asked>();
	const of = useInfiniteQuery({
		queryKey: ['access', asked], initialPageParam: '',
		queryFn: ({ pageParam, signal }) => get<{ acts: Act[]; cursor: string | null }>(`/v1/audit/access${query({ user: asked.user?.trim(), token: asked.token?.trim(), object: asked.object?.trim(), from: plain(asked.span?.[0], 0), to: plain(asked.span?.[1], 1), limit: 100, cursor: pageParam })}`, signal),
		getNextPageParam: (page) => page.cursor ?? undefined,
	});
	const only = (user: string) => { form.setFieldValue('user', user); setAsked({ ...form.getFieldsValue(), user }); };
	const rows = of.data?.pages.flatMap((p) => p.acts) ?? [];
	const columns: Column<Act>[] = [
		{ key: 'time', title: t.time, width: 140, render: (_, a) => <Time at={a.time} /> },
		{ key: 'who', title: t.who, width: 170, render: (_, a) => (a.user == null ? <span className="mono">{a.who}</span> : <><Who id={a.user} organisation={0} /><br /><button type="button" className="link mono" title={t.only} onClick={() => only(a.user ?? '')}>{a.user}</button></>) },
		{ key: 'act', title: t.act, width: 120, render: (_, a) => <Tag>{t.acts[a.act] ?? words(a.act)}</Tag> },
		{ key: 'why', title: t.why, width: 240, render: (_, a) => <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{a.why ?? a.purpose ?? ''}{a.case !== undefined && a.case !== '' && <span className="faint"> {t.caseNo} {a.case}</span>}</span> },
		{ key: 'what', title: t.what, width: 320, render: (_, a) => <span className="mono" style={{ overflowWrap: 'anywhere' }}>{what(a)}</span> },
		{ key: 'org', title: t.org, width: 110, render: (_, a) => <Organisation number={a.organisation} /> },
		{ key: 'position', title: t.number, width: 90, render: (_, a) => <span className="mono">#{a.position}</span> },
	];
	return (
		<div className="stack">
			<Form form={form} layout="inline" initialValues={asked} onFinish={(f: Asked) => setAsked(f)} style={{ rowGap: 8 }}>
				<Form.Item name="user" label={t.who}><Input style={{ width: 130 }} placeholder="U-65536" allowClear /></Form.Item>
				<Form.Item name="token" label={t.whose} rules={[{ pattern: /^\s*([0-9a-f]{32})?\s*$/, message: t.bad }]}><Input className="mono" style={{ width: 200 }} allowClear /></Form.Item>
				<Form.Item name="object" label={t.object}><Input className="mono" style={{ width: 130 }} placeholder="W-65536" allowClear /></Form.Item>
				<Form.Item name="span" label={t.time}><RangePicker allowEmpty style={{ maxWidth: 240 }} /></Form.Item>
				<div className="row"><Button type="primary" htmlType="submit">{t.find}</Button><Button onClick={() => { form.setFieldsValue({ user: undefined, token: undefined, object: undefined, span: null }); setAsked({}); }}>{t.clear}</Button></div>
			</Form>
			{of.error !== null && of.data === undefined ? <Failed error={of.error} again={() => void of.refetch()} /> : of.isPending ? <Loading /> : rows.length === 0 ? <Nothing>{of.hasNextPage ? t.none2 : t.none}</Nothing> : (
				<Table<Act> onRow={read} rowKey="position" size="small" columns={columns} dataSource={rows} scroll={{ x: 1100 }} />
			)}
			<div className="row"><span className="faint" role="status">{t.loaded(rows.length)}{of.data !== undefined && !of.hasNextPage && rows.length > 0 && ` · ${t.end}`}</span>{of.hasNextPage && <Button loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>{t.more}</Button>}</div>
		</div>
	);
}
