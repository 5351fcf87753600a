// Objections: what runs out first stands first; one at a time with the measure it is about, the papers, and the decision with its reasons. Who imposed or approved a measure does not decide about it.
import { Alert, Button, Select, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useParams } from 'wouter';
import type { DeskObject } from '../../api/types';
import { useStep } from '../../desk/act';
import { useList } from '../../desk/list';
import { Fields, Head, History, Reveal, RevealDialog, useObject, useStepped } from '../../desk/object';
import type { Why } from '../../desk/reveal';
import { OtherSteps, byDue, open, rowsOf, Split } from '../../desk/split';
import { Who } from '../../ui/who';
import { StepDialog, type StepAsk } from '../../desk/step';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Key, useKeys } from '../../ui/keys';
import { Page } from '../../ui/page';
import { ShowValue } from '../../ui/show';
import { About } from './about';

const texts = both({
	title: '申诉', open: '办理中', denied: '不成立（可复核）', over: '已办结', all: '全部', shown: '范围', human: '要求人工处理', machine: '自动决定', person: '本案须由人工决定：当事人要求人工处理，或原由系统自动答复。', papers: '申诉材料', look: '查看材料', told: '已办理', history: '经过', make: '登记申诉', what: '事由',
	mine: '您提出或审批了这项措施，或已作过决定，须由他人办理（四眼原则）。', released: '申诉成立：措施已在同一步骤中解除', releasedBy: '解除于', eyes: '提出人、审批人与决定人必须不同：',
}, {
	title: 'Objections', open: 'At work', denied: 'Denied (may be looked at again)', over: 'Settled', all: 'All', shown: 'Shown', human: 'Wants a person', machine: 'By a machine', person: 'A person has to decide: it was asked for, or a machine had answered.', papers: 'Papers', look: 'Look at the papers', told: 'Done', history: 'History', make: 'Take an objection', what: 'About',
	mine: 'You imposed or approved this measure, or have decided before: somebody else has to (four eyes).', released: 'Granted: the measure was let go in the same step', releasedBy: 'let go at', eyes: 'Who imposed, who approved and who decides are different people:',
});
const RANGES: Record<string, string | undefined> = { open: 'filed,accepted,checking,reconsidering', denied: 'denied', over: 'granted,upheld,withdrawn,rejected', all: undefined };
const KEYS: Record<string, string> = { a: 'accept', c: 'check', g: 'grant', d: 'deny', u: 'uphold', r: 'refer', x: 'reconsider' };
const AT_ONCE = new Set(['accept', 'check', 'refer', 'reconsider']);

