// jobs.tsx - what takes the service longer than an answer: policies, backtests, looks for new methods, walks along the chain. One that is not over can be given up.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Progress, Table, Tag, type TableColumnType } from 'antd';
import { ask, get, inWords, type Told } from '../../api/client';
import { both, duration, number, useLanguage, useTexts } from '../../i18n';
import { useRun } from '../../ui/problems';
import { read } from '../../ui/rows';
import { Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { By } from '../../ui/who';

const texts = both({
	id: '编号', kind: '任务', state: '状态', who: '提出人', why: '理由', made: '提出', took: '用时', progress: '进度', result: '结果', cancel: '取消任务', sure: '确定取消这个任务？', yes: '取消任务', no: '不', cancelled: '已请求取消', whole: '日志完整', notWhole: '日志不完整', events: (n: string) => `${n} 个事件`, drafts: (n: string) => `${n} 份草稿`,
	kinds: { policy: '换用规则', backtest: '规则回测', 'method-scan': '查找新手法', verify: '核验日志' } as Record<string, string>, states: { waiting: '排队', running: '进行中', done: '完成', failed: '失败', aborted: '已取消' } as Record<string, string>,
}, {
	id: 'Id', kind: 'Job', state: 'State', who: 'By', why: 'Why', made: 'Asked', took: 'Took', progress: 'Progress', result: 'Result', cancel: 'Give up', sure: 'Give this job up?', yes: 'Give up', no: 'No', cancelled: 'It was told to stop', whole: 'The journal is whole', notWhole: 'The journal is not whole', events: (n: string) => `${n} events`, drafts: (n: string) => `${n} drafts`,
	kinds: { policy: 'Another policy', backtest: 'Backtest', 'method-scan': 'Look for new methods', verify: 'Walk along the chain' } as Record<string, string>, states: { waiting: 'waiting', running: 'running', done: 'done', failed: 'failed', aborted: 'given up' } as Record<string, string>,
});
interface Job { id: string; kind: string; state: string; who: string; user: string | null; why: string; made: string | null; begun: string | null; ended: string | null; progress: number; done: number; total: number; result?: { events?: number; drafts?: number; whole?: boolean }; error?: Told }
const going = (j: Job): boolean => j.state === 'waiting' || j.state === 'running';

export function Jobs() {
	const t = useTexts(texts);
	const language = useLanguage();
	const run = useRun();
	const queries = useQueryClient();
	const of = useQuery({ queryKey: ['jobs'], queryFn: ({ signal }) => get<{ jobs: Job[] }>('/v1/jobs', signal), refetchInterval: (q) => (q.state.data?.jobs.some(going) ? 1000 : 10_000) });
	const cancel = async (j: Job) => { await run(() => ask('DELETE', `/v1/jobs/${j.id}`), t.cancelled); void queries.invalidateQueries({ queryKey: ['jobs'] }); };
	const outcome = (j: Job): string => (j.error !== undefined ? inWords(j.error, language === 'zh') : j.result === undefined ? '' : j.result.whole !== undefined ? (j.result.whole ? t.whole : t.notWhole) : j.result.drafts !== undefined ? t.drafts(number(j.result.drafts, language)) : j.result.events !== undefined ? t.events(number(j.result.events, language)) : '');
	const columns: TableColumnType<Job>[] = [
		{ key: 'id', title: t.id, width: 70, render: (_, j) => <span className="mono">{j.id}</span> },
		{ key: 'kind', title: t.kind, width: 150, render: (_, j) => <strong>{t.kinds[j.kind] ?? j.kind}</strong> },
		{ key: 'state', title: t.state, width: 100, render: (_, j) => <Tag variant="outlined" color={j.state === 'done' ? 'success' : j.state === 'failed' ? 'error' : going(j) ? 'processing' : undefined}>{t.states[j.state] ?? j.state}</Tag> },
		{ key: 'progress', title: t.progress, width: 140, render: (_, j) => <Progress aria-label={t.progress} size="small" percent={Math.round(100 * j.progress)} status={j.state === 'failed' ? 'exception' : j.state === 'running' ? 'active' : undefined} /> },
		{ key: 'who', title: t.who, width: 140, render: (_, j) => <By user={j.user} who={j.who} /> },
		{ key: 'why', title: t.why, width: 200, render: (_, j) => <span style={{ overflowWrap: 'anywhere' }}>{j.why}</span> },
		{ key: 'made', title: t.made, width: 140, render: (_, j) => (j.made === null ? '' : <Time at={j.made} />) },
		{ key: 'took', title: t.took, width: 80, render: (_, j) => (j.begun === null || j.ended === null ? '' : duration(new Date(j.ended).getTime() - new Date(j.begun).getTime(), language)) },
		{ key: 'result', title: t.result, width: 220, render: (_, j) => <span style={{ color: j.error === undefined ? undefined : 'var(--red)', overflowWrap: 'anywhere' }}>{outcome(j)}</span> },
		{ key: 'do', title: t.cancel, width: 110, render: (_, j) => going(j) && <Popconfirm title={t.sure} okText={t.yes} cancelText={t.no} onConfirm={() => void cancel(j)}><Button size="small" danger data-act={`cancel-${j.id}`}>{t.cancel}</Button></Popconfirm> },
	];
	return <Asked of={of} empty={(d) => d.jobs.length === 0}>{(d) => <Table<Job> onRow={read} rowKey="id" size="small" columns={columns} dataSource={d.jobs} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 1350 }} />}</Asked>;
}
