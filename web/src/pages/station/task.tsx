// task.tsx - one warning in an officer's hand: who, where it stands, one big button for what is next, then the rest.
import { Alert, Button, Form, Input, InputNumber, Select, Steps } from 'antd';
import { useState } from 'react';
import type { DeskObject } from '../../api/types';
import { useStep } from '../../desk/act';
import { History, Steps as Acts, useObject } from '../../desk/object';
import { ScriptView } from '../../desk/script';
import { Why } from '../../desk/why';
import { named, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { Panel } from '../../ui/page';
import { Countdown, Grade, StateTag } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Who } from './plain';
import { CALLS, OUTCOMES, texts } from './texts';

const AT: Record<string, number> = { graded: 0, issued: 0, signed: 1, contacted: 2, visiting: 3, met: 5, 'fed-back': 6, reviewed: 6, closed: 6 };

export default function Task({ id }: { id: string }) {
	const of = useObject(id);
	return <Asked of={of}>{(w) => <Whole warning={w} />}</Asked>;
}
function Whole({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [scam, setScam] = useState(warning.script ?? 'unknown');
	const shown = ['sign', 'call', 'visit', 'verify-identity', 'meet', 'feed-back', 'revisit', 'add', 'alert'];
	const at = (AT[warning.state.name] ?? 0) + (warning.state.name === 'visiting' && warning.fields.identity === 1 ? 1 : 0);
	return (
		<div className="stack task" data-task={warning.id} data-state={warning.state.name}>
			<Panel>
				<div className="row"><Grade grade={warning.grade ?? 0} /><StateTag state={warning.state} /><span className="faint mono">{warning.id}</span></div>
				<Why warning={warning} />
				{warning.due.map((d) => <div key={d.name}><Countdown to={d.at} label={named(d, language)} /></div>)}
			</Panel>
			<Panel title={t.todo}><Next warning={warning} /></Panel>
			<Panel title={t.who}><Who warning={warning} /></Panel>
			<Panel title={t.script}><ScriptView type={scam} onScam={setScam} parts={['door', 'ask', 'spell', 'now']} /></Panel>
			<Panel title={t.more}><Steps size="small" orientation="vertical" current={at} items={t.steps.map((title) => ({ title }))} /><Acts object={warning} hide={shown} /></Panel>
			<Panel title={t.history}><History object={warning} /></Panel>
		</div>
	);
}

function Next({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const step = useStep();
	const [busy, setBusy] = useState(false);
	const can = (name: string): boolean => warning.steps?.some((s) => s.name === name) ?? false;
	const go = async (name: string, fields: Record<string, unknown> = {}) => { setBusy(true); await step(warning, name, fields, t.done); setBusy(false); };
	const big = (name: string, label: string, primary = true) => <Button key={name} size="large" block type={primary ? 'primary' : 'default'} disabled={busy} data-do={name} onClick={() => void go(name)}>{label}</Button>;
	const identified = warning.fields.identity === 1;
	const grave = (warning.grade ?? 0) >= 2;
	const may = (outcome: string): boolean => !['persuaded', 'revisit'].includes(outcome) || warning.state.name === 'met' || (!grave && warning.fields.contacted !== undefined);
	if (can('sign')) return big('sign', t.sign);
	if (warning.state.name === 'fed-back') return <Alert type="success" title={t.waitReview} />;
	return (
		<div className="stack">
			{can('call') && warning.state.name !== 'visiting' && <div className="stack"><strong>{t.calls}</strong><div className="pair">{CALLS.map((r) => <Button key={r} size="large" disabled={busy} data-do={`call-${r}`} onClick={() => void go('call', { call_result: r })}>{t[r]}</Button>)}</div></div>}
			{can('visit') && big('visit', t.visit)}
			{can('verify-identity') && !identified && warning.state.name === 'visiting' && big('verify-identity', t.verify)}
			{can('meet') && <Meet disabled={busy || !identified} send={(proof) => go('meet', { proof })} hint={identified ? undefined : t.verifyFirst} />}
			{can('feed-back') && <Feed send={(f) => go('feed-back', f)} may={may} />}
			{can('revisit') && <Feed send={(f) => go('revisit', { outcome: f.outcome, note: f.note })} may={() => true} title={t.revisit} />}
		</div>
	);
}

function Meet({ disabled, hint, send }: { disabled: boolean; hint?: string; send: (proof: string) => Promise<void> }) {
	const t = useTexts(texts);
	return (
		<Form layout="vertical" onFinish={(f: { proof: string }) => void send(f.proof)}>
			<Form.Item name="proof" label={t.proof} extra={hint ?? t.proofHint} rules={[{ required: true, message: t.proof }]}><Input.TextArea rows={2} maxLength={1000} disabled={disabled} /></Form.Item>
			<Button size="large" block type="primary" htmlType="submit" disabled={disabled} data-do="meet">{t.meet}</Button>
		</Form>
	);
}
interface Fed { outcome?: string; note?: string; scam?: string; amount?: number }
function Feed({ send, may, title }: { send: (f: Record<string, unknown>) => Promise<void>; may: (outcome: string) => boolean; title?: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { fields } = useMachine('warning');
	const [outcome, choose] = useState<string | null>(null);
	const choices = (name: string) => fields.find((f) => f.name === name)?.choices ?? [];
	const scams = choices('scam').map((c) => ({ value: c.name, label: named(c, language) }));
	return (
		<div className="stack">
			<strong>{title ?? t.feed}</strong>
			{OUTCOMES.some((o) => !may(o)) && <span className="faint">{t.face}</span>}
			<div className="pair">{OUTCOMES.map((o) => <Button key={o} size="large" disabled={!may(o)} type={outcome === o ? 'primary' : 'default'} aria-pressed={outcome === o} data-outcome={o} onClick={() => choose(o)}>{named(choices('outcome').find((c) => c.name === o), language)}</Button>)}</div>
			{outcome !== null && (
				<Form layout="vertical" onFinish={(f: Fed) => void send({ ...f, outcome })}>
					<Form.Item name="note" label={t.note}><Input size="large" maxLength={500} /></Form.Item>
					{title === undefined && <Form.Item name="scam" label={t.scam}><Select size="large" allowClear options={scams} /></Form.Item>}
					{title === undefined && <Form.Item name="amount" label={t.amount}><InputNumber size="large" prefix="¥" min={0} precision={2} style={{ width: '100%' }} /></Form.Item>}
					<Button size="large" block type="primary" htmlType="submit" data-do="feed-back">{t.send}</Button>
				</Form>
			)}
		</div>
	);
}
