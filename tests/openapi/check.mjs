// check.mjs - doc/openapi.json against OpenAPI 3.1, against the list of routes, and against a running service: every operation is asked at least
// once with the examples of the document, then asked wrongly, and each status and body has to be one that the document declares.
//
//   node check.mjs DOCUMENT ROUTES URL KEY WEAK-KEY    (keys: one with every scope, one with none that a path asks for but metrics)
//
// A new operation needs nothing here as long as its examples work on a fresh service after the operations before it. Where an example can't be fixed
// in the document, because it names something that the service makes (a position, a token), a line in `live` takes it out of earlier answers.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [documentPath, routesPath, url, key, weak] = process.argv.slice(2);
const text = readFileSync(documentPath, 'utf8');
const document = JSON.parse(text);
const methods = ['get', 'put', 'post', 'delete', 'patch'];
let checks = 0;

function fail(what, more) {
	console.error(`openapi: ${what}`);
	if (more !== undefined) console.error(typeof more === 'string' ? more : JSON.stringify(more, null, 1));
	process.exit(1);
}
function check(ok, what, more) {
	checks++;
	if (!ok) fail(what, more);
}

// ---- the document by itself ----

const validity = await new Validator().validate(structuredClone(document));
check(validity.valid, 'the document is not valid OpenAPI', validity.errors);
check(document.openapi.startsWith('3.1.'), 'the document is not OpenAPI 3.1');

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'document');
const compiled = new Map();
function validator(pointer) {
	if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `document#${pointer}` }));
	return compiled.get(pointer);
}
function escaped(part) {
	return part.replaceAll('~', '~0').replaceAll('/', '~1');
}
// Follows references; gives what is there and where.
function at(pointer) {
	let node = document;
	for (const part of pointer.split('/').slice(1)) node = node[part.replaceAll('~1', '/').replaceAll('~0', '~')];
	if (node !== undefined && node.$ref !== undefined) return at(node.$ref.slice(1));
	return { node, pointer };
}
const pointers = text.matchAll(/"\$ref": "#([^"]*)"/g);
for (const [, pointer] of pointers) check(at(pointer).node !== undefined, `nothing is at #${pointer}`);

const operations = [];
for (const [path, item] of Object.entries(document.paths))
	for (const method of methods)
		if (item[method] !== undefined)
			operations.push({ path, method, pointer: `/paths/${escaped(path)}/${method}`, operation: item[method] });
const ids = operations.map((o) => o.operation.operationId);
check(new Set(ids).size === ids.length, 'an operationId stands twice');

