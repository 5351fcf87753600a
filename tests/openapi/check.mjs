// check.mjs - doc/openapi.json against OpenAPI 3.1, against the list of routes, and against a running service: every operation is asked at least
// once with the examples of the document, then asked wrongly, and each status and body has to be one that the document declares.
//
//   node check.mjs DOCUMENT ROUTES URL KEY WEAK-KEY    (keys: one with every scope, one with none that a path asks for but metrics)
//
// A new operation needs nothing here as long as its examples work on a fresh service after the operations before it. Where an example can't be fixed
// in the document, because it names something that the service makes (a position, a token, a job), a line in `learn` takes it out of earlier answers.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Description, ask, check, checked, escaped } from './service.mjs';

const [documentPath, routesPath, url, key, weak] = process.argv.slice(2);
const d = new Description(documentPath);
const { operations } = d;

// ---- the document by itself ----

const validity = await new Validator().validate(structuredClone(d.document));
check(validity.valid, 'the document is not valid OpenAPI', validity.errors);
check(d.document.openapi.startsWith('3.1.'), 'the document is not OpenAPI 3.1');
for (const { path, method } of operations)
	check(['get', 'put', 'post', 'delete', 'patch'].includes(method), `${path}: ${method} is no method`);
const pointers = [...d.text.matchAll(/"\$ref": "#([^"]*)"/g)].map(([, pointer]) => pointer);
for (const pointer of pointers) check(d.at(pointer).node !== undefined, `nothing is at #${pointer}`);
for (const [group, parts] of Object.entries(d.document.components).filter(([group]) => group !== 'securitySchemes'))
	for (const name of Object.keys(parts))
		check(pointers.includes(`/components/${group}/${name}`) || name === 'MethodNotAllowed', `nothing refers to ${group}/${name}`);
const ids = operations.map((o) => o.operation.operationId);
check(new Set(ids).size === ids.length, 'an operationId stands twice');
const tags = d.document.tags.map((t) => t.name);
for (const { operation } of operations) check(operation.tags.every((t) => tags.includes(t)), `${operation.operationId} has an unknown tag`);

// Examples fit their schemas, and every schema compiles.
for (const name of Object.keys(d.document.components.schemas)) d.validator(`/components/schemas/${name}`);
for (const o of operations) {
	for (const parameter of d.parameters(o)) {
		const fits = d.validator(`${parameter.pointer}/schema`);
		if (parameter.node.example !== undefined)
			check(fits(parameter.node.example), `the example of ${parameter.node.name} does not fit`, fits.errors);
		check(parameter.node.in !== 'path' || parameter.node.example !== undefined, `${o.pointer}: ${parameter.node.name} has no example`);
	}
	for (const [type, content] of Object.entries(o.operation.requestBody?.content ?? {})) {
		const fits = d.validator(`${o.pointer}/requestBody/content/${escaped(type)}/schema`);
		check(Object.keys(content.examples ?? {}).length > 0, `${o.pointer}: its body has no example`);
		for (const [name, example] of Object.entries(content.examples))
			check(fits(example.value), `${o.pointer}: the example ${name} does not fit`, fits.errors);
	}
}

// ---- the document and the routes of the program ----

const declared = operations.map(({ path, method, operation }) => {
	const scopes = (operation.security ?? [{ key: ['?'] }]).flatMap((s) => s.key ?? []);
	return `${method.toUpperCase()} ${path.replaceAll(/\{[^}]*\}/g, '*')} ${scopes.join(',') || 'none'}`;
});
const routes = readFileSync(routesPath, 'utf8').trim().split('\n');
for (const route of routes) check(declared.includes(route), `the document lacks the route ${route}`, declared);
for (const route of declared) check(routes.includes(route), `the program lacks the route ${route}`, routes);

// ---- the document and the service ----

