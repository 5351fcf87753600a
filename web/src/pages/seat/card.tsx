// card.tsx - who is called and why: what a seat reads before dialling.
import { useQuery } from '@tanstack/react-query';
import { Descriptions, Tag } from 'antd';
import { useState } from 'react';
import { get, query } from '../../api/client';
import type { DeskObject, DeskPage, Named } from '../../api/types';
import { Dues, History, ObjectDrawer, Reveal } from '../../desk/object';
import { Why } from '../../desk/why';
import { district, named, useLanguage, useTexts } from '../../i18n';
import { listKey } from '../../live';
import { useMachine } from '../../session';
import { Grade, ShowValue, StateTag, Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { texts } from './texts';

const isNamed = (v: unknown): v is Named => typeof v === 'object' && v !== null && 'zh' in v;

export function CallCard({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const f = warning.fields;
	const late = typeof f.late === 'number' ? t.late.filter((_, bit) => (Number(f.late) & (1 << bit)) !== 0) : [];
	const who: [string, string, string][] = [['person', t.person, 'entity'], ['phone', t.phone, 'entity'], ['account', t.account, 'entity'], ['suspect', t.suspect, 'entity'], ['amount', t.amount, 'money']];
	return (
		<div className="stack" data-call={warning.id}>
			<div className="row call-head">
				<Grade grade={warning.grade ?? 0} />
				{isNamed(f.type) && <Tag variant="outlined">{named(f.type, language)}</Tag>}
				{isNamed(f.scam) && <Tag variant="outlined">{named(f.scam, language)}</Tag>}
				<StateTag state={warning.state} />
				<span className="faint">{district(warning.district, language)}</span>
				<span className="faint mono">{warning.id}</span>
				<span className="grow" />
				<Dues object={warning} />
				{late.length > 0 && <span style={{ color: 'var(--red)' }}>⚠ {late.join(language === 'zh' ? '、' : ', ')}</span>}
			</div>
			<Why warning={warning} />
			<Descriptions size="small" column={{ xs: 1, md: 2 }} items={who.filter(([name]) => f[name] !== undefined).map(([name, label, type]) => ({ key: name, label, children: <ShowValue value={f[name]} type={type} name={name} kind="warning" /> }))} />
			<div><Reveal object={warning} /></div>
		</div>
	);
}

/** Other warnings of the same person, and what was done about this one. */
export function Before({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [shown, show] = useState<string | null>(null);
	const rule = useMachine('warning').fields.find((f) => f.name === 'outcome');
	const who = warning.subject;
	const others = useQuery({
		queryKey: listKey('warning', 'of', who?.kind, who?.token), enabled: who !== null,
		queryFn: ({ signal }) => get<DeskPage>(`/v1/warnings${query({ entity: `${who?.kind ?? ''}:${who?.token ?? ''}`, sort: 'changed', limit: 20 })}`, signal),
	});
	return (
		<>
			<h3 className="sub">{t.history}</h3>
			<Asked of={others}>{({ objects }) => {
				const rows = objects.filter((o) => o.id !== warning.id);
				return rows.length === 0 ? <p className="faint">{t.noHistory}</p> : (
					<ul className="plain">{rows.map((o) => (
						<li key={o.id} className="row">
							<Grade grade={o.grade ?? 0} /><Time at={o.made} /><StateTag state={o.state} />
							{isNamed(o.fields.scam) && <span>{named(o.fields.scam, language)}</span>}
							{isNamed(o.fields.outcome) && <strong>{named(rule?.choices?.find((c) => c.name === (o.fields.outcome as Named).name) ?? o.fields.outcome, language)}</strong>}
							<button type="button" className="link mono" onClick={() => show(o.id)}>{o.id}</button>
						</li>
					))}</ul>
				);
			}}</Asked>
			<h3 className="sub">{t.steps}</h3>
			<History object={warning} />
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</>
	);
}
