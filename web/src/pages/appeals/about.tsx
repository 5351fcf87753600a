// about.tsx - what an objection is about: the measure with its basis, evidence, end, who imposed and approved it, whether the person was told, and what holds today.
import { useObject } from '../../desk/object';
import { Evidence } from '../../desk/evidence';
import { One } from '../../desk/split';
import { Who } from '../../ui/who';
import type { DeskObject, Entity, Value } from '../../api/types';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { EntityName, StateTag, Time } from '../../ui/show';
import { Descriptions } from 'antd';

const texts = both({
	title: '申诉所指的措施', measure: '措施', actor: '提出人', approver: '审批人', told: '告知', start: '起', end: '止', remedy: '救济渠道', auto: '由系统按时限自动作出', about: '当事人', business: '所属业务', held: '目前状态', late: '逾期未告知', notTold: '未见告知记录',
}, {
	title: 'The measure it is about', measure: 'Measure', actor: 'Imposed by', approver: 'Approved by', told: 'Told', start: 'From', end: 'Until', remedy: 'Where to object', auto: 'Followed by itself from a time limit', about: 'Person', business: 'Part of', held: 'Stands now', late: 'not told in time', notTold: 'no record of a notice',
});
const choice = (v: Value | undefined): { name: string; zh: string } | null => (v !== null && v !== undefined && typeof v === 'object' && 'zh' in v && 'name' in v ? v : null);
const entity = (v: Value | undefined): Entity | null => (v !== null && v !== undefined && typeof v === 'object' && 'token' in v ? v : null);

/** The object that the measure is part of: a card, an account, an order, a listing. */
function Business({ id }: { id: string }) {
	const of = useObject(id);
	const t = useTexts(texts);
	const language = useLanguage();
	return of.data === undefined ? <span className="mono">{id}</span> : <span className="row">{named({ name: of.data.kind, zh: of.data.kind_zh }, language)} <span className="mono">{id}</span>{of.data.subject !== null && <EntityName entity={of.data.subject} />}<span className="faint">{t.held}</span><StateTag state={of.data.state} /></span>;
}
function Measure({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const f = object.fields;
	const at = (v: Value | undefined) => (typeof v === 'string' ? <Time at={v} /> : '–');
	const items = object.kind !== 'measure' ? [] : [
		{ key: 'actor', label: t.actor, children: <Who id={typeof f.actor === 'string' ? f.actor : null} /> }, { key: 'approver', label: t.approver, children: <Who id={typeof f.approver === 'string' ? f.approver : null} /> },
		{ key: 'start', label: t.start, children: at(f.start) }, { key: 'end', label: t.end, children: at(f.end) },
		{ key: 'told', label: t.told, children: <span className="row">{at(f.notice)}{object.notice === undefined ? <span className="faint">{t.notTold}</span> : <strong style={{ color: object.notice.late ? 'var(--red)' : undefined }}>{language === 'zh' ? object.notice.zh : object.notice.state}{object.notice.late && ` · ${t.late}`}</strong>}</span> },
		{ key: 'remedy', label: t.remedy, children: choice(f.remedy) === null ? '–' : named(choice(f.remedy) ?? undefined, language) },
	];
	const person = entity(f.person) ?? object.also;
	return (
		<div className="stack" data-measure={object.state.name}>
			<div className="row"><strong>{choice(f.measure) === null ? named({ name: object.kind, zh: object.kind_zh }, language) : named(choice(f.measure) ?? undefined, language)}</strong><span className="mono">{object.id}</span><StateTag state={object.state} />{object.subject !== null && <EntityName entity={object.subject} />}</div>
			<Evidence object={object} />
			{f.automatic === 1 && <p style={{ margin: 0 }}>{t.auto}</p>}
			<Descriptions size="small" column={{ xs: 1, sm: 1, md: 2 }} items={[...items, ...(person === null ? [] : [{ key: 'about', label: t.about, children: <EntityName entity={person} /> }]), ...(typeof f.object === 'string' ? [{ key: 'business', label: t.business, children: <Business id={f.object} /> }] : [])]} />
		</div>
	);
}
export function About({ target }: { target: string }) {
	const t = useTexts(texts);
	return <section><h2 className="sub">{t.title}</h2><One id={target}>{(o) => <Measure object={o} />}</One></section>;
}
