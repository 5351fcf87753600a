// messages.tsx - what could not be delivered (dead letters), and everything else that was sent: to institutions, people and seats. One that is dead is sent again with a reason.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, post, query } from '../../api/client';
import { both, useTexts, words } from '../../i18n';
import { useRun } from '../../ui/problems';
import { WithReason } from '../../ui/reason';
import { read } from '../../ui/rows';
import { Time } from '../../ui/show';
import { Failed, Loading, Nothing } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { useOrganisationName } from './data';

const texts = both({
	state: '状态', all: '全部', id: '编号', kind: '消息', to: '收件方', about: '业务', tries: '尝试', next: '下次', changed: '更新', why: '最后一次出错', whys: { overtaken: '后来的步骤已取代它', behind: '排在同一对象的前一条之后', quiet: '等到可发送的时段', stale: '已过时效', refusals: '现行策略中没有拒收名单，暂不发送' } as Record<string, string>, resend: '重发', resent: '已重新排队', read: '已读', noted: '已标记', noDead: '没有死信：所有消息都已送达或在途', none: '没有消息', more: '更早的', note: '先确认对方线路已恢复；会按原内容再发一次。',
	states: { waiting: '待发', sent: '已发出', receipted: '已回执', done: '已办结', dead: '死信', seat: '坐席提醒' } as Record<string, string>,
}, {
	state: 'State', all: 'All', id: 'Id', kind: 'Message', to: 'To', about: 'About', tries: 'Tries', next: 'Next', changed: 'Changed', why: 'What went wrong last', whys: { overtaken: 'a later step took its place', behind: 'waits behind an earlier one about the same', quiet: 'waits for the hours in which it may be sent', stale: 'too late to be of use', refusals: 'the policy in force has no list of who refuses: it waits' } as Record<string, string>, resend: 'Send again', resent: 'Waits to be sent again', read: 'Read', noted: 'Noted', noDead: 'No dead letters: everything is delivered or on its way', none: 'No messages', more: 'Older', note: 'Make sure that the other side’s line works again; it is sent as it was.',
	states: { waiting: 'waiting', sent: 'sent', receipted: 'receipted', done: 'done', dead: 'dead', seat: 'for seats' } as Record<string, string>,
});
interface Message { id: string; kind: string; state: string; receiver: string; organisation: number; object: string; about?: string; attempts: number; polls: number; receipts: number; time: string | null; changed: string | null; sent: string | null; next: string | null; why: string }

export function Messages() {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const orgName = useOrganisationName();
	const [state, setState] = useState<string | undefined>('dead');
	const of = useInfiniteQuery({
		queryKey: ['messages', state], initialPageParam: '', refetchInterval: 10_000,
		queryFn: ({ pageParam, signal }) => get<{ messages: Message[]; before: string | null }>(`/v1/desk/messages${query({ state, limit: 100, before: pageParam })}`, signal),
		getNextPageParam: (p) => p.before ?? undefined,
	});
	const rows = of.data?.pages.flatMap((p) => p.messages) ?? [];
	const after = async (work: () => Promise<unknown>, said: string) => { const r = await run(work, said); void queries.invalidateQueries({ queryKey: ['messages'] }); return r !== undefined; };
	const columns: Column<Message>[] = [
		{ key: 'id', title: t.id, width: 140, render: (_, m) => <span className="mono">{m.id}</span> },
		{ key: 'state', title: t.state, width: 100, render: (_, m) => <Tag variant="outlined" color={m.state === 'dead' ? 'error' : m.state === 'done' || m.state === 'receipted' ? 'success' : 'processing'}>{t.states[m.state] ?? m.state}</Tag> },
		{ key: 'kind', title: t.kind, width: 150, render: (_, m) => <>{words(m.kind)}{m.about !== undefined && m.about !== '' && <span className="faint"> {m.about}</span>}</> },
		{ key: 'to', title: t.to, width: 150, render: (_, m) => (m.organisation === 0 ? m.receiver : orgName(m.organisation)) },
		{ key: 'about', title: t.about, width: 140, render: (_, m) => <Link href={`/object/${m.object}`}><span className="mono">{m.object}</span></Link> },
		{ key: 'tries', title: t.tries, width: 70, align: 'right', render: (_, m) => m.attempts },
		{ key: 'why', title: t.why, width: 260, render: (_, m) => <Tooltip title={m.why}><span style={{ overflowWrap: 'anywhere', color: m.state === 'dead' ? 'var(--red)' : undefined }}>{t.whys[m.why] ?? m.why}</span></Tooltip> },
		{ key: 'next', title: t.next, width: 140, render: (_, m) => (m.next === null ? '' : <Time at={m.next} />) },
		{ key: 'changed', title: t.changed, width: 140, render: (_, m) => (m.changed === null ? '' : <Time at={m.changed} />) },
		{ key: 'do', title: t.resend, width: 110, render: (_, m) => (m.state === 'seat' ? <Button size="small" onClick={() => void after(() => post(`/v1/desk/messages/${m.id}/read`, {}), t.noted)}>{t.read}</Button>
			: m.state === 'dead' && <WithReason name={`resend-${m.id}`} label={t.resend} title={`${t.resend} ${m.id}`} act={(reason) => after(() => post(`/v1/desk/messages/${m.id}/resend`, { reason }), t.resent)}><p>{t.note}</p></WithReason>) },
	];
	return (
		<div className="stack">
			<div className="row"><Select aria-label={t.state} style={{ minWidth: 140 }} value={state ?? 'all'} onChange={(v) => setState(v === 'all' ? undefined : v)} options={[...Object.entries(t.states).map(([value, label]) => ({ value, label })), { value: 'all', label: t.all }]} /></div>
			{of.error !== null && of.data === undefined ? <Failed error={of.error} again={() => void of.refetch()} /> : of.isPending ? <Loading /> : rows.length === 0 ? <Nothing>{state === 'dead' ? t.noDead : t.none}</Nothing>
				: <Table<Message> onRow={read} rowKey="id" size="small" columns={columns} dataSource={rows} scroll={{ x: 1400 }} />}
			{of.hasNextPage && <Button loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>{t.more}</Button>}
		</div>
	);
}
