// script.tsx - what to say (话术) about one type of scam: spoken lines large, questions with a yes that leads on to the script it speaks for.
import { useQuery } from '@tanstack/react-query';
import { Button, Collapse, Tag } from 'antd';
import { useState } from 'react';
import { get } from '../api/client';
import { both, named, useLanguage, useTexts } from '../i18n';
import { useMachine } from '../session';
import { Asked } from '../ui/states';
import './script.css';

interface SaidLine { zh: string; en: string; if_yes?: string }
interface Part { part: string; zh: string; en: string; spoken: boolean; lines: SaidLine[] }
interface Script { script: string; zh: string; parts: Part[] }

const texts = both({
	which: '话术', unknown: '类型未知', yes: '是', no: '否', other: (to: string) => `符合「${to}」，已换用该话术`, same: '符合本类型', more: '其他情形', quiet: '供您参考，不念出',
}, {
	which: 'Script', unknown: 'Type not known', yes: 'Yes', no: 'No', other: (to: string) => `Speaks for “${to}”: its script is shown now`, same: 'Speaks for this type', more: 'If it goes otherwise', quiet: 'for you, not to be read out',
});

/** `parts`: those read in this order; the others are folded below. `onScam`: a yes, or the reader, chose another type. */
export function ScriptView({ type, onScam, parts = ['call', 'check', 'ask', 'spell', 'now'] }: { type: string; onScam?: (scam: string) => void; parts?: string[] }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const scams = useMachine('warning').fields.find((f) => f.name === 'scam')?.choices ?? [];
	const asked = useQuery({ queryKey: ['script', type], staleTime: Infinity, queryFn: ({ signal }) => get<Script>(`/v1/desk/scripts/${type}`, signal) });
	const [answers, answer] = useState<Record<string, boolean>>({});
	const [told, tell] = useState('');
	const name = (scam: string): string => (scam === 'unknown' ? t.unknown : named(scams.find((s) => s.name === scam), language));
	const said = (line: SaidLine, yes: boolean) => {
		answer({ ...answers, [line.zh]: yes });
		if (!yes || line.if_yes === undefined) return;
		tell(line.if_yes === type ? t.same : t.other(name(line.if_yes)));
		if (line.if_yes !== type) onScam?.(line.if_yes);
	};
	const lines = (p: Part) => (
		<ul className={p.spoken ? 'said' : 'quiet'}>
			{p.lines.map((l) => (
				<li key={l.zh}>
					<span className="grow">{l[language]}</span>
					{l.if_yes !== undefined && (
						<span className="answers" role="group" aria-label={l[language]}>
							<Button size="small" aria-pressed={answers[l.zh] === true} type={answers[l.zh] === true ? 'primary' : 'default'} data-yes={l.if_yes} onClick={() => said(l, true)}>{t.yes}</Button>
							<Button size="small" aria-pressed={answers[l.zh] === false} type={answers[l.zh] === false ? 'primary' : 'default'} onClick={() => said(l, false)}>{t.no}</Button>
						</span>
					)}
				</li>
			))}
		</ul>
	);
	return (
		<Asked of={asked}>{(s) => {
			const first = parts.flatMap((n) => s.parts.filter((p) => p.part === n));
			const rest = s.parts.filter((p) => !parts.includes(p.part) && p.part !== 'machine' && (p.part !== 'door' || !parts.includes('call')));
			return (
				<div className="script" data-script={s.script}>
					<div className="row">
						<span>{t.which}</span>
						<select className="choice" aria-label={t.which} value={type} disabled={onScam === undefined} onChange={(e) => { tell(''); onScam?.(e.target.value); }}>
							<option value="unknown">{t.unknown}</option>{scams.map((c) => <option key={c.name} value={c.name}>{named(c, language)}</option>)}
						</select>
						<span role="status">{told !== '' && <Tag color="processing">{told}</Tag>}</span>
					</div>
					{first.map((p) => <section key={p.part} data-part={p.part}><h3>{p[language]}</h3>{lines(p)}</section>)}
					{rest.length > 0 && <Collapse size="small" items={rest.map((p) => ({ key: p.part, label: <>{p[language]}{!p.spoken && <span className="faint"> · {t.quiet}</span>}</>, children: lines(p) }))} />}
				</div>
			);
		}}</Asked>
	);
}
