// backtest.tsx - a policy tried out on the past: what it would have alerted beside what the one in force did, how that agrees with what was found out, and who would be hit.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Progress, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { ask, get, inWords, post } from '../../api/client';
import { both, time, useLanguage, useTexts } from '../../i18n';
import { RangePicker } from '../../ui/date-picker';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Asked, Nothing } from '../../ui/states';
import { Compared } from './compared';
import { changedFiles, useDraft, useJob, useProposals, type Draft } from './data';
import type { Backtest, File, Job, Proposal } from './types';

const texts = both({
	title: '回测', what: '回测对象', draft: (n: number) => (n === 0 ? '现行策略（草稿未修改）' : `草稿（已修改 ${n} 个文件）`), proposal: (p: Proposal) => `第 ${p.id} 号提案：${p.why}`, span: '数据范围', all: '不选则为全部历史', start: '开始回测', stop: '中止',
	jobs: '近期回测', waiting: '排队中', running: '回测中', done: '已完成', failed: '失败', aborted: '已中止', records: (d: number, n: number) => `${d} / ${n} 条记录`, nothing: '尚无回测。选择对象后开始：用全部历史数据比较草稿与现行策略。', from: '起', to: '止',
}, {
	title: 'Backtest', what: 'What', draft: (n: number) => (n === 0 ? 'The policy in force (nothing was changed)' : `The draft (${n} ${n === 1 ? 'file' : 'files'} changed)`), proposal: (p: Proposal) => `Proposal ${p.id}: ${p.why}`, span: 'Days', all: 'None chosen: all that is there', start: 'Start', stop: 'Stop',
	jobs: 'Recent ones', waiting: 'waiting', running: 'running', done: 'done', failed: 'failed', aborted: 'stopped', records: (d: number, n: number) => `${d} of ${n} records`, nothing: 'None yet. Choose what to try and start: the draft and the policy in force are compared on the past.', from: 'From', to: 'To',
});
const OF_DRAFT = 0;

function Order({ draft, begun }: { draft: Draft; begun: (job: string) => void }) {
	const t = useTexts(texts);
	const run = useRun();
	const proposals = useProposals();
	const [what, choose] = useState(OF_DRAFT);
	const [span, setSpan] = useState<[Dayjs | null, Dayjs | null] | null>(null);
	const [busy, setBusy] = useState(false);
	const start = async () => {
		setBusy(true);
		const made = await run(async () => {
			const files: File[] = what === OF_DRAFT ? draft.files : (await get<Proposal>(`/v1/policies/proposals/${what}`)).files ?? [];
			return post<{ job: string }>('/v1/backtests', { files, from: span?.[0]?.format('YYYY-MM-DD'), to: span?.[1]?.format('YYYY-MM-DD') });
		});
		setBusy(false);
		if (made !== undefined) begun(made.job);
	};
	const open = proposals.data?.proposals.filter((p) => p.state === 'waiting' || p.state === 'stale') ?? [];
	return (
		<div className="row">
			<Select aria-label={t.what} style={{ minWidth: 220, flex: '0 1 380px' }} value={what} onChange={choose} options={[{ value: OF_DRAFT, label: t.draft(changedFiles(draft).length) }, ...open.map((p) => ({ value: p.id, label: t.proposal(p) }))]} />
			<RangePicker allowEmpty={[true, true]} aria-label={t.span} placeholder={[t.from, t.to]} value={span} onChange={(v) => setSpan(v)} style={{ maxWidth: '100%' }} />
			<Button type="primary" loading={busy} data-do="backtest" onClick={() => void start()}>{t.start}</Button>
			<span className="faint">{t.all}</span>
		</div>
	);
}
function Outcome({ id }: { id: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const run = useRun();
	const job = useJob<Backtest>(id);
	return (
		<Asked of={job}>{(j) => (
			<div className="stack" data-job={j.state}>
				{(j.state === 'waiting' || j.state === 'running') && (
					<Panel title={t[j.state]} extra={<Button size="small" onClick={() => void run(() => ask('DELETE', `/v1/jobs/${j.id}`))}>{t.stop}</Button>}>
						<Progress percent={Math.round(j.progress * 100)} aria-label={t.running} /><span className="faint">{t.records(j.done, j.total)}</span>
					</Panel>
				)}
				{j.state === 'failed' && <Alert type="error" title={inWords({ title: t.failed, ...j.error }, language === 'zh')} description={j.error?.errors?.map((e) => <div key={e.message} className="mono">{e.path}:{e.line}:{e.column} {e.message}</div>)} />}
				{j.state === 'aborted' && <Alert type="warning" title={t.aborted} />}
				{j.state === 'done' && j.result !== undefined && <Compared result={j.result} />}
			</div>
		)}</Asked>
	);
}
function Bench({ draft }: { draft: Draft }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const queries = useQueryClient();
	const jobs = useQuery({ queryKey: ['jobs', 'list'], queryFn: ({ signal }) => get<{ jobs: Job[] }>('/v1/jobs', signal), refetchInterval: 5_000 });
	const { data: chosen } = useQuery<string | null>({ queryKey: ['studio', 'backtest'], queryFn: () => null, enabled: false, staleTime: Infinity, gcTime: Infinity });
	const choose = (id: string) => { queries.setQueryData(['studio', 'backtest'], id); void queries.invalidateQueries({ queryKey: ['jobs', 'list'] }); };
	const mine = (jobs.data?.jobs ?? []).filter((j) => j.kind === 'backtest');
	const shown = chosen ?? mine.at(0)?.id;
	return (
		<div className="stack">
			<Panel title={t.title}>
				<div className="stack">
					<Order draft={draft} begun={choose} />
					{mine.length > 0 && <Select aria-label={t.jobs} style={{ maxWidth: 480 }} value={shown} onChange={choose} options={mine.map((j) => ({ value: j.id, label: `${j.made === null ? j.id : time(j.made, language)} · ${j.who} · ${t[j.state]}` }))} />}
				</div>
			</Panel>
			{shown === undefined ? <Nothing>{t.nothing}</Nothing> : <Outcome key={shown} id={shown} />}
		</div>
	);
}
export function Backtests() {
	const { of, drafting } = useDraft();
	return <Asked of={of}>{() => drafting !== undefined && <Bench draft={drafting.draft} />}</Asked>;
}
