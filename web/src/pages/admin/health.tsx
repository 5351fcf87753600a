// health.tsx - journal, snapshots, desk, messages and queues as they are now, the chain of the journal, and the two things that can be done: a snapshot, and settings read again.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Popconfirm } from 'antd';
import type { ReactNode } from 'react';
import { get, post } from '../../api/client';
import { both, duration, number, useLanguage, useTexts } from '../../i18n';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Chain } from '../ledger/chain';

const texts = both({
	well: '一切正常', wrong: '需要处理', journal: '日志', positions: '序号范围', segments: '段', bytes: '大小', oldest: '最早记录', expired: '已过期段', snapshots: '快照', written: '已写', failed: '失败', last: '上次', desk: '业务台回放', position: '已到序号', behind: '落后', clock: '业务台时钟', messages: '消息', waiting: '待发', dead: '死信', way: '发送中', open: '断开的通道', queues: '队列', events: '事件', connections: '连接', streams: '推送流', jobs: '任务', alerts: '警报', dictionary: '标识字典', entries: '条目', quarantine: '隔离待修', newest: '最新事件', lag: '距今', snapshot: '立即写快照', snapped: '快照已写入磁盘', reload: '重新加载配置', sure: '重新读取配置文件与密钥？', reloaded: '已重新加载', chain: '日志完整性', yes: '确定', no: '取消', never: '尚无', none: '未启用',
	problems: { dead: '日志不能写入：磁盘出错，服务已停止接收', failing: '业务台回放出错', behind: '业务台回放落后于日志', failed: '有快照写入失败', letters: '有死信待处理', circuits: '有通道断开', quarantine: '隔离区有记录待修' } as Record<string, string>,
}, {
	well: 'All is well', wrong: 'Needs attention', journal: 'Journal', positions: 'Positions', segments: 'Segments', bytes: 'Size', oldest: 'Oldest record', expired: 'Segments expired', snapshots: 'Snapshots', written: 'Written', failed: 'Failed', last: 'Last', desk: 'Replay into the desk', position: 'At position', behind: 'Behind', clock: 'The desk’s clock', messages: 'Messages', waiting: 'Waiting', dead: 'Dead', way: 'Under way', open: 'Circuits open', queues: 'Queues', events: 'Events', connections: 'Connections', streams: 'Streams', jobs: 'Jobs', alerts: 'Alerts', dictionary: 'Dictionary', entries: 'Entries', quarantine: 'Quarantined', newest: 'Newest event', lag: 'Ago', snapshot: 'Write a snapshot', snapped: 'The snapshot is on the disk', reload: 'Read settings again', sure: 'Read settings and keys again?', reloaded: 'Read again', chain: 'The journal is whole', yes: 'Yes', no: 'No', never: 'none', none: 'off',
	problems: { dead: 'The journal can’t be written: nothing is taken any more', failing: 'The replay into the desk fails', behind: 'The desk is behind the journal', failed: 'A snapshot failed', letters: 'There are dead letters', circuits: 'A circuit is open', quarantine: 'Records wait in quarantine' } as Record<string, string>,
});
interface State {
	journal: { first: number; next: number; segments: number; bytes: number; oldest: string | null; expired: number; dead: boolean };
	snapshots: { written: number; failed: number; last: string | null };
	desk: { position: number; behind: number; failing: boolean; registry: number; clock: string | null } | null;
	messages: { waiting: number; dead: number; under_way: number; open_circuits: number } | null;
	queues: { events: number; connections: number; streams: number; jobs: number };
	alerts: { first: number; next: number };
	quarantine_open: number;
	dictionary: { entries: number; behind: number };
	newest_event: string | null;
	now: string;
}
const problems = (s: State): [string, boolean][] => ([ // name, whether it is bad
	['dead', s.journal.dead, true], ['failing', s.desk?.failing === true, true], ['behind', (s.desk?.behind ?? 0) > 10_000, false], ['failed', s.snapshots.failed > 0, true],
	['letters', (s.messages?.dead ?? 0) > 0, false], ['circuits', (s.messages?.open_circuits ?? 0) > 0, false], ['quarantine', s.quarantine_open > 0, false],
] as [string, boolean, boolean][]).filter(([, is]) => is).map(([name, , bad]) => [name, bad]);

