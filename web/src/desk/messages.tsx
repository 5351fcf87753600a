// messages.tsx - what the desk tells the people of an organisation: orders, proposals, alarms. Read: somebody has seen to it; that is what makes a notice count as given.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Select, Tag } from 'antd';
import { useState } from 'react';
import { get, post, query } from '../api/client';
import { both, named, useLanguage, useTexts, words } from '../i18n';
import { useSession } from '../session';
import { useRun } from '../ui/problems';
import { Time } from '../ui/show';
import { Failed, Loading, Nothing } from '../ui/states';
import { Table } from '../ui/table';
import { ObjectDrawer, useKindOf } from './object';

const names: Record<string, string> = {
	'bank-stop': '止付指令', 'bank-stop-release': '解除止付', 'bank-stop-extend': '止付延期', 'bank-freeze': '冻结指令', 'bank-freeze-release': '解除冻结', 'bank-freeze-renew': '续冻', 'bank-limit': '限额', 'bank-counter-only': '只收不付', 'bank-verify': '重新核实身份', 'bank-restore': '恢复',
	'operator-verify': '实人认证', 'operator-bar-outgoing': '限制呼出', 'operator-suspend': '停机', 'operator-restore': '恢复通信', 'operator-help': '保护性停机', sms: '短信', 'ai-call': '智能外呼', dispatch: '派单', notice: '告知', alarm: '时限提醒', proposal: '处置建议', label: '标记', receipt: '回执', feedback: '反馈',
	discipline: '列入惩戒', 'discipline-end': '惩戒结束', 'internet-check': '互联网账号核查', 'bank-holder': '持卡主体查询', 'bank-movements': '交易明细查询', 'bank-follow': '动态查询', 'bank-follow-end': '解除动态', 'bank-accounts': '客户全账户查询', 'bank-list': '涉案账户名单', publish: '发布', bulletin: '新手法通报',
};
const texts = both({ title: '消息', waits: '待处理', all: '全部', what: '内容', about: '事项', object: '业务', time: '时间', state: '状态', read: '标记已阅', more: '更多', states: { waiting: '待发送', sent: '已发送', receipted: '已回执', done: '已办', dead: '失败', seat: '待阅' } as Record<string, string>, marked: '已阅', names },
	{ title: 'Messages', waits: 'To be seen to', all: 'All', what: 'What', about: 'About', object: 'Object', time: 'Time', state: 'State', read: 'Mark as read', more: 'More', states: { waiting: 'Waits', sent: 'Sent', receipted: 'Receipted', done: 'Done', dead: 'Failed', seat: 'To be read' } as Record<string, string>, marked: 'Read', names: {} as Record<string, string> });
interface Message { id: string; kind: string; state: string; object: string; about?: string; time: string | null; why: string }

/** What a message is about: a time limit of the object's kind, or a measure that is proposed; both have their names in the tables. */
function useAbout(): (m: Message) => string {
	const language = useLanguage();
	const kindOf = useKindOf();
	const measures = useSession().machines.get('measure')?.fields.find((f) => f.name === 'measure')?.choices ?? [];
	return (m) => {
		if (m.about === undefined) return '';
		const machine = kindOf(m.object);
		const known = [...(machine?.timers ?? []), ...measures, ...(machine?.steps ?? [])].find((n) => n.name === m.about);
		return known === undefined ? words(m.about) : named(known, language);
	};
}
export function Messages() {
	const about = useAbout();
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const run = useRun();
	const queries = useQueryClient();
	const [state, setState] = useState('seat');
	const [shown, show] = useState<string | null>(null);
	const of = useInfiniteQuery({
		queryKey: ['list', 'messages', state], initialPageParam: '', refetchInterval: 20_000,
		queryFn: ({ pageParam, signal }) => get<{ messages: Message[]; before: string | null }>(`/v1/desk/messages${query({ state, before: pageParam, limit: 100 })}`, signal),
		getNextPageParam: (p) => p.before ?? undefined,
	});
	const read = async (m: Message) => {
		if (await run(() => post(`/v1/desk/messages/${m.id}/read`, {}), t.marked) !== undefined) void queries.invalidateQueries({ queryKey: ['list', 'messages'] });
	};
	const rows = of.data?.pages.flatMap((p) => p.messages) ?? [];
	return (
		<div className="stack">
			<div className="row"><Select aria-label={t.state} style={{ minWidth: 140 }} value={state} onChange={setState} options={[{ value: 'seat', label: t.waits }, { value: '', label: t.all }]} /></div>
			{of.error !== null && of.data === undefined ? <Failed error={of.error} again={() => void of.refetch()} /> : of.isPending ? <Loading /> : rows.length === 0 ? <Nothing /> : (
				<Table<Message> rowKey="id" size="small" virtual scroll={{ x: 760, y: Math.max(240, window.innerHeight - 280) }} dataSource={rows} columns={[
					{ title: t.what, width: 130, render: (_, m) => (zh ? t.names[m.kind] ?? m.kind : words(m.kind)) },
					{ title: t.about, width: 140, render: (_, m) => about(m) },
					{ title: t.object, width: 170, render: (_, m) => <button type="button" className="link mono" onClick={() => show(m.object)}>{m.object}</button> },
					{ title: t.time, width: 150, render: (_, m) => (m.time === null ? '' : <Time at={m.time} />) },
					{ title: t.state, width: 100, render: (_, m) => <Tag>{t.states[m.state] ?? m.state}</Tag> },
					{ title: t.read, width: 120, render: (_, m) => (m.state === 'seat' ? <Button size="small" data-read={m.id} onClick={() => void read(m)}>{t.read}</Button> : null) },
				]} />
			)}
			{of.hasNextPage && <Button loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>{t.more}</Button>}
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</div>
	);
}