// Examples fit their schemas, and every schema compiles.
for (const name of Object.keys(document.components.schemas)) validator(`/components/schemas/${name}`);
for (const { pointer, operation } of operations) {
	(operation.parameters ?? []).forEach((_, i) => {
		const parameter = at(`${pointer}/parameters/${i}`);
		const fits = validator(`${parameter.pointer}/schema`);
		if (parameter.node.example !== undefined)
			check(fits(parameter.node.example), `the example of ${parameter.node.name} does not fit`, fits.errors);
		check(parameter.node.in !== 'path' || parameter.node.example !== undefined, `${pointer}: ${parameter.node.name} has no example`);
	});
	for (const [type, content] of Object.entries(operation.requestBody?.content ?? {})) {
		const fits = validator(`${pointer}/requestBody/content/${escaped(type)}/schema`);
		check(Object.keys(content.examples ?? {}).length > 0, `${pointer}: its body has no example`);
		for (const [name, example] of Object.entries(content.examples))
			check(fits(example.value), `${pointer}: the example ${name} does not fit`, fits.errors);
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

const live = { token: undefined, id: undefined }; // by name of parameter
const exampleToken = at('/paths/~1v1~1entities~1{kind}~1{token}/get').node.parameters.find(({ name }) => name === 'token').example;
const ids_made = {}; // of the desk: the newest by letter
async function learn(body) {
	for (const id of [body?.object?.id, body?.object?.fields?.measure])
		if (typeof id === 'string') ids_made[id[0]] = id;
	const about = body?.alerts?.[0]?.about;
	if (about !== undefined) live.token ??= about.token;
	if (body?.explanation !== undefined) live.id ??= body.explanation;
	if (body?.job !== undefined) {
		live.job = body.job;
		await jobEnds(body.job); // what comes next may need what comes of it
	}
}
async function jobEnds(id) {
	for (let tries = 0; ; tries++) {
		const job = judge(await ask(`job ${id}`, 'get', `/v1/jobs/${id}`), '/paths/~1v1~1jobs~1{job}/get/responses', 200);
		if (job.state === 'waiting' || job.state === 'running') {
			check(tries < 100000, `job ${id} does not end`, job);
			continue;
		}
		check(job.state === 'done', `job ${id} has ${job.state}`, job);
		return;
	}
}

async function ask(what, method, target, { headers = {}, body, bearer = key } = {}) {
	const control = new AbortController();
	if (bearer !== null) headers = { Authorization: `Bearer ${bearer}`, ...headers };
	const answer = await fetch(url + target, { method: method.toUpperCase(), headers, body, signal: control.signal });
	const type = (answer.headers.get('content-type') ?? '').split(';')[0];
	if (type === 'text/event-stream') { // without end: its first piece is enough
		const first = await answer.body.getReader().read();
		control.abort();
		return { what, answer, type, text: new TextDecoder().decode(first.value) };
	}
	return { what, answer, type, text: await answer.text() };
}

// Only the head, with the length of a body that does not come: the service need not wait for it.
function announce(what, method, target, length) {
	return new Promise((resolve, reject) => {
		const headers = { Authorization: `Bearer ${key}`, 'Content-Length': length };
		const asked = request(url + target, { method: method.toUpperCase(), headers }, async (answer) => {
			let text = '';
			for await (const piece of answer) text += piece;
			const type = answer.headers['content-type'].split(';')[0];
			resolve({ what, answer: { status: answer.statusCode, headers: new Headers(answer.headers) }, type, text });
		});
		asked.on('error', reject);
		asked.flushHeaders();
	});
}

// The answer is one that the document declares under `responses`, or as the one response `as` (pointers).
function judge({ what, answer, type, text }, responses, status, as = `${responses}/${answer.status}`) {
	const declaredAs = at(as);
	if (status !== undefined) check(answer.status === status, `${what}: HTTP ${answer.status} instead of ${status}`, text);
	check(declaredAs.node !== undefined, `${what}: HTTP ${answer.status} is not declared`, text);
	check(declaredAs.node.content?.[type] !== undefined, `${what}: ${answer.status} came as ${type}`, text);
	for (const name of Object.keys(declaredAs.node.headers ?? {}))
		check(answer.headers.has(name), `${what}: ${answer.status} lacks the header ${name}`);
	const body = type.endsWith('json') && !type.endsWith('ndjson') ? JSON.parse(text) : text;
	const fits = validator(`${declaredAs.pointer}/content/${escaped(type)}/schema`);
	check(fits(body), `${what}: the body of ${answer.status} does not fit its schema`, { errors: fits.errors, body });
	return body;
}

function target({ path, pointer, operation }, replace = {}) {
	const query = new URLSearchParams();
	const headers = {};
	let filled = path;
	(operation.parameters ?? []).forEach((_, i) => {
		const { node } = at(`${pointer}/parameters/${i}`);
		const made = node.name === 'object' ? ids_made[node.example[0]] : undefined;
		const value = replace[node.name] ?? made ?? live[node.name] ?? node.example;
		if (value === undefined) return;
		if (node.in === 'path') filled = filled.replace(`{${node.name}}`, encodeURIComponent(value));
		else if (node.in === 'query') query.set(node.name, value);
		else headers[node.name] = `${value}`;
	});
	return { to: filled + (query.size > 0 ? `?${query}` : ''), headers };
}
function bodies(operation) {
	const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
	if (type === undefined) return [{}];
	return Object.values(content.examples).map(({ value }) => ({
		body: (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(exampleToken, live.token ?? exampleToken)
			.replaceAll(/([A-Z])-0"/g, (_, letter) => `${ids_made[letter]}"`),
		headers: { 'Content-Type': type },
	}));
}

for (const o of operations)
	for (const { body, headers } of bodies(o.operation)) {
		const t = target(o);
		const what = `${o.method} ${t.to}`;
		const reply = await ask(what, o.method, t.to, { body, headers: { ...headers, ...t.headers } });
		await learn(judge(reply, `${o.pointer}/responses`));
		const expected = o.operation['x-example-status'] ?? [];
		check(reply.answer.status < 400 || reply.answer.status === 501 || expected.includes(reply.answer.status), `${what}: the example is refused`, reply.text);
	}
const served = await ask('openapi', 'get', '/v1/openapi.json');
check(served.text === text, 'the service has another document than this one');

// ... and asked wrongly.
const refused = new Set();
for (const o of operations) {
	const responses = `${o.pointer}/responses`;
	const t = target(o);
	const [{ body }] = bodies(o.operation);
	if ((o.operation.security ?? []).length > 0) {
		for (const bearer of [null, `${key}x`]) { // who guesses is told so after a while
			const reply = await ask(`${t.to} with the key ${bearer}`, o.method, t.to, { body, bearer });
			judge(reply, responses, reply.answer.status === 429 ? 429 : 401);
			refused.add(reply.answer.status);
		}
		if (!o.operation.security[0].key.includes('metrics'))
			judge(await ask(`${t.to} without the scope`, o.method, t.to, { body, bearer: weak }), responses, 403);
	}
	judge(await ask(`${t.to} with %00`, o.method, `${t.to}%00`, { body }), responses, 400);
	const other = await ask(`BREW ${t.to}`, 'brew', t.to);
	judge(other, responses, 405, '/components/responses/MethodNotAllowed');
	const fitting = ({ path, pointer, operation }) => {
		const values = { ...Object.fromEntries((operation.parameters ?? []).map((_, i) => at(`${pointer}/parameters/${i}`).node).map((p) => [p.name, p.schema.enum])) };
		const pattern = path.replaceAll('.', '[.]').replaceAll(/\{([^}]*)\}/g, (_, name) => (values[name] === undefined ? '[^/]+' : `(${values[name].join('|')})`));
		return new RegExp(`^${pattern}$`).test(decodeURIComponent(t.to.split('?')[0])); // {id} stands for validate, too
	};
	const allowed = operations.filter(fitting).flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
	check(other.answer.headers.get('allow').split(', ').sort().join() === allowed.sort().join(), `${t.to}: Allow is ${other.answer.headers.get('allow')}`);
	if ('404' in o.operation.responses && o.path.includes('{')) {
		const wrong = Object.fromEntries((o.operation.parameters ?? []).map((_, i) => [at(`${o.pointer}/parameters/${i}`).node, 0])
			.filter(([p]) => p.in === 'path').map(([p]) => [p.name, '999999999999']));
		judge(await ask(`${o.path} of nothing`, o.method, target(o, wrong).to, { body }), responses, 404);
	}
	if ('413' in o.operation.responses)
		judge(await announce(`${t.to} with too much`, o.method, t.to, 1 << 30), responses, 413);
	if (o.operation.operationId === 'decide') {
		judge(await ask('no JSON', o.method, t.to, { body: '{' }), responses, 422);
		judge(await ask('no field', o.method, t.to, { body: '{"event":"call","time":"2024-03-04"}' }), responses, 422);
		judge(await ask('no idempotency key', o.method, t.to, { body, headers: { 'Idempotency-Key': 'x'.repeat(300) } }), responses, 400);
	}
}
check(refused.has(401) && refused.has(429), 'requests without a valid key', [...refused]);
console.log(`${operations.length} operations, ${checks} checks`);