function Facts({ title, of }: { title: string; of: [string, ReactNode][] }) {
	return <Panel title={title}><dl style={{ display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '4px 16px', margin: 0 }}>{of.flatMap(([name, v]) => [<dt key={`${name}-`} className="faint">{name}</dt>, <dd key={name} className="mono" style={{ margin: 0, textAlign: 'right', overflowWrap: 'anywhere' }}>{v}</dd>])}</dl></Panel>;
}
function Actions() {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const again = () => void queries.invalidateQueries();
	return (
		<div className="row">
			<Button data-act="snapshot" onClick={() => void run(() => post('/v1/snapshot', {}), t.snapped).then(again)}>{t.snapshot}</Button>
			<Popconfirm title={t.sure} okText={t.yes} cancelText={t.no} onConfirm={() => void run(() => post('/v1/reload', {}), t.reloaded).then(again)}><Button data-act="reload">{t.reload}</Button></Popconfirm>
		</div>
	);
}
export function Health() {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useQuery({ queryKey: ['health'], queryFn: ({ signal }) => get<State>('/v1/health/details', signal), refetchInterval: 3000 });
	const f = (n: number): string => number(n, language);
	const at = (z: string | null): ReactNode => (z === null ? t.never : <Time at={z} />);
	return (
		<Asked of={of}>{(s) => {
			const wrong = problems(s);
			return (
				<div className="stack">
					<Alert type={wrong.length === 0 ? 'success' : wrong.some(([, bad]) => bad) ? 'error' : 'warning'} showIcon title={wrong.length === 0 ? t.well : t.wrong} description={wrong.length === 0 ? undefined : wrong.map(([name]) => t.problems[name]).join(language === 'zh' ? '；' : '; ')} action={<Actions />} />
					<div className="grid">
						<Facts title={t.journal} of={[[t.positions, `#${s.journal.first} – #${s.journal.next - 1}`], [t.segments, f(s.journal.segments)], [t.bytes, `${number(s.journal.bytes / 1048576, language, 1)} MiB`], [t.oldest, at(s.journal.oldest)], [t.expired, f(s.journal.expired)]]} />
						<Facts title={t.desk} of={s.desk === null ? [[t.desk, t.none]] : [[t.position, `#${s.desk.position}`], [t.behind, f(s.desk.behind)], [t.clock, at(s.desk.clock)]]} />
						<Facts title={t.snapshots} of={[[t.written, f(s.snapshots.written)], [t.failed, f(s.snapshots.failed)], [t.last, at(s.snapshots.last)]]} />
						<Facts title={t.messages} of={s.messages === null ? [[t.messages, t.none]] : [[t.waiting, f(s.messages.waiting)], [t.way, f(s.messages.under_way)], [t.dead, f(s.messages.dead)], [t.open, f(s.messages.open_circuits)]]} />
						<Facts title={t.queues} of={[[t.events, f(s.queues.events)], [t.connections, f(s.queues.connections)], [t.streams, f(s.queues.streams)], [t.jobs, f(s.queues.jobs)]]} />
						<Facts title={t.events} of={[[t.newest, at(s.newest_event)], [t.lag, s.newest_event === null ? t.never : duration(new Date(s.now).getTime() - new Date(s.newest_event).getTime(), language)], [t.alerts, f(s.alerts.next - s.alerts.first)], [t.quarantine, f(s.quarantine_open)], [`${t.dictionary} · ${t.entries}`, f(s.dictionary.entries)]]} />
					</div>
					<h2 style={{ fontSize: 16, margin: '8px 0 0' }}>{t.chain}</h2><Chain />
				</div>
			);
		}}</Asked>
	);
}
