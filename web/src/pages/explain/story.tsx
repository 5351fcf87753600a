// story.tsx - one alert, told in the order in which somebody judges it: what and why, what the rule compared, which events lie behind, what it proposes.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/client';
import { seen, type Condition, type Proposed, type WholeAlert } from '../../desk/alert';
import { VerdictButtons, VerdictTag } from '../../desk/verdict';
import { both, duration, useLanguage, useTexts, words } from '../../i18n';
import { useSession } from '../../session';
import { Mark } from '../../ui/mark';
import { Panel } from '../../ui/page';
import { EntityName, SeverityMark, Time, useKindName } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { ruleBlocks, type PolicyFile } from './rule';
import { PolicyBlock } from './text';
import { Windows } from './windows';

const texts = both({
	hidden: '内容不可见（属于其他单位）', conditions: '条件与当时的值', held: '成立', not: '不成立', unknown: '缺值', rule: '规则原文', ruleGone: '该策略中找不到这条规则', noPolicy: '规则原文仅对可读策略的角色开放；下列条件为其比较过程。', lets: '其引用的定义',
	windows: '窗口内的事件', measures: '建议措施', noMeasures: '不建议任何措施', basis: '依据', until: '期限', shadow: '影子运行：不影响判定', score: '分值', notify: '通知', about: '对象', estimated: '个别窗口为近似值或不完整',
}, {
	hidden: 'Not visible: it belongs to another organisation', conditions: 'Conditions and the values then', held: 'held', not: 'did not hold', unknown: 'missing', rule: 'The rule as written', ruleGone: 'The policy has no such rule', noPolicy: 'The text of rules is for roles that read policies; these are its comparisons.', lets: 'Definitions that it reads',
	windows: 'Events behind each window', measures: 'Measures proposed', noMeasures: 'None is proposed', basis: 'Basis', until: 'For', shadow: 'In shadow: it decides nothing', score: 'Score', notify: 'Tells', about: 'About', estimated: 'Some windows are estimated or incomplete',
});

function Conditions({ alert }: { alert: WholeAlert }) {
	const t = useTexts(texts);
	const values = alert.values.filter((v): v is Condition => seen(v));
	const truth = (v: Condition) => (v.truth === true ? <span className="truth held">✓ {t.held}</span> : v.truth === false ? <span className="truth failed">✗ {t.not}</span> : <span className="truth">? {t.unknown}</span>);
	return <ul className="conditions">{values.map((v, i) => (
		<li key={i}>{truth(v)}<span className="mono text">{v.text}</span><span className="mono values"><strong>{v.left ?? '–'}</strong> {v.op} {v.right ?? '–'}</span></li>
	))}</ul>;
}

function RuleText({ alert, policy }: { alert: WholeAlert; policy: number | null }) {
	const t = useTexts(texts);
	const may = useSession().scope('policies') && policy !== null;
	const files = useQuery({ queryKey: ['policy', policy], enabled: may, staleTime: Infinity, queryFn: ({ signal }) => get<{ files: PolicyFile[] }>(`/v1/policies/${policy ?? ''}`, signal) });
	const found = useMemo(() => (files.data === undefined ? null : ruleBlocks(files.data.files, alert.rule)), [files.data, alert.rule]);
	if (!may) return <p className="faint">{t.noPolicy}</p>;
	return (
		<Asked of={files}>{() => (found === null ? <Nothing>{t.ruleGone}</Nothing> : (
			<>
				<PolicyBlock block={found.rule} values={alert.values} />
				{found.lets.length > 0 && <><h3 className="small-head">{t.lets}</h3>{found.lets.map((b) => <PolicyBlock key={`${b.path}:${b.from}`} block={b} values={alert.values} />)}</>}
			</>
		))}</Asked>
	);
}

function Measures({ measures }: { measures: Proposed[] }) {
	const t = useTexts(texts);
	const language = useLanguage();
	if (measures.length === 0) return <p className="faint">{t.noMeasures}</p>;
	return (
		<ul className="plain-list">{measures.map((m, i) => (
			<li key={i}>
				<strong>{language === 'zh' ? m.measure_zh : words(m.measure)}</strong> {seen(m.target) && <EntityName entity={m.target} />}
				{m.duration_us !== undefined && <span className="faint"> {t.until} {duration(m.duration_us / 1000, language)}</span>}
				<div className="faint">{t.basis}: {m.basis}</div>
			</li>
		))}</ul>
	);
}

export function Story({ alert, policy, judge }: { alert: WholeAlert; policy: number | null; judge: boolean }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const kind = useKindName();
	return (
		<article className="stack" data-story={alert.id}>
			<Panel>
				<div className="row"><SeverityMark severity={alert.severity} /><h2 className="mono story-rule">{alert.rule}</h2><span className="faint">{t.score} {alert.score}</span>{alert.mode === 'shadow' && <Mark>{t.shadow}</Mark>}<span className="grow" /><VerdictTag verdict={alert.verdict} /></div>
				<p className="because">{seen(alert.because) ? alert.because[language] : t.hidden}</p>
				<div className="row">
					{seen(alert.about) && <span>{t.about}: <span className="faint">{kind(alert.about.kind)}</span> <EntityName entity={alert.about} /></span>}
					<Time at={alert.time} />
					{alert.notify.length > 0 && <span className="faint">{t.notify}: {alert.notify.map(words).join(', ')}</span>}
					{alert.flags.length > 0 && <Mark tone="warn">{t.estimated}</Mark>}
					<span className="grow" />{judge && <VerdictButtons id={alert.id} />}
				</div>
			</Panel>
			<div className="two">
				<Panel title={t.conditions}><Conditions alert={alert} /></Panel>
				<Panel title={t.measures}><Measures measures={alert.measures} /></Panel>
			</div>
			<Panel title={t.windows}><Windows evidence={alert.evidence} at={alert.time} /></Panel>
			<Panel title={t.rule}><RuleText alert={alert} policy={policy} /></Panel>
		</article>
	);
}
