// work.tsx - the steps of a call in the order of the work, each with its key: take it, how the call went, what came of it.
import { Alert, Button } from 'antd';
import { useEffect, useState } from 'react';
import type { DeskObject } from '../../api/types';
import { useStep } from '../../desk/act';
import { StepDialog, type StepAsk } from '../../desk/step';
import { useStepped } from '../../desk/object';
import { named, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { Key, useKeys } from '../../ui/keys';
import { later } from '../../ui/later';
import { useRun } from '../../ui/problems';
import { askCode, CallCode, type Code } from './code';
import { CALLS, NEEDS_MEETING, OUTCOMES, texts } from './texts';

const asksOutcome = () => import('./outcome');
const OutcomeDialog = later(asksOutcome);
interface Act { key: string; step: string; label: string; run: () => void; why?: string; primary?: boolean }

/** `onEnd`: this seat has nothing more to do about it now. `onTake`: it is this seat's. */
export function Work({ warning, scam, onTake, onAside, onEnd }: { warning: DeskObject; scam: string; onTake: () => void; onAside: () => void; onEnd: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useMachine('warning');
	const step = useStep();
	const stepped = useStepped();
	const run = useRun();
	const [outcome, setOutcome] = useState<{ step: string; outcome: string } | null>(null);
	const [dialog, setDialog] = useState<StepAsk | null>(null);
	const [code, setCode] = useState<Code | null>(null);
	useEffect(() => { // there before it is needed, after what is needed first
		const soon = setTimeout(() => void asksOutcome(), 3000);
		return () => clearTimeout(soon);
	}, []);
	const can = (name: string): boolean => warning.steps?.some((s) => s.name === name) ?? false;
	const state = warning.state.name;
	const grave = (warning.grade ?? 0) >= 2;

	const take = async () => { if (await step(warning, 'sign') !== undefined) onTake(); else onEnd(); };
	const called = async (result: string) => {
		if (await step(warning, 'call', { call_result: result }, t[result as 'reached']) !== undefined && result !== 'reached') onAside();
	};
	const plain = (name: string, told: string, end = false) => async () => { if (await step(warning, name, {}, told) !== undefined && end) onEnd(); };
	const getCode = async () => { const got = await run(() => askCode(warning.id)); if (got !== undefined) setCode(got); };

	const calls: Act[] = can('call') && state !== 'visiting' ? CALLS.map(([key, result]) => ({ key, step: `call-${result}`, label: t[result], primary: result === 'reached' && state === 'signed', run: () => void called(result) })) : [];
	const feeding = can('revisit') ? 'revisit' : 'feed-back';
	const outcomes: Act[] = can(feeding) && state !== 'visiting' ? OUTCOMES.map((name, i) => ({
		key: String(i + 1), step: name, label: named(machine.fields.find((f) => f.name === 'outcome')?.choices?.find((c) => c.name === name), language),
		why: feeding === 'feed-back' && NEEDS_MEETING.includes(name) ? (grave ? t.face : state === 'signed' ? t.notYet : undefined) : undefined, run: () => setOutcome({ step: feeding, outcome: name }),
	})) : [];
	const others: Act[] = [
		{ key: 'k', step: 'code', label: t.code, run: () => void getCode() },
		{ key: 'u', step: 'upgrade', label: t.upgrade, run: () => void plain('upgrade', t.upgraded)() },
		{ key: 'n', step: 'not-found', label: t['not-found'], run: () => setDialog({ machine, step: 'not-found', object: warning }) },
		{ key: 's', step: 'sms', label: t.sms, run: () => void plain('sms', t.smsDone)() },
		{ key: 'v', step: 'visit', label: t.visit, primary: grave && state === 'contacted', run: () => void plain('visit', t.visitDone, true)() },
		{ key: 'o', step: 'ask-operator', label: t.operator, run: () => setDialog({ machine, step: 'ask-operator', object: warning }) },
		{ key: 't', step: 'transfer', label: t.transfer, run: () => setDialog({ machine, step: 'transfer', object: warning }) },
		{ key: 'i', step: 'ai-call', label: t.ai, run: () => void plain('ai-call', t.ai)() },
	].filter((a) => (a.step === 'code' ? can('call') : can(a.step)));
	const first: Act[] = can('sign') ? [{ key: 'Enter', step: 'sign', label: t.take, primary: true, run: () => void take() }] : [];
	const last: Act[] = [{ key: '0', step: 'aside', label: t.aside, run: onAside }];
	const all = [...first, ...calls, ...outcomes, ...others, ...last];
	useKeys(Object.fromEntries(all.map((a) => [a.key.toLowerCase(), a.why === undefined ? a.run : undefined])));

	return (
		<div className="stack">
			{first.length > 0 && <Row title={t.step1} hint={t.takeHint} acts={first} />}
			{calls.length > 0 && <Row title={t.step2} hint={t.step2Hint} acts={calls} />}
			{code !== null && <CallCode code={code} again={() => void getCode()} />}
			{state === 'visiting' && <Alert type="info" title={t.visiting} />}
			{outcomes.length > 0 && <Row title={feeding === 'revisit' ? t.revisit : t.step3} hint={feeding === 'revisit' ? t.revisitHint : outcomes.find((o) => o.why !== undefined)?.why} acts={outcomes} />}
			<Row title={t.others} acts={[...others, ...last]} small />
			{outcome !== null && <OutcomeDialog outcome={outcome.outcome} scam={scam} onClose={() => setOutcome(null)}
				onSend={async (fed) => { const done = await step(warning, outcome.step, outcome.step === 'revisit' ? { outcome: outcome.outcome, note: fed.note } : { outcome: outcome.outcome, ...fed }, t.done); if (done !== undefined) onEnd(); return done !== undefined; }} />}
			<StepDialog ask={dialog} onClose={() => setDialog(null)} onDone={(d) => { setDialog(null); stepped(d); if (dialog?.step !== 'ask-operator') onEnd(); }} />
		</div>
	);
}
function Row({ title, hint, acts, small = false }: { title: string; hint?: string; acts: Act[]; small?: boolean }) {
	return (
		<section className="acts" aria-label={title}>
			<h3 className="sub">{title}{hint !== undefined && <span className="faint"> {hint}</span>}</h3>
			<div className="row">{acts.map((a) => (
				<Button key={a.step} size={small ? 'middle' : 'large'} type={a.primary === true ? 'primary' : 'default'} disabled={a.why !== undefined} title={a.why} data-do={a.step} aria-keyshortcuts={a.key} onClick={a.run}><Key name={a.key.length === 1 ? a.key.toUpperCase() : a.key} />{a.label}</Button>
			))}</div>
		</section>
	);
}