/** Four eyes, as far as the page can see: the service has the last word. */
function Eyes({ appeal, deciding }: { appeal: DeskObject; deciding: boolean }) {
	const t = useTexts(texts);
	const { me } = useSession();
	const target = typeof appeal.fields.target === 'string' ? appeal.fields.target : '';
	const of = useObject(target, target !== '');
	const { actor, approver, ended } = of.data?.fields ?? {};
	const mine = me?.user != null && [actor, approver].includes(me.user);
	if (appeal.state.name === 'granted') return <Alert type="success" showIcon title={t.released} description={<span data-released={of.data?.state.name}>{of.data?.id} {of.data !== undefined && <ShowValue value={of.data.state} />}{typeof ended === 'string' && <> {t.releasedBy} <ShowValue value={ended} type="time" /></>}</span>} />;
	if (!deciding) return null;
	if (mine) return <Alert type="warning" showIcon title={t.mine} />;
	return <p className="faint" style={{ margin: 0 }}>{t.eyes} <Who id={typeof actor === 'string' ? actor : null} /> → <Who id={typeof approver === 'string' ? approver : null} /> → <Who id={me?.user} /></p>;
}
/** About a person: who reads them says why, and each one read is an act of the journal. */
function Papers({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const machine = useSession().machines.get(object.kind);
	const [asking, setAsking] = useState(false);
	const [why, setWhy] = useState<Why | null>(null);
	const files = (machine?.fields ?? []).filter((f) => f.type === 'file' && object.fields[f.name] != null).map((f) => f.name);
	const at = (f: string) => `/v1/${machine?.route ?? ''}/${object.id}/files/${f}?${new URLSearchParams({ ...why }).toString()}`;
	if (files.length === 0) return null;
	return (
		<section>
			<h2 className="sub">{t.papers}</h2>
			{why === null && <Button size="small" data-papers={files.length} onClick={() => setAsking(true)}>{t.look} ({files.length})</Button>}
			{why !== null && <div className="row">{files.map((f, i) => <a key={f} href={at(f)} target="_blank" rel="noreferrer">{t.papers} {i + 1}</a>)}</div>}
			{asking && <RevealDialog object={object.id} onClose={() => setAsking(false)} onWhy={(w) => { setWhy(w); setAsking(false); }} />}
		</section>
	);
}
function Case({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useSession().machines.get('appeal');
	const act = useStep();
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const take = (step: string) => {
		if (AT_ONCE.has(step)) void act(object, step, {}, t.told);
		else if (machine !== undefined) setAsk({ machine, step, object });
	};
	const keys = Object.entries(KEYS).filter(([, step]) => open(object, step));
	useKeys(Object.fromEntries(keys.map(([key, step]) => [key, () => take(step)])));
	const target = typeof object.fields.target === 'string' ? object.fields.target : null;
	const human = object.fields.by_person === 1 || object.fields.automatic === 1;
	return (
		<div className="stack">
			<Head object={object} extra={<>{object.fields.by_person === 1 && <Tag>{t.human}</Tag>}{object.fields.automatic === 1 && <Tag variant="outlined">{t.machine}</Tag>}</>} />
			{human && !object.state.final && <Alert type="info" showIcon title={t.person} />}
			<div className="row">{keys.map(([key, step], i) => <Button key={step} type={i === 0 ? 'primary' : 'default'} data-key={step} onClick={() => take(step)}><Key name={key.toUpperCase()} />{named(object.steps?.find((s) => s.name === step), language)}</Button>)}</div>
			<Eyes appeal={object} deciding={open(object, 'grant') || open(object, 'uphold')} />
			{target !== null && <About target={target} />}
			<Papers key={object.id} object={object} />
			<div><Reveal object={object} /></div>
			<Fields object={object} omit={['target', 'paper_1', 'paper_2', 'paper_3', 'paper_4', 'paper_5', 'paper_6', 'paper_7', 'paper_8', 'by_person', 'automatic', 'decider']} />
			<OtherSteps object={object} hide={keys.map(([, step]) => step)} />
			<section><h2 className="sub">{t.history}</h2><History object={object} /></section>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); }} />
		</div>
	);
}
export default function Appeals() {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines, may } = useSession();
	const { id: first } = useParams<{ id?: string }>();
	const [id, show] = useState<string | null>(first ?? null);
	const [range, setRange] = useState('open');
	const [making, make] = useState<StepAsk | null>(null);
	const stepped = useStepped();
	const list = useList('appeal', { state: RANGES[range], sort: range === 'open' ? 'due' : 'changed' }, 200);
	const rows = useMemo(() => (range === 'open' ? byDue(rowsOf([list])) : rowsOf([list])), [list.data, range]);
	const machine = machines.get('appeal');
	return (
		<Page title={t.title} extra={machine !== undefined && may('appeal', 'file') && <Button data-make="file" onClick={() => make({ machine, step: 'file' })}>{t.make}</Button>}>
			<Split lists={[list]} rows={rows} shown={id} show={show}
				columns={[{ key: 'channel', title: t.what, width: 120, render: (_, o) => <>{o.fields.by_person === 1 && <Tag>{t.human}</Tag>}{o.fields.channel !== null && typeof o.fields.channel === 'object' && 'name' in o.fields.channel && named(o.fields.channel, language)}</> }]}
				bar={<Select aria-label={t.shown} style={{ minWidth: 150 }} value={range} onChange={setRange} options={[{ value: 'open', label: t.open }, { value: 'denied', label: t.denied }, { value: 'over', label: t.over }, { value: 'all', label: t.all }]} />}>
				{(o) => <Case object={o} />}
			</Split>
			<StepDialog ask={making} onClose={() => make(null)} onDone={(d) => { make(null); stepped(d); if (d.object !== null) show(d.object.id); }} />
		</Page>
	);
}