const live = {}; // by name of parameter or member, or by operation and name
const made = {}; // objects of the desk: the newest by letter
function learn(operationId, body) {
	for (const id of [body?.object?.id, body?.object?.fields?.measure]) if (typeof id === 'string') made[id.split('-')[0]] = id;
	live['screenAddress.screen'] = made.SC;
	live['materialPrint.material'] = made.MA;
	live['bulletinReceipts.bulletin'] = made.BU;
	live['deskPublicationMake.material'] = live['deskSlotMake.material'] = made.MA;
	live['deskReadingMake.bulletin'] = made.BU;
	live['deskAppealMake.target'] = made.M;
	live['deskView.object'] = made.I;
	live['deskInspectionMake.outlet'] = live['deskCorrectionMake.outlet'] = made.OU;
	live['callCode.object'] = made.W;
	if (operationId === 'publicReport') live['publicReportStatus.receipt'] = body.receipt;
	live['deskReplyMake.topic'] = made.TO;
	const about = body?.alerts?.[0]?.about;
	if (about !== undefined) live.token ??= about.token;
	if (body?.explanation !== undefined) live.id ??= body.explanation;
	if (body?.job !== undefined) live.job = body.job;
	if (operationId === 'alerts') live['alertVerdict.alert'] ??= body.alerts[0].id;
	if (operationId === 'keyMake') live['keyRevoke.key'] = body.made.id;
	if (operationId === 'proposeMatch') live.match = body.id;
	if (operationId === 'proposeChange') { // the first is approved, the last refused
		live['approveChange.proposal'] ??= `${body.id}`;
		live.proposal = `${body.id}`;
	}
	if (operationId === 'policies') live['rollbackPolicy.to'] ??= live['proposeChange.to'] ??= body.policies.at(-1).position;
	if (operationId === 'quarantine') {
		const [kept, dropped] = body.records.filter((x) => x.state === 'open').map((x) => x.number);
		live.number ??= kept;
		live['drop.number'] ??= dropped;
	}
}
function known(o) {
	const own = `${o.operation.operationId}.`;
	const mine = Object.entries(live).filter(([name]) => name.startsWith(own)).map(([name, value]) => [name.slice(own.length), value]);
	const object = d.parameters(o).map(({ node }) => (node.name === 'object' ? made[node.example.split('-')[0]] : undefined)).find((id) => id !== undefined);
	return { ...live, ...(object === undefined ? {} : { object }), ...Object.fromEntries(mine) };
}
function call(o, what, options = {}, replace = {}) {
	const t = d.target(o, { ...known(o), ...replace });
	const { body = d.bodies(o, { ...known(o), ...replace })[0].body, headers = {}, to = t.to, method = o.method, ...rest } = options;
	return ask(`${o.operation.operationId} ${what} (${method} ${to})`, method, url + to,
		{ bearer: key, body, headers: { ...t.headers, ...headers }, ...rest });
}
// Until the job is over; each look is a request of its own.
async function over(job) {
	const o = d.named('job');
	for (;;) {
		const body = d.judge(await call(o, 'of a job on its way', {}, { job }), o, 200);
		if (!['waiting', 'running'].includes(body.state)) return body;
	}
}

for (const o of operations)
	for (let i = 0; i < d.bodies(o).length; i++) {
		const reply = await call(o, `as example ${i + 1} has it`, d.bodies(o, known(o))[i]);
		const body = d.judge(reply, o);
		const expected = [501, ...(o.operation['x-example-status'] ?? [])];
		check(reply.answer.status < 400 || expected.includes(reply.answer.status), `${reply.what}: the example is refused`, reply.text);
		learn(o.operation.operationId, body);
		if (reply.answer.status === 202) {
			const job = await over(body.job);
			check(job.state === 'done', `${reply.what}: its job did not get done`, job);
		}
	}
const served = await ask('openapi', 'get', `${url}/v1/openapi.json`);
check(served.text === d.text, 'the service has another document than this one');

