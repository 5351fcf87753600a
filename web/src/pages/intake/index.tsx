// The intake seat: one screen for the call of victim, 110 or 96110, and bank. Facts are typed as they are told; as soon as the four of a stop order are there, sending them receives the report and orders
// the stop in the same step, and the order is watched beside the form. Everything by keys.
import { App, Button, Form, Tag } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { DeskList } from '../../desk/list';
import { ObjectDrawer, Steps, useObject, useStepped } from '../../desk/object';
import { ScriptView } from '../../desk/script';
import { send } from '../../desk/step';
import { duration, useLanguage, useTexts } from '../../i18n';
import { useDraft } from '../../kept';
import { useNow } from '../../live';
import { useMachine } from '../../session';
import { Key, useKeys } from '../../ui/keys';
import { Page, Panel } from '../../ui/page';
import { later } from '../../ui/later';
import { useRun } from '../../ui/problems';
import { StateTag } from '../../ui/show';
import { Loading } from '../../ui/states';
import { Duplicates } from './duplicates';
import { filled, news, whole, wholePhone, type Facts } from './facts';
import { FactsForm } from './form';
import { NEEDED, texts } from './texts';
import './intake.css';

const OrderLive = later(() => import('./order'), Loading, true);

const FIVE_MINUTES = 300_000;
/* One call: what was told, since when, the report that came of it, and what that has been told already. */
interface Call { facts: Facts; since: number | null; id: string | null; sent: Record<string, unknown> }
const NO_CALL: Call = { facts: { channel: '96110' }, since: null, id: null, sent: {} };
function Clock({ since, late }: { since: number | null; late: boolean }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const now = useNow();
	const ms = since === null ? 0 : now - since;
	return <span className="clock" data-late={late && ms > 120_000} role="timer">{t.clock} <strong className="mono">{duration(ms, language)}</strong>{late && ms > FIVE_MINUTES && <span> ⚠ {t.late}</span>}</span>;
}

export default function Intake() {
	const t = useTexts(texts);
	const machine = useMachine('incident');
	const { message } = App.useApp();
	const run = useRun();
	const stepped = useStepped();
	const [form] = Form.useForm<Facts>();
	const { value: call = NO_CALL, read, set } = useDraft<Call>('intake'); // a look at another page loses nothing
	const { facts, since, id } = call;
	const keep = useCallback((change: Partial<Call>) => {
		const then = { ...(read() ?? NO_CALL), ...change };
		set(then, Object.keys(news(then.facts, then.sent)).some((n) => n !== 'channel'));
	}, [read, set]);
	const [busy, setBusy] = useState(false);
	const [shown, show] = useState<string | null>(null);
	const of = useObject(id ?? '', id !== null);
	const incident = of.data;
	const stop = typeof incident?.fields.stop === 'string' ? incident.fields.stop : null;
	const missing = NEEDED.filter((n) => !filled(facts[n]));
	const changed = (f: Facts) => keep({ facts: f, since: read()?.since ?? Date.now() });
	const submit = async () => {
		if (busy) return;
		try { await form.validateFields(); } catch { return; }
		const told = read() ?? NO_CALL; // not what was shown last: keys are quicker
		const fields = news(told.facts, told.sent);
		if (incident === undefined && !filled(told.facts.caller) && !filled(told.facts.victim)) { void message.warning(t.nothing); form.focusField('caller'); return; }
		if (incident !== undefined) delete fields.channel;
		if (Object.keys(fields).length === 0) { void message.info(t.changed); return; }
		setBusy(true);
		const done = await run(() => send(machine, incident === undefined ? 'receive' : 'capture', fields, incident));
		setBusy(false);
		if (done === undefined) return;
		stepped(done);
		keep({ sent: { ...told.sent, ...fields }, id: done.object?.id ?? id });
		if (done.object === null) return;
		void message.success(done.object.fields.stop !== undefined && stop === null ? t.stopped : incident === undefined ? t.saved : t.added);
	};
	const fresh = () => {
		set(undefined, false);
		form.setFields((Object.keys(form.getFieldsValue()) as (keyof Facts)[]).map((name) => ({ name, value: NO_CALL.facts[name], errors: [] })));
		form.focusField('caller');
	};
	const join = incident?.steps?.some((s) => s.name === 'join') === true ? async () => { const done = await run(() => send(machine, 'join', {}, incident), t.joined); if (done !== undefined) stepped(done); } : undefined;
	useKeys({ 'alt+s': () => void submit(), 'alt+n': fresh, 'alt+j': join === undefined ? undefined : () => void join() });
	useEffect(() => { document.querySelector<HTMLInputElement>('#caller')?.focus(); }, []);

	return (
		<Page title={t.title} extra={<><Clock since={since} late={stop === null} /><Button onClick={fresh} aria-keyshortcuts="Alt+N"><Key name="Alt+N" />{t.fresh}</Button></>}>
			<div className="intake">
				<Panel className="intake-form" title={t.talk} extra={<span className="faint wide-only">{t.keys}</span>}>
					<FactsForm form={form} facts={facts} onChange={changed} onFinish={() => void submit()}
						caller={<Duplicates kind="phone" value={wholePhone(facts.caller)} except={[id ?? undefined]} open={show} />}
						account={<Duplicates kind="account" value={whole(facts.payee)} except={[id ?? undefined, stop ?? undefined]} open={show} />} />
				</Panel>
				<div className="stack intake-side">
					<Panel>
						<div className="stack" role="status">
							<div className="row" data-needed={missing.length}>{stop === null && <>{missing.length === 0 ? <strong style={{ color: 'var(--good)' }}>✓ {t.ready}</strong> : <span>{t.need}</span>}{NEEDED.map((n) => <Tag key={n} variant="outlined"><span style={missing.includes(n) ? undefined : { color: 'var(--good)', fontWeight: 600 }}>{missing.includes(n) ? '○' : '✓'} {t[n]}</span></Tag>)}</>}</div>
							<Button type="primary" size="large" block loading={busy} data-send aria-keyshortcuts="Alt+S" onClick={() => void submit()}><Key name="Alt+S" />{incident !== undefined ? t.more : missing.length === 0 ? t.send : t.sendPlain}</Button>
							{incident !== undefined && <div className="row" data-incident={incident.id}><span className="mono">{incident.id}</span><StateTag state={incident.state} /></div>}
							{join !== undefined && <Button block onClick={() => void join()} aria-keyshortcuts="Alt+J"><Key name="Alt+J" />{t.join}</Button>}
						</div>
					</Panel>
					<Panel title={t.order}>{stop === null ? <span className="faint">{t.orderNone}</span> : <OrderLive id={stop} />}</Panel>
					{incident !== undefined && <Panel title={t.other}><Steps object={incident} hide={['capture', 'join']} /></Panel>}
					<Panel title={t.script}><ScriptView type={facts.scam ?? 'unknown'} onScam={(scam) => { form.setFieldValue('scam', scam === 'unknown' ? undefined : scam); changed(form.getFieldsValue()); }} parts={['paid', 'ask']} /></Panel>
				</div>
				<Panel title={t.recent} className="intake-recent"><DeskList kind="incident" fields={['scam', 'amount', 'stop']} filter={{ mine: true, open: false, sort: 'changed' }} make={[]} height={260} /></Panel>
			</div>
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</Page>
	);
}
