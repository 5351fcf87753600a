// verify.tsx - cards and accounts whose holders have to be verified: the list by deadline, one at a time by keys, or many rows at once. What a key does is the step that the tables name; where a step
// needs more than the object already says, its form opens.
import { Button, Select, type TableColumnType } from 'antd';
import { useMemo, useState } from 'react';
import type { DeskObject, Machine } from '../api/types';
import { both, named, useLanguage, useTexts } from '../i18n';
import { useSession } from '../session';
import { Key, useKeys } from '../ui/keys';
import { useBatch, useStep } from './act';
import { Evidence } from './evidence';
import { useList, type Filter } from './list';
import { Fields, Head, History, Reveal, Steps, useStepped } from './object';
import { byDue, open, rowsOf, Split } from './split';
import { StepDialog, type StepAsk } from './step';

const texts = both({
	shown: '范围', suspect: '涉诈风险', watched: '关注', notified: '待核验', held: '限制中', sleeping: '睡眠卡', things: '物联网卡', all: '全部', level: '等级', proposed: '建议', history: '经过', picked: (n: number) => `已选 ${n} 条`, batch: (n: number) => `已办理 ${n} 条`, told: '已办理', make: '登记', evidence: '证据与依据', list: '列入',
}, {
	shown: 'Shown', suspect: 'Suspect', watched: 'Watched', notified: 'To be verified', held: 'Restricted', sleeping: 'Sleeping', things: 'Cards of things', all: 'All', level: 'Level', proposed: 'Proposed', history: 'History', picked: (n: number) => `${n} chosen`, batch: (n: number) => `${n} done`, told: 'Done', make: 'Register', evidence: 'Evidence and basis', list: 'List',
});
type Kind = 'card' | 'account';
type Range = 'suspect' | 'watched' | 'notified' | 'held' | 'sleeping' | 'things' | 'all';
const ranges: Record<Kind, Range[]> = { card: ['notified', 'suspect', 'held', 'sleeping', 'things', 'all'], account: ['notified', 'watched', 'held', 'all'] };
const filters: Record<Kind, Partial<Record<Range, Filter>>> = {
	card: { suspect: { state: 'suspect' }, notified: { state: 'notified' }, held: { state: 'restricted,suspended' }, sleeping: { state: 'sleeping' } },
	account: { watched: { state: 'watched' }, notified: { state: 'notified' }, held: { state: 'limited,counter-only' } },
};
/* Keys of steps, the same for both kinds; `at once`: nothing has to be typed. */
const KEYS: Record<string, string> = { p: 'pass', f: 'fail', n: 'notify', l: 'lift', c: 'clear', u: 'unwatch', w: 'wake', x: 'suspend', y: 'counter-only' };
const AT_ONCE = new Set(['pass', 'fail', 'clear', 'unwatch', 'wake']);
const TOGETHER: Record<Kind, string[]> = { card: ['notify', 'pass', 'fail', 'clear', 'lift', 'wake'], account: ['notify', 'pass', 'fail', 'unwatch', 'lift'] };

/** What the object says already of what a step needs or takes, as a form has it. */
function known(o: DeskObject, names: string[]): Record<string, unknown> {
	const given: Record<string, unknown> = {};
	for (const n of names) {
		const v = o.fields[n];
		if (v === null || v === undefined) continue;
		if (Array.isArray(v)) given[n] = v.join(', ');
		else if (typeof v !== 'object') given[n] = v;
		else if ('name' in v) given[n] = v.name;
	}
	const basis = o.fields.basis;
	if (names.includes('asked_basis') && given.asked_basis === undefined && basis !== null && typeof basis === 'object' && 'name' in basis) given.asked_basis = basis.name;
	return given;
}
/* As the interface has it: positions as numbers. */
const sent = (o: DeskObject, names: string[]): Record<string, unknown> => ({ ...known(o, names), ...(names.includes('evidence') && Array.isArray(o.fields.evidence) ? { evidence: o.fields.evidence } : {}) });