// ... and asked wrongly. Who guesses is slowed down: each operation is asked without a key from an address of its own.
const matches = (o, to) => {
	const values = Object.fromEntries(d.parameters(o).map(({ node }) => [node.name, node.schema.enum]));
	const pattern = o.path.replaceAll('.', '[.]').replaceAll(/\{([^}]*)\}/g, (_, name) => (values[name] === undefined ? '[^/]+' : `(${values[name].join('|')})`));
	return new RegExp(`^${pattern}$`).test(to.split('?')[0]);
};
for (const [i, o] of operations.entries()) {
	const from = `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}`;
	const { to } = d.target(o, known(o));
	if ((o.operation.security ?? []).length > 0) {
		d.judge(await call(o, 'without a key', { bearer: undefined, from }), o, 401);
		d.judge(await call(o, 'with a wrong key', { bearer: `${key}x`, from }), o, 401);
		if (!o.operation.security[0].key.includes('metrics'))
			d.judge(await call(o, 'without the scope', { bearer: weak }), o, 403);
	}
	d.judge(await call(o, 'with %00', { to: `${to}%00` }), o, 400);
	const other = await call(o, 'brewed', { method: 'brew' });
	d.judge(other, o, 405, '/components/responses/MethodNotAllowed');
	const allowed = operations.filter((other) => matches(other, to)).flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
	check(other.answer.headers.allow.split(', ').sort().join() === allowed.sort().join(), `${to}: Allow is ${other.answer.headers.allow}`);
	// Where the example itself gets 403, the key's organisation is none that the path is for.
	if ('404' in o.operation.responses && !(o.operation['x-example-status'] ?? []).includes(403)) {
		const inPath = d.parameters(o).filter(({ node }) => node.in === 'path').map(({ node }) => [node.name, '999999999999']);
		const wrong = inPath.length > 0 ? Object.fromEntries(inPath) : { token: '0'.repeat(32), to: 999999999999, object: 'I-999999999999' };
		d.judge(await call(o, 'of nothing', {}, wrong), o, 404);
	}
	if ('413' in o.operation.responses)
		d.judge(await call(o, 'with too much', { length: 1 << 30 }), o, 413);
}

