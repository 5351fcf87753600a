// history.tsx - the policies that were in force: any two compared, and the way back to one.
import { Button, Select, Tag } from 'antd';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { both, time, useLanguage, useTexts } from '../../i18n';
import { FilesDiff } from '../../ui/diff';
import { Panel } from '../../ui/page';
import { Asked } from '../../ui/states';
import { By } from '../../ui/who';
import { useDraft, useEdition, useVersions } from './data';
import { Propose, type Asking } from './propose';
import { Rows } from './table';
import type { Edition, Version } from './types';
import { useWriter, words } from './words';

const texts = both({
	position: '版本', when: '生效时间', act: '方式', who: '操作人', by: '提出', why: '理由', current: '现行', old: '旧版', now: '新版', compare: '比较两版', back: '回退到此版', what: (p: number) => `把策略回退到第 ${p} 版`, draft: '以此版为草稿', one: '只有一个版本，尚无可比较的变更。',
}, {
	position: 'Version', when: 'In force from', act: 'How', who: 'By', by: 'Proposed by', why: 'Why', current: 'in force', old: 'Older', now: 'Newer', compare: 'Compare two', back: 'Roll back to it', what: (p: number) => `The policy goes back to version ${p}`, draft: 'As a draft', one: 'There is only one version, and nothing to compare yet.',
});
function Comparison({ versions, old, now, choose }: { versions: Version[]; old: number; now: number; choose: (old: number, now: number) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const a = useEdition(old), b = useEdition(now);
	const options = versions.map((v) => ({ value: v.position, label: `${v.position} · ${time(v.time, language)}` }));
	return (
		<Panel title={t.compare}>
			<div className="stack">
				<div className="row">
					<Select aria-label={t.old} style={{ minWidth: 200 }} value={old} options={options} onChange={(v) => choose(v, now)} /><span>→</span>
					<Select aria-label={t.now} style={{ minWidth: 200 }} value={now} options={options} onChange={(v) => choose(old, v)} />
				</div>
				<Asked of={a}>{(x) => <Asked of={b}>{(y) => <FilesDiff old={x.files} now={y.files} />}</Asked>}</Asked>
			</div>
		</Panel>
	);
}
function Back({ version, inForce }: { version: Version; inForce: number }) {
	const t = useTexts(texts);
	const [, go] = useLocation();
	const { drafting } = useDraft();
	const [wanted, want] = useState<'propose' | 'draft' | null>(null);
	const then = useEdition(wanted === null ? undefined : version.position), now = useEdition(wanted === null ? undefined : inForce);
	const ask: Asking | null = wanted === 'propose' && then.data !== undefined && now.data !== undefined ? { change: { to: version.position }, what: t.what(version.position), old: now.data.files, now: then.data.files } : null;
	const draft = (e: Edition | undefined) => { if (e !== undefined) { drafting?.reset(e); go('/studio/editor'); } };
	return (
		<span className="row">
			<Button size="small" data-back={version.position} onClick={() => want('propose')}>{t.back}</Button>
			<Button size="small" type="text" onClick={() => void (async () => { want('draft'); draft((await then.refetch()).data); })()}>{t.draft}</Button>
			<Propose ask={ask} onClose={() => want(null)} />
		</span>
	);
}
export function History() {
	const t = useTexts(texts), w = useTexts(words);
	const language = useLanguage();
	const writer = useWriter();
	const of = useVersions();
	const [pair, choose] = useState<[number, number] | null>(null);
	return (
		<Asked of={of}>{({ current, policies }) => {
			const [newest, before] = policies;
			const [old, now] = pair ?? [before?.position ?? current, newest?.position ?? current];
			return (
				<div className="stack">
					<Rows<Version> label={t.position} rowKey={(v) => v.position} height={340} rows={policies} columns={[
						{ key: 'position', title: t.position, width: 120, render: (_, v) => <span className="row mono" data-version={v.position}>{v.position}{v.position === current && <Tag variant="outlined" data-current>{t.current}</Tag>}</span> },
						{ key: 'time', title: t.when, width: 150, render: (_, v) => time(v.time, language) }, { key: 'act', title: t.act, width: 130, render: (_, v) => (v.act === null ? w.first : w.act[v.act] ?? v.act) },
						{ key: 'who', title: t.who, width: 220, render: (_, v) => <><By user={v.user} who={v.who} />{v.proposed_by !== null && <div className="faint">{t.by} <By user={v.proposed_user} who={v.proposed_by} /></div>}</> }, { key: 'why', title: t.why, ellipsis: true, dataIndex: 'why' },
						...(writer ? [{ key: 'do', title: '', width: 240, render: (_: unknown, v: Version) => v.position !== current && <Back version={v} inForce={current} /> }] : []),
					]} />
					{policies.length < 2 ? <p className="faint">{t.one}</p> : <Comparison versions={policies} old={old} now={now} choose={(a, b) => choose([a, b])} />}
				</div>
			);
		}}</Asked>
	);
}