function At({ object, next }: { object: DeskObject; next: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useSession().machines.get(object.kind);
	const act = useStep();
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const take = (step: string) => {
		const s = object.steps?.find((x) => x.name === step);
		if (machine === undefined || s === undefined) return;
		if (AT_ONCE.has(step)) void act(object, step, {}, t.told).then((d) => { if (d !== undefined) next(); });
		else setAsk({ machine, step, object, initial: known(object, [...s.needs, ...s.takes]) });
	};
	const keys = Object.entries(KEYS).filter(([, step]) => open(object, step));
	useKeys(Object.fromEntries(keys.map(([key, step]) => [key, () => take(step)])));
	return (
		<div className="stack">
			<Head object={object} />
			<div className="row">{keys.map(([key, step], i) => <Button key={step} type={i === 0 ? 'primary' : 'default'} data-key={step} onClick={() => take(step)}><Key name={key.toUpperCase()} />{named(object.steps?.find((s) => s.name === step), language)}</Button>)}</div>
			<section><h2 className="sub">{t.evidence}</h2><Evidence object={object} /></section>
			<Steps object={object} hide={keys.map(([, step]) => step)} initial={known(object, ['basis', 'evidence', 'rule', 'level', 'asked_basis'])} />
			<Fields object={object} omit={['basis', 'rule', 'evidence', 'proposed']} />
			<div><Reveal object={object} /></div>
			<section><h2 className="sub">{t.history}</h2><History object={object} /></section>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); next(); }} />
		</div>
	);
}

function Batch({ kind, machine, rows, ids, clear }: { kind: Kind; machine: Machine; rows: DeskObject[]; ids: string[]; clear: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { may } = useSession();
	const batch = useBatch(kind);
	const [busy, setBusy] = useState(false);
	const chosen = rows.filter((r) => ids.includes(r.id));
	const steps = machine.steps.filter((s) => TOGETHER[kind].includes(s.name) && may(kind, s.name) && chosen.some((o) => s.from.includes(o.state.name)));
	const run = async (step: string) => {
		const s = machine.steps.find((x) => x.name === step);
		if (s === undefined) return;
		setBusy(true);
		const lines = chosen.filter((o) => s.from.includes(o.state.name)).map((o) => ({ object: o.id, step, version: o.version, fields: sent(o, s.needs) }));
		const got = await batch(lines, t.batch);
		if (got !== undefined) clear();
		setBusy(false);
	};
	return ids.length === 0 ? null : (
		<div className="row" role="group" aria-label={t.picked(ids.length)}>
			<strong>{t.picked(ids.length)}</strong>
			{steps.map((s) => <Button key={s.name} size="small" loading={busy} data-batch={s.name} onClick={() => void run(s.name)}>{named(s, language)} ({chosen.filter((o) => s.from.includes(o.state.name)).length})</Button>)}
		</div>
	);
}

export function Verify({ kind }: { kind: Kind }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines, may } = useSession();
	const machine = machines.get(kind);
	const stepped = useStepped();
	const [range, setRange] = useState<Range>(kind === 'card' ? 'suspect' : 'watched');
	const [shown, show] = useState<string | null>(null);
	const [ids, pick] = useState<string[]>([]);
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const list = useList(kind, { ...(filters[kind][range] ?? {}), sort: 'changed' }, 500);
	const rows = useMemo(() => byDue(rowsOf([list]).filter((o) => range !== 'things' || o.fields.thing === 1)), [list.data, range]);
	const columns: TableColumnType<DeskObject>[] = [
		{ key: 'level', title: t.level, width: 60, render: (_, o) => (typeof o.fields.level === 'number' ? o.fields.level : '–') },
		{ key: 'proposed', title: t.proposed, width: 120, ellipsis: true, render: (_, o) => { const v = o.fields.proposed; return v !== null && typeof v === 'object' && 'name' in v ? named(v, language) : ''; } },
	];
	if (machine === undefined) return null;
	const next = () => { const at = rows.findIndex((r) => r.id === shown); const to = rows[at + 1] ?? rows[at - 1]; if (to !== undefined) show(to.id); };
	const makers = machine.steps.filter((s) => s.from.includes('') && !s.internal && may(kind, s.name));
	return (
		<>
			<Split lists={[list]} rows={rows} shown={shown} show={show} columns={columns} picked={{ ids, pick }} bar={
				<>
					<Select aria-label={t.shown} style={{ minWidth: 140 }} value={range} onChange={(v) => { setRange(v); pick([]); }} options={ranges[kind].map((r) => ({ value: r, label: t[r] }))} />
					{makers.map((s) => <Button key={s.name} data-make={s.name} onClick={() => setAsk({ machine, step: s.name })}>{named(s, language)}</Button>)}
					<Batch kind={kind} machine={machine} rows={rows} ids={ids} clear={() => pick([])} />
				</>
			}>{(o) => <At object={o} next={next} />}</Split>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); if (d.object !== null) show(d.object.id); }} />
		</>
	);
}
