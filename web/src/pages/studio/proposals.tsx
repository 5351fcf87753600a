// proposals.tsx - changes of the policy that one person proposed: what differs, why, and whether somebody else agrees. Approving begins the job that puts it in force.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Descriptions, Input, Modal, Progress, Tag } from 'antd';
import { useState } from 'react';
import { get, inWords, post } from '../../api/client';
import { both, time, useLanguage, useTexts } from '../../i18n';
import { FilesDiff } from '../../ui/diff';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Asked, Nothing } from '../../ui/states';
import { By } from '../../ui/who';
import { useEdition, useJob, useProposals } from './data';
import { Rows } from './table';
import type { Proposal, ProposalState } from './types';
import { useWriter, words } from './words';

const texts = both({
	none: '没有提案。在“文本”“表单”“规则”或“历史”页提交变更后在这里审批。', id: '编号', state: '状态', what: '内容', who: '提出人', when: '时间', why: '理由', diff: '与提出时现行策略的差异', approve: '同意并生效', refuse: '驳回', own: '这是您提出的变更，须由他人审批；您可以撤回。', decided: '审批', opinion: '审批意见', cancel: '取消', done: '已同意，正在生效', refused: '已驳回', withdraw: '撤回', withdrawn: '已撤回', position: '生效位置',
	mode: (r: string, f: string, to: string) => `${r}：${f} → ${to}`, back: (to: string) => `回退到第 ${to} 版`, texts: '修改策略文本', stale: '提出之后现行策略已变更，此提案不能再批准，请重新提出。', job: '正在用历史数据填充窗口', failed: '生效失败', one: '本系统设置为一人即可变更（policy_eyes = 1）。', choose: '选择一项查看差异',
}, {
	none: 'No proposals. What is proposed on the pages of text, form, rules or history is approved here.', id: 'No.', state: 'State', what: 'What', who: 'By', when: 'Time', why: 'Why', diff: 'What differs from the policy in force when it was proposed', approve: 'Approve', refuse: 'Refuse', own: 'This is your own: somebody else has to approve it. You may withdraw it.', decided: 'Decided', opinion: 'Why you decide so', cancel: 'Cancel', done: 'Approved; it is taking effect', refused: 'Refused', withdraw: 'Withdraw', withdrawn: 'Withdrawn', position: 'In force from',
	mode: (r: string, f: string, to: string) => `${r}: ${f} → ${to}`, back: (to: string) => `Back to version ${to}`, texts: 'Texts change', stale: 'The policy in force has changed since; this can’t be approved any more. Propose it again.', job: 'Windows are filled from the past', failed: 'It did not take effect', one: 'One person is enough here (policy_eyes = 1).', choose: 'Choose one to see what differs',
});
const COLOURS: Record<ProposalState, string | undefined> = { waiting: 'processing', stale: undefined, approved: 'processing', failed: undefined, 'in-force': undefined, refused: undefined, withdrawn: undefined };