// Bodies and parameters that are wrong: operation, what, status, the end of the problem's type, options.
const file = (text) => [{ path: 'a.dk', text }];
const faults = [
	['decide', 'no JSON', 422, 'event', { body: '{' }],
	['decide', 'no field', 422, 'event', { body: '{"event":"call","time":"2024-03-04"}' }],
	['decide', 'a key too long', 400, 'idempotency-key', { headers: { 'Idempotency-Key': 'x'.repeat(300) } }],
	['decide', 'no time at all', 400, 'budget', { headers: { 'X-Budget-Ms': '0' } }],
	['explain', 'a position that holds no event', 404, 'no-decision', {}, { id: '1' }],
	['explain', 'a position to come', 404, 'unknown', {}, { id: '999999999' }],
	['alertVerdict', 'no verdict', 400, 'body', { body: '{"verdict":"perhaps","why":"x"}' }],
	['alertVerdict', 'a number of somebody in its reason', 422, 'why', { body: '{"verdict":"true","why":"13800138000"}' }],
	['keyMake', 'no such scope', 422, 'scopes', {}, { scopes: ['everything'] }],
	['keyMake', 'roles without the desk', 422, 'roles', {}, { scopes: ['decide'] }],
	['keyMake', 'an end that is over', 422, 'until', {}, { until: '2024-01-01T00:00:00' }],
	['keyMake', 'a number of somebody in its note', 422, 'note', {}, { note: 'of 13800138000' }],
	['keyRevoke', 'no reason', 400, 'body', { body: '{}' }],
	['auditAccess', 'no time', 400, 'query', { to: '/v1/audit/access?from=soon' }],
	['auditPerson', 'a number of somebody in its reason', 422, 'reason', {}, { reason: '13800138000' }],
	['quarantine', 'no such state', 400, 'state', { to: '/v1/quarantine?state=lost' }],
	['held', 'no reason', 400, 'reason', {}, { reason: '' }],
	['mend', 'members that are not known', 400, 'body', { body: '{"recrod":"x"}' }],
	['mend', 'what was dropped', 409, 'dropped', {}, { number: live['drop.number'] }],
	['drop', 'no reason', 400, 'body', { body: '{}' }],
	['drop', 'what was mended', 409, 'mended', {}, { number: live.number }],
	['contacts', 'no reason', 400, 'body', { body: JSON.stringify({ kind: 'phone', token: live.token }) }],
	['contacts', 'no such kind', 400, 'kind', {}, { kind: 'planet' }],
	['token', 'no identifier', 422, 'value', {}, { value: 'somebody' }],
	['token', 'no such kind', 400, 'kind', {}, { kind: 'planet' }],
	['reveal', 'no token', 400, 'token', {}, { token: 'x' }],
	['reveal', 'what was erased', 404, 'unknown', {}],
	['erase', 'no token', 400, 'token', {}, { token: 'x' }],
	['loadPolicy', 'no JSON', 400, 'body', { body: '{' }],
	['loadPolicy', 'no reason', 400, 'why', {}, { why: ' ' }],
	['loadPolicy', 'no files', 400, 'body', {}, { files: [] }],
	['loadPolicy', 'a policy that is wrong', 422, 'policy', {}, { files: file('rule') }],
	['loadPolicy', 'another schema', 409, 'schema', {}, { files: file('entity account\nevent call { caller: account }\n') }],
	['validatePolicy', 'no files', 400, 'body', { body: '{}' }],
	['outlinePolicy', 'no files', 400, 'body', { body: '{}' }],
	['testPolicy', 'tests that are none', 400, 'body', {}, { tests: 'x' }],
	['testPolicy', 'a policy that is wrong', 422, 'policy', {}, { files: file('rule') }],
	['proposeChange', 'two ways at once', 400, 'body', { body: '{"why":"x","to":1,"rule":"each","mode":"off"}' }],
	['proposeChange', 'no reason', 400, 'why', {}, { why: '' }],
	['proposeChange', 'a policy that is wrong', 422, 'policy', { body: JSON.stringify({ why: 'x', files: file('rule') }) }],
	['refuseChange', 'what was refused', 409, 'settled', {}],
	['approveChange', 'what is in force', 409, 'settled', {}],
	['rollbackPolicy', 'no position', 400, 'body', {}, { to: 'x' }],
	['ruleMode', 'no such mode', 400, 'body', {}, { mode: 'loud' }],
	['backtest', 'an end before its beginning', 400, 'body', {}, { from: '2024-04-01' }],
	['backtest', 'a policy that is wrong', 422, 'policy', {}, { files: file('rule') }],
	['list', 'no token', 400, 'query', {}, { after: 'x' }],
	['listSet', 'an entry that is wrong', 422, 'entries', { body: '{"entries":[{"value":"somebody"},{}],"why":"x"}' }],
	['listSet', 'no reason', 400, 'why', { body: '{"entries":[{"value":"13800138001"}]}' }],
	['listSet', 'no entries', 400, 'entries', { body: '{"entries":[],"why":"x"}' }],
	['proposeMatch', 'itself', 422, 'terms', {}, { with: 't' }],
	['proposeMatch', 'a number of somebody in its purpose', 422, 'purpose', {}, { purpose: 'where is 13800138000' }],
	['consentMatch', 'no reason', 400, 'body', { body: '{}' }],
	['endMatch', 'what has ended', 409, 'phase', {}],
	['listRemove', 'an entry with an end', 422, 'entries', { body: '{"entries":[{"value":"13800138001","until":"2099-01-01"}],"why":"x"}' }],
];
for (const [id, what, status, type, options, replace] of faults) {
	const o = d.named(id);
	const reply = await call(o, `with ${what}`, options, replace);
	const body = d.judge(reply, o, status);
	check(body.type === `urn:duanka:problem:${type}`, `${reply.what}: ${body.type}`, reply.text);
}

// A record that is still wrong stays open.
const { records } = d.judge(await call(d.named('quarantine'), 'of what is open', {}, { state: 'open' }), d.named('quarantine'), 200);
d.judge(await call(d.named('mend'), 'with nothing better', { body: '{}' }, { number: records[0].number }), d.named('mend'), 422);
check(d.judge(await call(d.named('held'), 'that is open', {}, { number: records[0].number }), d.named('held'), 200).state === 'open',
	'a record that is still wrong is not open any more');

// What has rates: tokens for a key, requests without a valid key from an address. The bound is far above both.
async function until429(o, what, options) {
	for (let i = 0; i < 200; i++) {
		const reply = await call(o, what, options);
		d.judge(reply, o);
		if (reply.answer.status === 429) return;
	}
	check(false, `${what}: never 429`);
}
await until429(d.named('token'), 'again and again', {});
await until429(d.named('policy'), 'without a key again and again', { bearer: undefined, from: '127.0.2.1' });
console.log(`${operations.length} operations, ${checked()} checks`);
