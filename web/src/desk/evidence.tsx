// evidence.tsx - what a measure rests on: the rule, the article, and, when somebody asks, the alert of each position in words with the values that made it so.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { get } from '../api/client';
import type { Alert, DeskObject } from '../api/types';
import { both, named, useLanguage, useTexts, words } from '../i18n';
import { useSession } from '../session';
import { SeverityMark, Time } from '../ui/show';

const texts = both({ show: '查看证据', hide: '收起证据', rule: '规则', basis: '依据', none: '未附证据', position: '日志序号', unseen: '该记录不在本单位可见范围内', proposed: '建议' },
	{ show: 'Show the evidence', hide: 'Hide the evidence', rule: 'Rule', basis: 'Basis', none: 'No evidence attached', position: 'Record', unseen: 'This record is not in your organisation’s sight', proposed: 'Proposed' });

function Position({ at }: { at: number }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useQuery({ queryKey: ['why', at], staleTime: Infinity, retry: false, queryFn: ({ signal }) => get<{ alerts?: Alert[] }>(`/v1/explain/${at}`, signal) });
	const alerts = of.data?.alerts ?? [];
	return (
		<li>
			<span className="faint">{t.position} <Link href={`/explain/${at}`}><span className="mono">{at}</span></Link></span>
			{of.error !== null && <span className="faint"> {t.unseen}</span>}
			{alerts.map((a) => (
				<div key={a.id} data-because>
					<SeverityMark severity={a.severity} /> {a.because[language]} <span className="faint"><Time at={a.time} /></span>
					<div className="faint mono" style={{ fontSize: 12 }}>{a.values.map((v) => `${v.text}: ${v.left} ${v.op} ${v.right}`).join(' · ')}</div>
				</div>
			))}
		</li>
	);
}
export function Evidence({ object }: { object: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const may = useSession().scope('alerts');
	const [open, setOpen] = useState(false);
	const { rule, basis, evidence, proposed } = object.fields;
	const positions = Array.isArray(evidence) ? evidence : [];
	const choice = (v: typeof basis): string | null => (v !== null && typeof v === 'object' && 'name' in v && 'zh' in v ? named(v, language) : null);
	return (
		<div className="stack" style={{ gap: 6 }}>
			<div className="row" style={{ gap: 16 }}>
				{typeof rule === 'string' && <span><span className="faint">{t.rule}</span> {words(rule)}</span>}
				{choice(proposed) !== null && <span><span className="faint">{t.proposed}</span> {choice(proposed)}</span>}
				{choice(basis) !== null && <span><span className="faint">{t.basis}</span> {choice(basis)}</span>}
				{positions.length === 0 ? <span className="faint">{t.none}</span> : may ? <Button size="small" aria-expanded={open} data-evidence onClick={() => setOpen(!open)}>{open ? t.hide : t.show} ({positions.length})</Button> : <span className="mono faint">{positions.join(', ')}</span>}
			</div>
			{open && <ul className="plain">{positions.slice(-20).map((p) => <Position key={p} at={p} />)}</ul>}
		</div>
	);
}
