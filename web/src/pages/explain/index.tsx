// explain - the story of a decision: the event as it was taken, what came of it, and each alert with its conditions, events and measures. ID is a position of the journal or an alert's.
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Segmented } from 'antd';
import { useState } from 'react';
import { useParams } from 'wouter';
import { get } from '../../api/client';
import type { Entity, Severity } from '../../api/types';
import { seen, severities, type Part, type WholeAlert } from '../../desk/alert';
import { useFieldName, useTypeName } from '../../desk/events';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { exactly } from '../../ui/money';
import { useKeys } from '../../ui/keys';
import { Page, Panel } from '../../ui/page';
import { EntityName, SeverityMark, Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Organisation } from '../../ui/who';
import { Story } from './story';
import './explain.css';

const texts = both({
	title: '判定解释', event: '事件', when: '时间', who: '报送单位', outcome: '处理', decision: '判定', position: '序号', policy: '当时策略', policyGone: '已不保留', outcomes: { accepted: '已受理', late: '迟到，未计入', refused: '无空间，未计入' } as Record<string, string>, hidden: '不可见',
	none: '此事件没有触发任何规则。', noneMore: '策略按其规则逐条判断后未发出警报。', recorded: '查看解释会留下记录。', back: '返回', alerts: '警报', since: '自', lost: '附近的警报文件曾丢失，可能不全',
}, {
	title: 'Explanation', event: 'Event', when: 'Time', who: 'Organisation', outcome: 'Outcome', decision: 'Decision', position: 'Position', policy: 'Policy then', policyGone: 'no longer kept', outcomes: { accepted: 'accepted', late: 'late, not counted', refused: 'no room, not counted' } as Record<string, string>, hidden: 'not visible',
	none: 'No rule was met by this event.', noneMore: 'The policy’s rules were tried on it, and none raised an alert.', recorded: 'That you read this is recorded.', back: 'Back', alerts: 'Alerts', since: 'since', lost: 'Files of alerts were lost near here: some may be missing',
});

interface Explanation {
	position: number;
	record: { time: string; organisation: number; event: string; fields: Record<string, Part<Entity> | string | number | boolean> };
	outcome: string | null;
	severity: Severity;
	score: number;
	policy: { position: number; time: string; digest: string } | null;
	alerts: WholeAlert[];
	alerts_lost?: boolean;
}

function FieldValue({ name, value }: { name: string; value: Part<Entity> | string | number | boolean }) {
	const t = useTexts(texts);
	const language = useLanguage();
	if (typeof value === 'object') return seen(value) ? <EntityName entity={value} /> : <span className="faint">{t.hidden}</span>;
	return <span style={{ overflowWrap: 'anywhere' }}>{typeof value === 'number' && name === 'amount' ? exactly(value, language) : typeof value === 'number' ? number(value, language, Number.isInteger(value) ? 0 : 2) : String(value)}</span>;
}

function Event({ of }: { of: Explanation }) {
	const t = useTexts(texts);
	const typeName = useTypeName();
	const fieldName = useFieldName();
	return (
		<Panel title={<>{t.event}: {typeName(of.record.event)}</>}>
			<Descriptions size="small" column={{ xs: 1, sm: 2, lg: 4 }} items={[
				{ key: 'decision', label: t.decision, children: <span className="row"><SeverityMark severity={of.severity} /><span className="mono">{of.score}</span></span> },
				{ key: 'time', label: t.when, children: <Time at={of.record.time} /> },
				...Object.entries(of.record.fields).map(([name, value]) => ({ key: `f-${name}`, label: fieldName(name), children: <FieldValue name={name} value={value} /> })),
				{ key: 'outcome', label: t.outcome, children: of.outcome === null ? '–' : t.outcomes[of.outcome] ?? of.outcome },
				{ key: 'who', label: t.who, children: <Organisation number={of.record.organisation} /> },
				{ key: 'position', label: t.position, children: <span className="mono">{of.position}</span> },
				{ key: 'policy', label: t.policy, children: of.policy === null ? t.policyGone : <span className="mono" title={of.policy.digest}>#{of.policy.position} · {of.policy.digest.slice(0, 8)} · {t.since} <Time at={of.policy.time} /></span> },
			]} />
		</Panel>
	);
}

function Explained({ of, rule }: { of: Explanation; rule: string | undefined }) {
	const t = useTexts(texts);
	const order = [...of.alerts].sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity) || b.score - a.score);
	const [chosen, choose] = useState(rule ?? order[0]?.rule);
	const alert = order.find((a) => a.rule === chosen) ?? order[0];
	return (
		<div className="stack">
			{of.alerts_lost === true && <Panel><span role="alert">⚠ {t.lost}</span></Panel>}
			{order.length > 1 && <Segmented aria-label={t.alerts} className="scroll" value={alert?.rule} onChange={choose} options={order.map((a) => ({ value: a.rule, label: <span className="row"><SeverityMark severity={a.severity} /><span className="mono">{a.rule}</span></span> }))} />}
			{alert === undefined ? <Panel><p><strong>{t.none}</strong></p><p className="faint">{t.noneMore}</p></Panel> : <Story key={alert.id} alert={alert} policy={of.policy?.position ?? null} judge />}
			<Event of={of} />
			<p className="faint">{t.recorded}</p>
		</div>
	);
}

export default function Explain() {
	const t = useTexts(texts);
	const id = decodeURIComponent(useParams<{ id: string }>().id);
	const [position = '', rule] = id.split(/\.(.*)/s);
	const back = () => window.history.back();
	useKeys({ escape: back });
	const of = useQuery({ queryKey: ['explain', position], queryFn: ({ signal }) => get<Explanation>(`/v1/explain/${encodeURIComponent(position)}`, signal) });
	return <Page title={t.title} extra={<Button onClick={back}>← {t.back} <kbd className="key">Esc</kbd></Button>}><Asked of={of}>{(e) => <Explained key={position} of={e} rule={rule} />}</Asked></Page>;
}