function useWhat(): (p: Proposal) => string {
	const t = useTexts(texts), w = useTexts(words);
	return (p) => (p.act === 'rule-mode' ? t.mode(p.rule ?? '', w.mode[p.from as 'live'] ?? p.from ?? '', w.mode[p.to as 'live'] ?? String(p.to)) : p.act === 'policy-rollback' ? t.back(String(p.to)) : t.texts);
}
/** How far the job is that puts it in force. */
function Effect({ id }: { id: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const queries = useQueryClient();
	const job = useJob(id);
	const over = job.data !== undefined && job.data.state !== 'waiting' && job.data.state !== 'running';
	useQuery({ queryKey: ['policies', 'effect', id], enabled: over, staleTime: Infinity, queryFn: async () => { await queries.invalidateQueries({ queryKey: ['policies'], predicate: (q) => q.queryKey[1] !== 'effect' }); return true; } });
	if (job.data === undefined || job.data.state === 'done') return null;
	if (job.data.state === 'failed') return <Alert type="error" title={t.failed} description={job.data.error && inWords(job.data.error, language === 'zh')} />;
	return <div><span className="faint">{t.job}</span><Progress percent={Math.round(job.data.progress * 100)} aria-label={t.job} /></div>;
}
function Decide({ p, eyes }: { p: Proposal; eyes: number }) {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const [why, say] = useState('');
	const [to, ask] = useState<'approve' | 'refuse' | null>(null);
	const no = p.own ? t.withdraw : t.refuse;
	const decide = async () => {
		const ok = await run(() => post(`/v1/policies/proposals/${p.id}/${to ?? 'refuse'}`, { why }), to === 'approve' ? t.done : p.own ? t.withdrawn : t.refused);
		await queries.invalidateQueries({ queryKey: ['policies'] });
		if (ok !== undefined) { ask(null); say(''); }
	};
	const mayApprove = (p.state === 'waiting' || p.state === 'failed') && !(p.own && eyes === 2);
	if (p.state === 'in-force' || p.state === 'refused' || p.state === 'withdrawn' || p.state === 'approved') return null;
	return (
		<div className="stack">
			{p.own && eyes === 2 && <Alert type="info" title={t.own} />}
			{p.state === 'stale' && <Alert type="warning" title={t.stale} />}
			<div className="row">
				{mayApprove && <Button type="primary" data-do="approve" onClick={() => ask('approve')}>{t.approve}</Button>}
				<Button data-do="refuse" onClick={() => ask('refuse')}>{no}</Button>
			</div>
			<Modal open={to !== null} title={to === 'approve' ? t.approve : no} okText={to === 'approve' ? t.approve : no} cancelText={t.cancel} onCancel={() => ask(null)} onOk={() => void decide()} okButtonProps={{ disabled: why.trim() === '' }} destroyOnHidden>
				<label>{t.opinion}<Input.TextArea autoFocus value={why} maxLength={300} rows={2} onChange={(e) => say(e.target.value)} /></label>
			</Modal>
		</div>
	);
}
function Shown({ id, eyes }: { id: number; eyes: number }) {
	const t = useTexts(texts), w = useTexts(words);
	const language = useLanguage();
	const what = useWhat();
	const writer = useWriter();
	const of = useQuery({ queryKey: ['policies', 'proposals', id], queryFn: ({ signal }) => get<Proposal>(`/v1/policies/proposals/${id}`, signal), refetchInterval: 3_000 });
	const base = useEdition(of.data?.base);
	return (
		<Asked of={of}>{(p) => (
			<Panel title={`#${p.id} ${what(p)}`} extra={<Tag variant="outlined" color={COLOURS[p.state]} data-shown={p.state}>{w.state[p.state]}</Tag>}>
				<div className="stack">
					<Descriptions size="small" column={{ xs: 1, md: 2 }} items={[
						{ key: 'who', label: t.who, children: <By user={p.user} who={p.who} /> }, { key: 'when', label: t.when, children: time(p.time, language) }, { key: 'why', label: t.why, children: <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{p.why}</span> },
						...(p.decided === undefined ? [] : [{ key: 'decided', label: t.decided, children: <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}><By user={p.decided.user} who={p.decided.who} /> {time(p.decided.time, language)}: {p.decided.why}</span> }]),
						...(p.position === undefined ? [] : [{ key: 'position', label: t.position, children: <span className="mono">{p.position}</span> }]),
					]} />
					{p.decided?.job !== undefined && p.state === 'approved' && <Effect id={p.decided.job} />}
					{writer && <Decide p={p} eyes={eyes} />}
					<h3 style={{ margin: 0, fontSize: 14 }}>{t.diff}</h3>
					<Asked of={base}>{(b) => <FilesDiff old={b.files} now={p.files ?? []} />}</Asked>
				</div>
			</Panel>
		)}</Asked>
	);
}
export function Proposals() {
	const t = useTexts(texts), w = useTexts(words);
	const language = useLanguage();
	const what = useWhat();
	const of = useProposals();
	const [chosen, choose] = useState<number | null>(null);
	return (
		<Asked of={of}>{({ eyes, proposals }) => {
			const shown = proposals.find((p) => p.id === chosen) ?? proposals.find((p) => p.state === 'waiting') ?? proposals[0];
			return proposals.length === 0 ? <Nothing>{t.none}</Nothing> : (
				<div className="stack">
					{eyes === 1 && <Alert type="info" title={t.one} />}
					<Rows<Proposal> label={t.what} rowKey={(p) => p.id} height={300} rows={proposals} row={(p) => ({ 'data-proposal': p.id, selected: p.id === shown?.id, onClick: () => choose(p.id) })}
						columns={[
							{ key: 'id', title: t.id, width: 60, dataIndex: 'id' }, { key: 'state', title: t.state, width: 110, render: (_, p) => <Tag variant="outlined" color={COLOURS[p.state]} data-state={p.state}>{w.state[p.state]}</Tag> },
							{ key: 'what', title: t.what, render: (_, p) => what(p) }, { key: 'why', title: t.why, ellipsis: true, dataIndex: 'why' }, { key: 'who', title: t.who, width: 180, render: (_, p) => <By user={p.user} who={p.who} /> }, { key: 'time', title: t.when, width: 140, render: (_, p) => time(p.time, language) },
						]} />
					{shown === undefined ? <Nothing>{t.choose}</Nothing> : <Shown key={shown.id} id={shown.id} eyes={eyes} />}
				</div>
			);
		}}</Asked>
	);
}
