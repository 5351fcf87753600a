// chain.tsx - where a listing stands, and the consecutive listings of the person as one time line: two or three years each, five years together at most.
import { Steps as Stages } from 'antd';
import { useMemo } from 'react';
import type { DeskObject } from '../../api/types';
import { useList } from '../../desk/list';
import { rowsOf } from '../../desk/split';
import { both, date, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';

const texts = both({
	stages: '办理进度', chain: '连续惩戒时间线', cap: '连续惩戒合计不超过五年', now: '今天', none: '生效后在此显示起止时间', years: (n: number) => `${n} 年`, until: '五年上限', activate: '书面告知满三日（建议值）后方可生效，最早：', terms: '受过刑事处罚：三年；经认定：二年',
}, {
	stages: 'Progress', chain: 'Consecutive listings', cap: 'Consecutive listings last five years together at most', now: 'today', none: 'Start and end are shown once it is in force', years: (n: number) => `${n} years`, until: 'Limit of five years', activate: 'May be applied three days (proposal) after the written notice, at the earliest:', terms: 'Punished by a court: three years; identified: two years',
});
const YEAR = 365.25 * 86_400_000;
const at = (o: DeskObject, name: string): number | null => { const v = o.fields[name]; return typeof v === 'string' ? new Date(v).getTime() : null; };

export function Progress({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useSession().machines.get('discipline');
	const order = ['proposed', ...(object.state.name === 'to-province' ? ['to-province'] : []), 'identified', 'noticed', 'active', ...(order_end.includes(object.state.name) ? [object.state.name] : [])];
	const noticed = at(object, 'noticed');
	const early = noticed === null ? null : new Date(noticed + 3 * 86_400_000).toISOString();
	return (
		<section aria-label={t.stages} className="stack">
			<Stages size="small" responsive current={Math.max(0, order.indexOf(object.state.name))} items={order.map((s) => ({ title: named(machine?.states.find((x) => x.name === s), language) }))} />
			{object.state.name === 'noticed' && early !== null && <p style={{ margin: 0 }}>{t.activate} <strong className="mono">{date(early, language)}</strong></p>}
			<p className="faint" style={{ margin: 0 }}>{t.terms}</p>
		</section>
	);
}
const order_end = ['revoked', 'expired', 'repaired', 'rejected'];

/** Bars on a common scale from the chain's start to five years later. */
export function Chain({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const token = object.subject?.token;
	const list = useList('discipline', { entity: token === undefined ? undefined : `person:${token}`, sort: 'id' }, 100, token !== undefined);
	const start = at(object, 'chain_start') ?? at(object, 'start');
	const rows = useMemo(() => rowsOf([list]).filter((o) => at(o, 'start') !== null && at(o, 'end') !== null), [list.data]);
	if (start === null || rows.length === 0) return <section><h2 className="sub">{t.chain} <span className="faint">{t.cap}</span></h2><p className="faint">{t.none}</p></section>;
	const from = Math.min(start, ...rows.map((o) => at(o, 'start') ?? start));
	const span = Math.max(5 * YEAR, ...rows.map((o) => (at(o, 'end') ?? from) - from)) * 1.02;
	const x = (time: number): number => (100 * (time - from)) / span;
	return (
		<section>
			<h2 className="sub">{t.chain} <span className="faint">{t.cap}</span></h2>
			<div style={{ position: 'relative', padding: '20px 0 4px' }}>
				{[{ time: Date.now(), label: t.now }, { time: start + 5 * YEAR, label: t.until }].filter((m) => x(m.time) >= 0 && x(m.time) <= 100).map((m) => (
					<span key={m.label} aria-hidden style={{ position: 'absolute', left: `${x(m.time)}%`, top: 0, bottom: 0, borderLeft: '2px dashed var(--red)' }}><span style={{ position: 'absolute', whiteSpace: 'nowrap', fontSize: 12, ...(x(m.time) > 60 ? { right: 4 } : { left: 4 }) }}>{m.label}</span></span>
				))}
				<ul className="plain">{rows.map((o) => {
					const [a, b] = [at(o, 'start') ?? from, at(o, 'end') ?? from];
					return (
						<li key={o.id} style={{ minHeight: 40 }}>
							<div style={{ marginLeft: `${x(a)}%`, width: `${Math.max(1, x(b) - x(a))}%`, height: 12, borderRadius: 4, background: o.id === object.id ? 'var(--accent)' : 'var(--faint)' }} />
							<span className="faint" style={{ fontSize: 12 }}><span className="mono">{o.id}</span> {date(new Date(a).toISOString(), language)} – {date(new Date(b).toISOString(), language)} · {t.years(Math.round((b - a) / YEAR))} · {named(o.state, language)}</span>
						</li>
					);
				})}</ul>
			</div>
		</section>
	);
}
