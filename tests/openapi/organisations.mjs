// organisations.mjs - what doc/openapi.json says of organisations, against a service that has some: parts of alerts that are hidden, rates, exceptions.
//
//   node organisations.mjs DOCUMENT URL POLICE BANK CLOSED LAST NOBODY CERTIFIED
//
// Keys of organisations: one that sees everything; one that sees its own, with one event a second and four at once; two whose exceptions are rehearsed, fail-closed
// and last-known; one without a table; one whose keys need a client certificate.
import { Description, ask, check, checked } from './service.mjs';

const [documentPath, url, police, bank, closed, last, nobody, certified] = process.argv.slice(2);
const d = new Description(documentPath);
const decide = d.named('decide');

function call(id, bearer, replace = {}, options = {}) {
	const o = d.named(id);
	const t = d.target(o, replace);
	const { body = d.bodies(o, replace)[0].body, headers = {} } = options;
	return ask(`${id} ${t.to}`, o.method, url + t.to, { bearer, body, headers: { ...t.headers, ...headers } });
}
async function right(id, bearer, replace, options) {
	return d.judge(await call(id, bearer, replace, options), d.named(id), 200);
}
async function wrong(id, status, type, bearer, replace, options) {
	const reply = await call(id, bearer, replace, options);
	const body = d.judge(reply, d.named(id), status);
	check(body.type === `urn:duanka:problem:${type}`, `${reply.what}: ${body.type}`, reply.text);
}
const call_of = (second) => ({
	body: JSON.stringify({ event: 'call', time: `2024-03-04T10:00:0${second}+08:00`, caller: '13800138000', callee: '13900139000', talk: 44 }),
	headers: { 'Idempotency-Key': `call ${second}` },
});

// Its own event: the fields are the organisation's, what was computed from windows is not.
await right('decide', bank, {}, call_of(1));
const decision = await right('decide', bank, {}, call_of(2));
check(decision.alerts.some((a) => a.rule === 'each' && a.because.hidden), 'the reason is not hidden', decision);
check(decision.alerts[0].about.token !== undefined, 'its own caller is hidden', decision);
const { alerts: some } = await right('alerts', bank);
const of = (alerts, rule) => alerts.filter((a) => a.rule === rule);
check(of(some, 'each').length > 0 && of(some, 'each').every((a) => a.because.hidden && a.about.token && !a.about.reads), 'alerts as the bank sees them', some);
check(of(some, 'quiet').every((a) => a.because.en === 'one'), 'a reason that was computed from nothing is hidden', some);
check(some.some((a) => a.evidence.some((e) => e.hidden)) && some.some((a) => a.values.some((v) => v.hidden)), 'evidence and values are not hidden', some);
const { alerts: all } = await right('alerts', police);
check(all.length === some.length && all.every((a) => !a.because.hidden && a.because.reads !== undefined && a.organisation === 2), 'alerts as the police see them', all);
const { alerts: none } = await right('alerts', nobody);
check(none.length === 0, 'an organisation without a table sees alerts', none);
const explanation = await right('explain', bank, { id: decision.explanation });
const { alerts: explained } = explanation;
check(explanation.outcome === 'accepted' && explanation.severity === 'red' && explanation.record.fields.caller.token !== undefined, 'its own decision', explanation);
await wrong('explain', 404, 'unknown', nobody, { id: decision.explanation });
await wrong('explain', 404, 'unknown', bank, { id: 1 });
check(of(explained, 'each').length === 1 && of(explained, 'each')[0].because.hidden, 'an explanation hides less than the alert', explained);
await wrong('entity', 403, 'visibility', bank, { token: some[0].about.token });
await right('entity', police, { token: some[0].about.token });
await wrong('backtest', 403, 'visibility', bank);
const { records: contacts } = await right('contacts', bank, { token: some[0].about.token });
check(contacts.length === 2 && contacts.every((x) => x.roles.join() === 'caller'), 'its contacts', contacts);
check((await right('contacts', nobody, { token: some[0].about.token })).records.length === 0, 'contacts are shown to somebody else');

// A record in the quarantine is its sender's.
d.judge(await call('decide', bank, {}, { body: '{' }), decide, 422);
const { records } = await right('quarantine', bank);
check(records.length === 1 && records[0].organisation === 2, 'the record is not its sender\'s', records);
const { number } = records[0];
await wrong('held', 404, 'unknown', nobody, { number });
await right('held', bank, { number });
check((await right('quarantine', nobody)).records.length === 0, 'a record is shown to somebody else');

// A job is told to the organisation that began it.
const begun = d.judge(await call('backtest', police), d.named('backtest'), 202);
await right('job', police, { job: begun.job });
await wrong('job', 404, 'unknown', bank, { job: begun.job });

// Exceptions, rehearsed; the event is taken all the same.
const held = await right('decide', closed, {}, call_of(3));
check(held.outcome === 'exception' && held.exception === 'fail-closed' && held.severity === 'purple' && held.taken, 'fail-closed', held);
const known = await right('decide', last, {}, call_of(4));
check(known.outcome === 'exception' && known.exception === 'last-known' && known.severity === 'red' && known.explanation !== undefined, 'last-known', known);
for (const budget of ['0', '60001', '1.5', 'soon'])
	await wrong('decide', 400, 'budget', police, {}, { headers: { 'X-Budget-Ms': budget } });
const within = await right('decide', police, {}, { ...call_of(5), headers: { 'X-Budget-Ms': '60000' } });
check(within.outcome === 'accepted', 'a budget of a minute', within);

// A good key without the certificate that goes with it.
for (const id of ['decide', 'alerts', 'policies', 'explain'])
	await wrong(id, 401, 'certificate', certified);

// Rates: a batch that can never pass, and more than may pass now. A bound of 200 is far above four.
await wrong('events', 413, 'burst', bank, {}, { body: '{}\n'.repeat(5) });
let limited = false;
for (let i = 0; i < 200 && !limited; i++) {
	const reply = await call('decide', bank, {}, call_of(6));
	const body = d.judge(reply, decide);
	limited = reply.answer.status === 429 && body.type === 'urn:duanka:problem:rate';
}
check(limited, 'the rate does not limit');
console.log(`organisations: ${checked()} checks`);
