// take.tsx - one attempt: a quiz, all questions on a page, or a drill, one move at a time. Letters are keys (A to F). What was right is shown when it is over.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Radio, Tag } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { get, query } from '../../api/client';
import { objectKey } from '../../live';
import { useObject, useStepped } from '../../desk/object';
import { send } from '../../desk/step';
import { both, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Countdown } from '../../ui/show';
import { Asked } from '../../ui/states';

const texts = both({ hand: '交卷', left: '剩余', passed: '合格', failed: '不合格', over: '已结束', got: (n: unknown, of: unknown) => `${String(n)} / ${String(of)}`, back: '返回培训', says: '对方', you: '您', keys: '按字母键选择', why: '为什么', points: '分', missing: (n: number) => `还有 ${n} 题未作答`, fatal: '致命错误' },
	{ hand: 'Hand in', left: 'Left', passed: 'Passed', failed: 'Not passed', over: 'Over', got: (n: unknown, of: unknown) => `${String(n)} / ${String(of)}`, back: 'Back to training', says: 'They', you: 'You', keys: 'Letters choose', why: 'Why', points: 'points', missing: (n: number) => `${n} not answered yet`, fatal: 'fatal' });
interface Two { zh: string; en: string }
interface Choice extends Two { letter: string; right?: boolean }
interface Question extends Two { number: number; scam: string; choices: Choice[]; answered?: string | null; why_zh?: string; why_en?: string }
interface Asking {
	attempt: string; sort: 'quiz' | 'drill'; over: boolean; ends: string | null; questions?: Question[]; zh?: string; en?: string; step?: (Two & { choices: Choice[] }) | null; ended?: boolean;
	path?: { said: Two; done: Two; move: string; move_zh: string; points: number; fatal: boolean }[];
}

function Quiz({ asking, hand }: { asking: Asking; hand: (answers: string) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const questions = asking.questions ?? [];
	const [answers, answer] = useState<Record<number, string>>({});
	const missing = questions.filter((q) => answers[q.number] === undefined).length;
	return (
		<form className="stack" onSubmit={(e) => { e.preventDefault(); hand(questions.map((q) => answers[q.number] ?? '-').join('')); }}>
			{questions.map((q) => (
				<fieldset key={q.number} className="panel" disabled={asking.over}>
					<legend style={{ fontWeight: 600 }}>{q.number}. {q[language]}</legend>
					<Radio.Group value={asking.over ? q.answered ?? undefined : answers[q.number]} onChange={(e) => answer({ ...answers, [q.number]: String(e.target.value) })} style={{ display: 'grid', gap: 6 }}
						options={q.choices.map((c) => ({ value: c.letter, label: <>{c.letter}. {c[language]} {c.right === true && <Tag color="success" variant="outlined">✓</Tag>}</> }))} />
					{asking.over && <p className="faint">{t.why}: {language === 'zh' ? q.why_zh : q.why_en}</p>}
				</fieldset>
			))}
			{!asking.over && <div className="row"><Button type="primary" htmlType="submit">{t.hand}</Button>{missing > 0 && <span className="faint">{t.missing(missing)}</span>}</div>}
		</form>
	);
}
function Drill({ id, first, hand }: { id: string; first: Asking; hand: (moves: string, took: number) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const began = useRef(Date.now());
	const [moves, setMoves] = useState('');
	const of = useQuery({ queryKey: ['attempt', id, moves], initialData: moves === '' ? first : undefined, enabled: !first.over, queryFn: ({ signal }) => get<Asking>(`/v1/attempts/${id}/questions${query({ moves })}`, signal) });
	const asking = first.over ? first : of.data;
	const choices = asking?.step?.choices ?? [];
	useEffect(() => {
		const key = (e: KeyboardEvent) => { const c = choices.find((x) => x.letter === e.key.toUpperCase()); if (c !== undefined && !first.over && !e.ctrlKey && !e.altKey && !e.metaKey) setMoves(moves + c.letter); };
		window.addEventListener('keydown', key);
		return () => window.removeEventListener('keydown', key);
	});
	useEffect(() => { if (asking?.ended === true && !first.over) hand(moves, Math.round((Date.now() - began.current) / 1000)); }, [asking?.ended]); // eslint-disable-line
	return (
		<div className="stack" aria-live="polite">
			{(asking?.path ?? []).map((p, i) => <div key={i} className="stack"><Panel><strong>{t.says}</strong> {p.said[language]}</Panel><Panel><strong>{t.you}</strong> {p.done[language]} {first.over && <Tag color={p.fatal ? 'error' : undefined}>{p.points} {t.points}{p.fatal && ` · ${t.fatal}`}</Tag>}</Panel></div>)}
			{asking?.step != null && !first.over && <Panel className="stack"><p style={{ fontSize: 18 }}><strong>{t.says}</strong> {asking.step[language]}</p>{choices.map((c) => <Button key={c.letter} block style={{ height: 'auto', whiteSpace: 'normal', textAlign: 'left', justifyContent: 'flex-start' }} onClick={() => setMoves(moves + c.letter)}>{c.letter}. {c[language]}</Button>)}<p className="faint">{t.keys}</p></Panel>}
		</div>
	);
}

export function Take({ id }: { id: string }) {
	const t = useTexts(texts);
	const object = useObject(id);
	const machine = useSession().machines.get('attempt');
	const run = useRun();
	const stepped = useStepped();
	const queries = useQueryClient();
	const asking = useQuery({ queryKey: ['attempt', id, '', object.data?.version], enabled: object.data !== undefined, queryFn: ({ signal }) => get<Asking>(`/v1/attempts/${id}/questions`, signal) });
	const hand = async (fields: Record<string, unknown>) => {
		const o = object.data;
		if (machine === undefined || o === undefined) return;
		const done = await run(() => send(machine, 'answer', fields, o));
		if (done !== undefined) { stepped(done); await queries.invalidateQueries({ queryKey: objectKey(id) }); await asking.refetch(); }
	};
	return (
		<div className="stack">
			<div className="row"><Link href="/training">{t.back}</Link>{asking.data?.ends != null && !asking.data.over && <Countdown to={asking.data.ends} label={t.left} />}</div>
			{object.data !== undefined && object.data.state.name !== 'started' && <Alert showIcon type={object.data.state.name === 'passed' ? 'success' : 'warning'} title={object.data.state.name === 'passed' ? t.passed : object.data.state.name === 'failed' ? t.failed : t.over} description={object.data.fields.got === undefined ? undefined : t.got(object.data.fields.got, object.data.fields.of)} />}
			<Asked of={asking}>{(a) => (a.sort === 'quiz' ? <Quiz asking={a} hand={(answers) => void hand({ answers })} /> : <Drill id={id} first={a} hand={(answers, took) => void hand({ answers, took })} />)}</Asked>
		</div>
	);
}
