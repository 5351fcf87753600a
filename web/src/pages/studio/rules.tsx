// rules.tsx - the rules in force: whether they act, what they found under this policy, what they cost; a rule's mode is changed by a proposal.
import { Input, Segmented, Select } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import { both, number, time, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { SeverityMark } from '../../ui/show';
import { Asked } from '../../ui/states';
import { useDraft, useInForce, useRules, useVerdict } from './data';
import { Propose, type Asking } from './propose';
import { Rows, type Column } from './table';
import { useTally, type Tally } from './tally';
import type { Cost, Edition, Mode, Rule } from './types';
import { ModeTag, useWriter, words } from './words';

const texts = both({
	search: '搜索规则名或条件', all: '全部', rule: '规则', mode: '状态', grade: '等级', score: '分值', alerts: '警报', bytes: '字节/事件', steps: '指令', since: (p: number, at: string) => `第 ${p} 版，自 ${at} 起生效`,
	partly: '只统计了部分警报', change: (rule: string, mode: string) => `将规则 ${rule} 改为“${mode}”`, windows: '窗口', edit: '在文本中打开', modeOf: (rule: string) => `${rule} 的状态`, shown: (n: number, of: number) => `${n} / ${of} 条规则`, none: '无窗口',
}, {
	search: 'Name or condition', all: 'All', rule: 'Rule', mode: 'Mode', grade: 'Grade', score: 'Score', alerts: 'Alerts', bytes: 'Bytes/event', steps: 'Steps', since: (p: number, at: string) => `Version ${p}, in force since ${at}`,
	partly: 'not all alerts are counted', change: (rule: string, mode: string) => `Rule ${rule} becomes “${mode}”`, windows: 'Windows', edit: 'Open as text', modeOf: (rule: string) => `Mode of ${rule}`, shown: (n: number, of: number) => `${n} of ${of} rules`, none: 'no window',
});

function Written({ rule, cost, edition }: { rule: Rule; cost: Cost | undefined; edition: Edition }) {
	const t = useTexts(texts);
	const { drafting } = useDraft();
	const writer = useWriter();
	const file = edition.files.find((f) => f.text.includes(rule.written));
	const line = file === undefined ? 1 : file.text.slice(0, file.text.indexOf(rule.written)).split('\n').length;
	return (
		<div className="stack">
			<pre className="rule-text">{rule.written}</pre>
			<div className="row faint">
				<span>{t.windows}: {cost === undefined || cost.windows.length === 0 ? t.none : cost.windows.map((w) => w.aggregate).join(' · ')}</span>
				{file !== undefined && writer && <Link href="/studio/editor" onClick={() => drafting?.place(file.path, line)}>{t.edit}</Link>}
			</div>
		</div>
	);
}
function useRuleColumns(costs: Map<string, Cost>, tally: Tally | undefined, propose: (rule: Rule, mode: Mode) => void): Column<Rule>[] {
	const t = useTexts(texts);
	const language = useLanguage();
	const writer = useWriter();
	const alerts = useSession().scope('alerts');
	const modes: Mode[] = ['live', 'shadow', 'off'];
	const found = (r: Rule): number => tally?.rules[r.name]?.all ?? 0;
	return [
		{ key: 'name', title: t.rule, sorter: (a, b) => b.name.localeCompare(a.name), render: (_, r) => <span className="mono">{r.name}</span> },
		{ key: 'mode', title: t.mode, width: 130, render: (_, r) => (writer
			? <Select size="small" variant="borderless" style={{ width: 110 }} aria-label={t.modeOf(r.name)} data-rule={r.name} value={r.mode} onChange={(m: Mode) => propose(r, m)} options={modes.map((m) => ({ value: m, label: <ModeTag mode={m} /> }))} />
			: <ModeTag mode={r.mode} />) },
		{ key: 'severity', title: t.grade, width: 100, render: (_, r) => <SeverityMark severity={r.severity} /> },
		{ key: 'score', title: t.score, width: 90, align: 'right', dataIndex: 'score', sorter: (a, b) => a.score - b.score },
		...(alerts ? [{ key: 'alerts', title: t.alerts, width: 100, align: 'right' as const, sorter: (a: Rule, b: Rule) => found(a) - found(b), render: (_: unknown, r: Rule) => (tally === undefined ? '…' : <Link href="/alerts">{number(found(r), language)}</Link>) }] : []),
		{ key: 'bytes', title: t.bytes, width: 120, align: 'right', sorter: (a, b) => (costs.get(a.name)?.bytes_per_event ?? 0) - (costs.get(b.name)?.bytes_per_event ?? 0), render: (_, r) => costs.get(r.name)?.bytes_per_event ?? '–' },
		{ key: 'steps', title: t.steps, width: 90, align: 'right', render: (_, r) => costs.get(r.name)?.instructions ?? '–' },
	];
}
function RulesOf({ rules, edition }: { rules: Rule[]; edition: Edition }) {
	const t = useTexts(texts), w = useTexts(words);
	const language = useLanguage();
	const [text, search] = useState('');
	const [mode, setMode] = useState<Mode | 'all'>('all');
	const [ask, setAsk] = useState<Asking | null>(null);
	const verdict = useVerdict(edition.files, useWriter());
	const tally = useTally(`since ${edition.position}`, { from: edition.position }, useSession().scope('alerts'));
	const costs = useMemo(() => new Map(verdict.data?.ok === true ? verdict.data.rules.map((c) => [c.name, c]) : []), [verdict.data]);
	const columns = useRuleColumns(costs, tally.data, (r, m) => setAsk({ change: { rule: r.name, mode: m }, what: t.change(r.name, w.mode[m]) }));
	const shown = rules.filter((r) => (mode === 'all' || r.mode === mode) && r.written.toLowerCase().includes(text.toLowerCase()));
	return (
		<div className="stack">
			<div className="row">
				<Input.Search style={{ maxWidth: 300 }} allowClear aria-label={t.search} placeholder={t.search} value={text} onChange={(e) => search(e.target.value)} />
				<Segmented<Mode | 'all'> value={mode} onChange={setMode} aria-label={t.mode} options={[{ value: 'all', label: t.all }, ...(['live', 'shadow', 'off'] as Mode[]).map((m) => ({ value: m, label: `${w.mode[m]} ${rules.filter((r) => r.mode === m).length}` }))]} />
				<span className="faint grow">{t.shown(shown.length, rules.length)}{tally.data?.more === true && ` · ${t.partly}`}</span>
				<span className="faint">{t.since(edition.position, time(edition.time, language))}</span>
			</div>
			<Rows<Rule> label={t.rule} rowKey={(r) => r.name} columns={columns} rows={shown} expanded={(r) => <Written rule={r} cost={costs.get(r.name)} edition={edition} />} />
			<Propose ask={ask} onClose={() => setAsk(null)} />
		</div>
	);
}
export function Rules() {
	const rules = useRules();
	const edition = useInForce();
	return <Asked of={rules}>{(r) => <Asked of={edition}>{(e) => <RulesOf rules={r.rules} edition={e} />}</Asked>}</Asked>;
}
