// service.mjs - what the checks here share: the document, requests, and the judgement whether an answer is one that the document declares.
import { readFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as sealed } from 'node:https';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

let checks = 0;
export function fail(what, more) {
	console.error(`openapi: ${what}`);
	if (more !== undefined) console.error(typeof more === 'string' ? more : JSON.stringify(more, null, 1));
	process.exit(1);
}
export function check(ok, what, more) {
	checks++;
	if (!ok) fail(what, more);
}
export const checked = () => checks;

export function escaped(part) {
	return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

export class Description {
	constructor(path) {
		this.text = readFileSync(path, 'utf8');
		this.document = JSON.parse(this.text);
		this.ajv = new Ajv2020({ strict: false, allErrors: true });
		addFormats(this.ajv);
		this.ajv.addSchema(this.document, 'document');
		this.compiled = new Map();
		this.operations = [];
		for (const [path, item] of Object.entries(this.document.paths))
			for (const [method, operation] of Object.entries(item))
				this.operations.push({ path, method, pointer: `/paths/${escaped(path)}/${method}`, operation });
	}

	validator(pointer) {
		if (!this.compiled.has(pointer)) this.compiled.set(pointer, this.ajv.compile({ $ref: `document#${pointer}` }));
		return this.compiled.get(pointer);
	}

	// Follows references; gives what is there and where.
	at(pointer) {
		let node = this.document;
		for (const part of pointer.split('/').slice(1)) node = node?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
		if (node !== undefined && node.$ref !== undefined) return this.at(node.$ref.slice(1));
		return { node, pointer };
	}

	named(operationId) {
		const found = this.operations.find(({ operation }) => operation.operationId === operationId);
		check(found !== undefined, `there is no operation ${operationId}`);
		return found;
	}

	parameters({ pointer, operation }) {
		return (operation.parameters ?? []).map((_, i) => this.at(`${pointer}/parameters/${i}`));
	}

	// The bodies of an operation's examples, each with its headers; `replace` has members by name.
	bodies({ operation }, replace = {}) {
		const all = Object.entries(operation.requestBody?.content ?? {}).flatMap(([type, content]) =>
			Object.values(content.examples).map(({ value }) => ({
				body: typeof value === 'string' ? value : JSON.stringify(value, (name, v) => replace[name] ?? v),
				headers: { 'Content-Type': type },
			})));
		return all.length > 0 ? all : [{ headers: {} }];
	}

	// Address and headers of an operation: the parameters' examples, or what `replace` has for them.
	target(o, replace = {}) {
		const query = new URLSearchParams();
		const headers = {};
		let to = o.path;
		for (const { node } of this.parameters(o)) {
			const value = replace[node.name] ?? node.example;
			if (value === undefined) continue;
			if (node.in === 'path') to = to.replace(`{${node.name}}`, encodeURIComponent(value));
			else if (node.in === 'query') query.set(node.name, value);
			else headers[node.name] = `${value}`;
		}
		return { to: to + (query.size > 0 ? `?${query}` : ''), headers };
	}

	// The answer is one that the document declares under the operation's responses, or as the one response `as` (a pointer).
	judge({ what, answer, type, text }, o, status, as = `${o.pointer}/responses/${answer.status}`) {
		const declared = this.at(as);
		if (status !== undefined) check(answer.status === status, `${what}: HTTP ${answer.status} instead of ${status}`, text);
		check(declared.node !== undefined, `${what}: HTTP ${answer.status} is not declared`, text);
		check(declared.node.content?.[type] !== undefined, `${what}: ${answer.status} came as ${type}`, text);
		for (const [name, { schema }] of Object.entries(declared.node.headers ?? {}).map(([name, h]) => [name, h.$ref ? this.at(h.$ref.slice(1)).node : h])) {
			check(answer.headers[name.toLowerCase()] !== undefined, `${what}: ${answer.status} lacks the header ${name}`);
			if (schema.type === 'integer')
				check(Number(answer.headers[name.toLowerCase()]) >= schema.minimum, `${what}: ${name} is ${answer.headers[name.toLowerCase()]}`);
		}
		const body = type.endsWith('json') && !type.endsWith('ndjson') ? JSON.parse(text) : text;
		const fits = this.validator(`${declared.pointer}/content/${escaped(type)}/schema`);
		check(fits(body), `${what}: the body of ${answer.status} does not fit its schema`, { errors: fits.errors, body });
		return body;
	}
}

// One request. `length`: only the head, with the length of a body that does not come; `from`: the address that asks. Of a stream, which has no
// end, the first piece is the answer.
export function ask(what, method, url, { headers = {}, body, bearer, length, from } = {}) {
	return new Promise((resolve, reject) => {
		const all = { ...headers };
		if (bearer !== undefined) all.Authorization = `Bearer ${bearer}`;
		if (length !== undefined || body !== undefined) all['Content-Length'] = length ?? Buffer.byteLength(body);
		const asked = (url.startsWith('https:') ? sealed : plain)(url, { method: method.toUpperCase(), headers: all, localAddress: from, agent: false }, async (answer) => {
			const type = (answer.headers['content-type'] ?? '').split(';')[0];
			let text = '';
			answer.setEncoding('utf8'); // a character may be cut by a piece
			try {
				for await (const piece of answer) {
					text += piece;
					if (type === 'text/event-stream') break;
				}
			} catch (e) {
				reject(e);
			}
			asked.destroy();
			resolve({ what, answer: { status: answer.statusCode, headers: answer.headers }, type, text });
		});
		asked.on('error', reject);
		if (length !== undefined) asked.flushHeaders();
		else asked.end(body);
	});
}
