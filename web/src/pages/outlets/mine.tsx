// mine.tsx - one outlet as the people who work there need it: where it stands, the kit piece by piece, what has to be put right until when, and its inspections.
import { Button, Progress, Select, Steps as Stages } from 'antd';
import { useMemo, useState } from 'react';
import type { DeskObject } from '../../api/types';
import { useList } from '../../desk/list';
import { Fields, Head, History, useObject, useStepped } from '../../desk/object';
import { byDue, One, OtherSteps, rowsOf } from '../../desk/split';
import { StepDialog, type StepAsk } from '../../desk/step';
import { both, date, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { later } from '../../ui/later';
import { Panel } from '../../ui/page';
import { Countdown, ShowValue, StateTag } from '../../ui/show';
import { Asked, Loading, Nothing } from '../../ui/states';
import { Table } from '../../ui/table';

const Inspections = later(() => import('./inspection'), Loading, true);

const texts = both({
	which: '网点', none: '没有可见的网点', kit: '标准配置', item: '物料', need: '应有', way: '在途', store: '库存', placed: '已布放', lost: '损耗', do: '办理', done: '配齐', photo: '照片', corrections: '整改', due: '期限', fault: '问题', noneOpen: '没有待整改事项', training: '培训', staff: '已培训人数', notYet: '尚未培训合格', score: '检查得分', licence: '许可到期', facts: '登记信息', history: '经过', local: '本地调整', quiz: '员工测试', stage: '建设进度',
}, {
	which: 'Outlet', none: 'No outlet in sight', kit: 'Kit', item: 'Item', need: 'Needed', way: 'On the way', store: 'In store', placed: 'Placed', lost: 'Lost', do: 'Do', done: 'Complete', photo: 'Picture', corrections: 'To be put right', due: 'Until', fault: 'Fault', noneOpen: 'Nothing to put right', training: 'Training', staff: 'Staff trained', notYet: 'Not trained yet', score: 'Score', licence: 'Licence until', facts: 'Facts', history: 'History', local: 'local', quiz: 'Quiz of the staff', stage: 'How far it is',
});
export const count = (o: DeskObject, name: string): number => (typeof o.fields[name] === 'number' ? o.fields[name] : 0);
export const needed = (o: DeskObject): number => (typeof o.fields.local === 'number' ? o.fields.local : count(o, 'wanted'));
const STAGES = ['listed', 'trained', 'equipped', 'inspected', 'demo'];
const MOVES = ['receive', 'place', 'take-down', 'lose', 'spoil', 'ask-local', 'approve-local', 'refuse-local', 'order', 'cancel-order'];

/** What may be done to pieces at all, by what there is: nobody is offered to place what has not arrived. */
function possible(o: DeskObject, step: string): boolean {
	const [ordered, received, placed, lost] = ['ordered', 'received', 'placed', 'lost'].map((n) => count(o, n)) as [number, number, number, number];
	switch (step) {
		case 'receive': case 'cancel-order': return ordered > received;
		case 'place': case 'lose': return received > placed + lost;
		case 'take-down': case 'spoil': return placed > 0;
		case 'approve-local': case 'refuse-local': return o.proposer !== null;
		default: return true;
	}
}
function Kit({ outlet }: { outlet: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines, may } = useSession();
	const machine = machines.get('supply');
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const list = useList('supply', { entity: `object:${outlet}`, state: 'short,complete' }, 100);
	if (machine === undefined) return null;
	const steps = (o: DeskObject) => machine.steps.filter((s) => MOVES.includes(s.name) && may('supply', s.name) && possible(o, s.name)).sort((a, b) => MOVES.indexOf(a.name) - MOVES.indexOf(b.name));
	const item = (o: DeskObject): string => { const v = o.fields.item; return v !== null && typeof v === 'object' && 'name' in v ? named(v, language) : ''; };
	return (
		<Asked of={list} empty={(d) => d.pages[0]?.objects.length === 0}>{() => (
			<>
				<Table<DeskObject> rowKey="id" size="small" scroll={{ x: 720 }} dataSource={rowsOf([list])} onRow={(o) => ({ 'data-row': o.id }) as object} columns={[
					{ title: t.item, width: 150, render: (_, o) => <>{item(o)}{typeof o.fields.local === 'number' && <span className="faint"> ({t.local})</span>}</> },
					{ title: t.done, width: 110, render: (_, o) => <Progress size="small" aria-label={`${item(o)}: ${t.done}`} percent={needed(o) === 0 ? 100 : Math.min(100, Math.round((100 * count(o, 'placed')) / needed(o)))} /> },
					{ title: t.need, width: 60, render: (_, o) => needed(o) }, { title: t.way, width: 70, render: (_, o) => count(o, 'ordered') - count(o, 'received') }, { title: t.store, width: 70, render: (_, o) => count(o, 'received') - count(o, 'placed') - count(o, 'lost') },
					{ title: t.placed, width: 70, render: (_, o) => count(o, 'placed') }, { title: t.lost, width: 60, render: (_, o) => count(o, 'lost') },
					{ title: t.photo, width: 70, render: (_, o) => (o.fields.photo == null ? <span className="faint">–</span> : <a href={`/v1/supplies/${o.id}/files/photo`} target="_blank" rel="noreferrer"><img src={`/v1/supplies/${o.id}/files/photo`} alt={`${t.photo}: ${item(o)}`} style={{ width: 48, height: 36, objectFit: 'cover', borderRadius: 4 }} /></a>) },
					{ title: t.do, width: 160, render: (_, o) => {
						const [first, ...rest] = steps(o);
						return <div className="row" style={{ flexWrap: 'nowrap' }}>{first !== undefined && <Button size="small" data-step={first.name} onClick={() => setAsk({ machine, step: first.name, object: o })}>{named(first, language)}</Button>}
							{rest.length > 0 && <Select size="small" aria-label={`${t.do}: ${item(o)}`} value={null} placeholder="…" style={{ width: 64 }} popupMatchSelectWidth={false} onChange={(s: string | null) => { if (s !== null) setAsk({ machine, step: s, object: o }); }} options={rest.map((s) => ({ value: s.name, label: named(s, language) }))} />}</div>;
					} },
				]} />
				<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); }} />
			</>
		)}</Asked>
	);
}
function Corrections({ outlet }: { outlet: string }) {
	const t = useTexts(texts);
	const list = useList('correction', { entity: `object:${outlet}`, state: 'open,reported' }, 100);
	return (
		<Asked of={list} empty={(d) => d.pages[0]?.objects.length === 0}>{() => (
			<ul className="plain">{byDue(rowsOf([list])).map((c) => (
				<li key={c.id} className="stack" style={{ gap: 4 }} data-correction={c.id}>
					<div className="row"><strong><ShowValue value={c.fields.item} /></strong><span style={{ color: 'var(--red)' }}><ShowValue value={c.fields.fault} /></span><StateTag state={c.state} />{typeof c.fields.deadline === 'string' && c.state.name === 'open' && <span>{t.due} <Countdown to={c.fields.deadline} /></span>}{typeof c.fields.note === 'string' && <span className="faint">{c.fields.note}</span>}
						{c.fields.photo != null && <a href={`/v1/corrections/${c.id}/files/photo`} target="_blank" rel="noreferrer"><img src={`/v1/corrections/${c.id}/files/photo`} alt={t.photo} style={{ height: 36, borderRadius: 4 }} /></a>}</div>
					<One id={c.id}>{(o) => <OtherSteps object={o} hide={[]} />}</One>
				</li>
			))}</ul>
		)}</Asked>
	);
}
export function Outlet({ id }: { id: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useSession().machines.get('outlet');
	return (
		<One id={id}>{(o) => (
			<div className="stack">
				<Panel className="stack">
					<div className="row"><h2 style={{ margin: 0, fontSize: 17 }} className="grow">{typeof o.fields.name === 'string' ? o.fields.name : o.id}</h2></div>
					<Head object={o} />
					<div className="wide-only"><Stages size="small" current={STAGES.indexOf(o.state.name)} items={STAGES.map((s) => ({ title: named(machine?.states.find((x) => x.name === s), language) }))} /></div>
					<div className="sums">
						<span><span className="faint">{t.training}</span> <strong>{o.fields.staff == null ? t.notYet : `${t.staff} ${count(o, 'staff')}`}</strong></span>
						<span><span className="faint">{t.score}</span> <strong className="mono">{o.fields.score == null ? '–' : count(o, 'score')}</strong></span>
						{typeof o.fields.licence_end === 'string' && <span><span className="faint">{t.licence}</span> <strong className="mono">{date(o.fields.licence_end, language)}</strong></span>}
					</div>
					<OtherSteps object={o} hide={[]} />
				</Panel>
				<Panel title={t.corrections}><Corrections outlet={id} /></Panel>
				<Panel title={t.kit}><Kit outlet={id} /></Panel>
				<Inspections outlet={id} />
				<Panel title={t.facts}><Fields object={o} omit={['score', 'staff', 'licence_end', 'name']} /></Panel>
				<Panel title={t.history}><History object={o} /></Panel>
			</div>
		)}</One>
	);
}
/** Where the user works stands with the user; without that, the first outlet in reach. */
export function Mine({ first }: { first?: string }) {
	const t = useTexts(texts);
	const { me, role } = useSession();
	const self = useObject(me?.user ?? '', me?.user != null && role('bank-outlet', 'operator-outlet'));
	const list = useList('outlet', { sort: 'id' }, 500);
	const [chosen, choose] = useState<string | undefined>(first);
	const rows = useMemo(() => rowsOf([list]).filter((o) => !o.state.final), [list.data]);
	const own = self.data?.fields.outlet;
	const token = own !== null && own !== undefined && typeof own === 'object' && 'token' in own ? own.token : undefined;
	const id = chosen ?? rows.find((o) => token !== undefined && o.subject?.token === token)?.id ?? rows[0]?.id;
	return (
		<Asked of={list}>{() => id === undefined ? <Nothing>{t.none}</Nothing> : (
			<div className="stack">
				{rows.length > 1 && <Select aria-label={t.which} style={{ maxWidth: 420 }} showSearch={{ optionFilterProp: 'label' }} value={id} onChange={choose} options={rows.map((o) => ({ value: o.id, label: `${typeof o.fields.name === 'string' ? o.fields.name : ''} ${typeof o.fields.code === 'string' ? o.fields.code : o.id}` }))} />}
				<Outlet key={id} id={id} />
			</div>
		)}</Asked>
	);
}
