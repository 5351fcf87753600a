// Joint discipline: proposed by one, identified by another, told in writing, applied for two or three years; clues with the answers owed to who brought them; reports of devices.
import { Button, Select, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useParams } from 'wouter';
import type { DeskObject } from '../../api/types';
import { Evidence } from '../../desk/evidence';
import { useList } from '../../desk/list';
import { Fields, Head, History, Reveal, useStepped } from '../../desk/object';
import { OtherSteps, byDue, open, rowsOf, Split } from '../../desk/split';
import { Who } from '../../ui/who';
import { StepDialog, type StepAsk } from '../../desk/step';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Key, useKeys } from '../../ui/keys';
import { Page } from '../../ui/page';
import { Parts } from '../../ui/tabs';
import { Chain, Progress } from './chain';

const texts = both({
	title: '联合惩戒', listings: '惩戒', clues: '线索核查与反馈', devices: '涉诈设备报告', open: '未办结', over: '已办结', all: '全部', shown: '范围', ground: '情形', what: '类型', history: '经过', eyes: '提出人与认定人必须不同：', evidence: '证据与依据', measure: '台账', kept: '可保留一张未涉案号码',
}, {
	title: 'Joint discipline', listings: 'Listings', clues: 'Clues and answers', devices: 'Reports of devices', open: 'Open', over: 'Settled', all: 'All', shown: 'Shown', ground: 'Ground', what: 'Type', history: 'History', eyes: 'Who proposes and who identifies are different people:', evidence: 'Evidence and basis', measure: 'Ledger', kept: 'One card that is not involved may be kept',
});
type Kind = 'discipline' | 'clue' | 'device-report';
const KEYS: Record<Kind, Record<string, string>> = {
	discipline: { i: 'identify', e: 'add-evidence', n: 'notify', a: 'activate', x: 'reject', v: 'revoke', r: 'ask-repair', p: 'repair' }, clue: { v: 'verify', x: 'reject', t: 'pass-on', f: 'feed-back' }, 'device-report': { r: 'receive', v: 'visit', f: 'found', n: 'not-found', c: 'close' },
};
const OVER: Record<Kind, string> = { discipline: 'revoked,expired,repaired,rejected', clue: 'fed-back,withdrawn', 'device-report': 'closed' };

function Listing({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	return (
		<>
			<Progress object={object} />
			{object.proposer !== null && <p className="faint" style={{ margin: 0 }}>{t.eyes} <Who id={object.proposer} /> → <Who id={object.approver} /></p>}
			{open(object, 'notify') && <p className="faint" style={{ margin: 0 }}>{t.kept}</p>}
			<Chain object={object} />
		</>
	);
}
function One({ object, kind }: { object: DeskObject; kind: Kind }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useSession().machines.get(kind);
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const keys = Object.entries(KEYS[kind]).filter(([, step]) => open(object, step));
	const take = (step: string) => { if (machine !== undefined) setAsk({ machine, step, object }); };
	useKeys(Object.fromEntries(keys.map(([key, step]) => [key, () => take(step)])));
	return (
		<div className="stack">
			<Head object={object} />
			<div className="row">{keys.map(([key, step], i) => <Button key={step} type={i === 0 ? 'primary' : 'default'} data-key={step} onClick={() => take(step)}><Key name={key.toUpperCase()} />{named(object.steps?.find((s) => s.name === step), language)}</Button>)}</div>
			{kind === 'discipline' && <Listing object={object} />}
			<section><h2 className="sub">{t.evidence}</h2><Evidence object={object} /></section>
			<Fields object={object} omit={['basis', 'rule', 'evidence']} />
			<OtherSteps object={object} hide={keys.map(([, step]) => step)} />
			<div><Reveal object={object} /></div>
			<section><h2 className="sub">{t.history}</h2><History object={object} /></section>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); }} />
		</div>
	);
}
function Work({ kind, field }: { kind: Kind; field: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines, may } = useSession();
	const [range, setRange] = useState<'open' | 'over' | 'all'>('open');
	const [shown, show] = useState<string | null>(null);
	const [making, make] = useState<StepAsk | null>(null);
	const stepped = useStepped();
	const list = useList(kind, range === 'open' ? { open: true, sort: 'id' } : range === 'over' ? { state: OVER[kind], sort: 'changed' } : { sort: 'changed' }, 200);
	const rows = useMemo(() => (range === 'open' ? byDue(rowsOf([list])) : rowsOf([list])), [list.data, range]);
	const machine = machines.get(kind);
	const makers = machine?.steps.filter((s) => s.from.includes('') && !s.internal && may(kind, s.name)) ?? [];
	return (
		<>
			<Split lists={[list]} rows={rows} shown={shown} show={show}
				columns={[{ key: field, title: t[field === 'ground' ? 'ground' : 'what'], width: 150, ellipsis: true, render: (_, o) => { const v = o.fields[field]; return v !== null && v !== undefined && typeof v === 'object' && 'name' in v ? <Tag variant="outlined">{named(v, language)}</Tag> : ''; } }]}
				bar={<>
					<Select aria-label={t.shown} style={{ minWidth: 110 }} value={range} onChange={setRange} options={(['open', 'over', 'all'] as const).map((r) => ({ value: r, label: t[r] }))} />
					{machine !== undefined && makers.map((s) => <Button key={s.name} data-make={s.name} onClick={() => make({ machine, step: s.name })}>{named(s, language)}</Button>)}
				</>}>{(o) => <One object={o} kind={kind} />}</Split>
			<StepDialog ask={making} onClose={() => make(null)} onDone={(d) => { make(null); stepped(d); if (d.object !== null) show(d.object.id); }} />
		</>
	);
}
export default function Discipline() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	return (
		<Page title={t.title}>
			<Parts at="/discipline" part={tab} parts={[
				{ key: 'listings', label: t.listings, content: <Work kind="discipline" field="ground" /> }, { key: 'clues', label: t.clues, content: <Work kind="clue" field="what" /> }, { key: 'devices', label: t.devices, content: <Work kind="device-report" field="what" /> },
			]} />
		</Page>
	);
}
