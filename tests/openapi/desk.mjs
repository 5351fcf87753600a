// desk.mjs - the desk's part of doc/openapi.json, made from the machines' tables as GET /v1/desk/machines tells them, so that the two can't drift.
//
//   node desk.mjs DOCUMENT MACHINES           fails if the document has another part than the tables give
//   node desk.mjs DOCUMENT MACHINES --write   puts it in
//
// MACHINES is a file with the answer of GET /v1/desk/machines. What is made stands in lines of its own, one for a path and one for a schema, between those that are
// written by hand. Examples of bodies can't follow from tables: they stand here, and check.mjs asks a running service by them.
import { readFileSync, writeFileSync } from 'node:fs';

const [documentPath, machinesPath, mode] = process.argv.slice(2);
const { machines } = JSON.parse(readFileSync(machinesPath, 'utf8'));
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema, examples) => ({ 'application/json': examples === undefined ? { schema } : { schema, examples } });
const camel = (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => letter.toUpperCase());

// By kind: what makes one, and a step that it can take then; statuses that this may have, if the draw decides. "M-0" stands for a measure that the card's step made, "self" for the object itself.
const made = {
	incident: [{ channel: '110', caller: '139 1234 5678', amount: 12000.5, note: 'a refund that needs a deposit' }, 'join', {}],
	warning: [{ grade: 2, type: 'contact', evidence: [1], phone: '13800138001', district: 7 }, 'sign', {}],
	card: [{ step: 'list', phone: '13800138002', operator: 21, level: 1, basis: 'AFL-11', evidence: [1], person: '110101199003074610' }, 'notify', { method: 'counter', reason: 'many short calls to strangers' }],
	account: [{ step: 'register', account: '6222021234567890123', bank: 11 }, 'watch', { basis: 'AFL-18', evidence: [1] }],
	stop: [{ step: 'draft', account: '6222021234567890124', bank: 11, amount: '1000.00', evidence: [1], basis: 'AFL-20' }, 'cancel', {}],
	freeze: [{ account: '6222021234567890125', bank: 11, scope: 'full', case_no: 'A-2026-7', evidence: [1], basis: 'AFL-20', months: 6 }, 'cancel', {}],
	discipline: [{ person: '110101199003074610', ground: 'traded', evidence: [1], basis: 'AFL-31', items: 3 }, 'add-evidence', { evidence: [1, 2] }],
	appeal: [{ target: 'M-0', reason: 'the card is used by my mother' }, 'accept', {}],
	'device-report': [{ what: 'sim-box', evidence: [1], device: '862345678901230', district: 7 }, 'receive', {}],
	clue: [{ what: 'phone', phone: '13800138003' }, 'pass-on', { passed_to: 7 }],
	user: [{ login: 'li.lei', roles: 4 }, 'lock', {}],
	matter: [{ step: 'raise', sort: 'matter', title: 'one table of suspect agents', text: 'each member keeps its own' }, 'list', {}],
	meeting: [{ sort: 'joint', title: 'third joint meeting', when: '2026-06-01T09:00:00+08:00' }, 'call', { invited: 'banks, operators, media' }],
	'joint-event': [{ sort: 'fair', title: 'a day on the square', when: '2026-06-01T09:00:00+08:00' }, 'propose', {}],
	asset: [{ sort: 'slogan', name: 'never lend a card', licence: 'members', text: 'a card lent is a crime helped' }, 'propose', {}],
	outlet: [{ outlet: 'B370202-11', type: 'bank-outlet', name: '市南支行营业部', organisation: 11, address: '香港中路 1 号', district: 202 }, 'correct', { name: '市南支行' }],
	supply: [{}, 'order', { pieces: 1 }],
	inspection: [{ outlet: 'OU-0', planned: '2099-01-01T09:00:00+08:00' }, 'move', { planned: '2099-01-02T09:00:00+08:00' }],
	correction: [{ outlet: 'OU-0', item: 'notice-96110', fault: 'missing' }, 'waive', { note: 'there is one at the entrance' }],
	kit: [{ type: 'bank-outlet', paper_sign: 8, acrylic_sign: 4 }, 'change', { tv_loop: 1 }],
	member: [{ name: '青岛市民' }, 'leave', {}],
	topic: [{ title: '防骗提醒', body: '96110 来电请接听' }, 'pin', {}],
	reply: [{ topic: 'TO-0', body: '收到' }, 'hide', { ground: 'off-topic' }],
	query: [{ what: 'holder', account: '6222021234567890126', bank: 11, purpose: 'where the money went', case_no: 'A-2026-7' }, 'cancel', {}],
	material: [{ audience: 'everybody', title: '刷单就是诈骗', summary: '先垫付后返利的刷单都是诈骗' }, 'submit', {}],
	publication: [{ step: 'plan', material: 'MA-0', channel: 'web' }, 'withdraw', { reason: 'not yet' }],
	screen: [{ name: '大厅左侧', language: 'both' }, 'rotate', {}],
	slot: [{ step: 'plan', material: 'MA-0', seconds: 20, weekdays: 31 }, 'withdraw', {}],
	bulletin: [{ title: '冒充客服新话术', text: '要求下载会议软件并共享屏幕', scam: 'customer-service' }, 'submit', {}],
	reading: [{ bulletin: 'BU-0' }, undefined, undefined, 409], // of a draft
	course: [{ title: '柜面识诈', audience: 'outlets', scams: 510, questions: 5, pass: 80, months: 12, minutes: 20 }, 'edit', { minutes: 30 }],
	question: [{ code: 'tasks-01', scam: 'tasks', zh: '先垫钱再返利，是什么？', en: 'First you pay, then they pay back: what is it?', choices_zh: '骗局\n兼职', choices_en: 'a scam\na job', n_choices: 2, right: 1, why_zh: '先要钱的都是骗局。', why_en: 'Who wants money first, cheats.' }, 'withdraw', {}],
	attempt: [{ step: 'rehearse', drill: 'tasks' }, 'answer', { answers: 'A', took: 41.5 }, [422]],
	guidance: [{ what: 'app', phone: '13800138009' }, 'uninstall', {}],
	assessment: [{}, 'propose', { note: 'as counted' }],
	campaign: [{ manner: 'flood', audience: 'everybody', starts: '2099-03-01T08:00:00+08:00', ends: '2099-09-01T08:00:00+08:00', effect: 300, base: 800, hold_out: 500 }, 'change', { effect: 250 }],
	limit: [{ limit: 'stop_answer', value: 1200000000 }, 'withdraw', {}],
};

const refused = (description) => ({ description, content: { 'application/problem+json': { schema: ref('DeskProblem') } } });
const shared = (name) => ({ $ref: `#/components/responses/${name}` });
const always = {
	400: shared('BadRequest'),
	401: shared('Unauthorised'),
	403: refused('The key or session may not: no roles, not these, another organisation, district or person, four eyes.'),
	429: shared('TooMany'),
	500: shared('Memory'),
	503: shared('Unavailable'),
};
const absent = { 404: refused('There is no such thing, or it is out of reach.') };
const steps = {
	409: refused('Not from this state, or something else stands in the way.'),
	413: shared('TooLarge'),
	422: refused('A field is wrong, or the ledger does not take the measure.'),
};
const parameter = (name, where, schema, more = {}) => ({ name, in: where, ...(where === 'path' ? { required: true } : {}), schema, ...more });
const key = { $ref: '#/components/parameters/IdempotencyKey' };
const security = [{ key: ['desk'] }];
const operation = (operationId, summary, more, responses) => ({ operationId, tags: ['desk'], summary, security, ...more, responses });

// ---- fields ----

function given(field) {
	switch (field.type) {
		case 'integer': return { type: 'integer', minimum: field.min, ...(field.max <= 2 ** 53 ? { maximum: field.max } : {}) };
		case 'user': return { type: 'integer', minimum: 0 };
		case 'money': return { description: 'Yuan.', type: ['number', 'string'] };
		case 'time': return { type: 'string' };
		case 'duration': return { description: 'Seconds.', type: 'number', minimum: 0 };
		case 'choice': return { anyOf: [{ enum: field.choices.map((c) => c.name) }, { type: 'object', required: ['name'] }] };
		case 'entity': return field.of === 'number' ? { type: ['integer', 'string'] } : ref('DeskEntityGiven');
		case 'object': return { type: 'string', pattern: '^[A-Z]{1,2}-[0-9]+$' };
		case 'text': return { description: 'Whoever may see the object may read it.', type: 'string', minLength: 1, maxLength: 65536 };
		case 'file': return { description: 'The id of an uploaded file.', type: 'string', pattern: '^[0-9a-f]{32}$' };
		case 'sealed': return { description: 'Sealed before it is journaled.', type: 'string', minLength: 1, maxLength: 65536 };
		case 'code': return { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,64}$' };
		case 'positions': return { type: 'array', items: ref('Position'), minItems: 1, maxItems: 8 };
	}
	throw new Error(`type ${field.type}`);
}
function shown(field) {
	switch (field.type) {
		case 'integer': return { type: 'integer' };
		case 'user': return ref('DeskUserId');
		case 'money': return { type: 'number' };
		case 'time': return ref('Time');
		case 'duration': return { type: 'number' };
		case 'choice': return ref('DeskName');
		case 'entity': return ref('DeskEntity');
		case 'object': return { type: ['string', 'null'] };
		case 'text': return { type: ['string', 'null'] };
		case 'file': return field.guarded ? ref('DeskSealed') : { type: 'object', additionalProperties: false, required: ['file'], properties: { file: { type: 'string', pattern: '^[0-9a-f]{32}$' } } };
		case 'sealed': return ref('DeskSealed');
		case 'code': return { type: 'string' };
		case 'positions': return { type: 'array', items: ref('Position') };
	}
	throw new Error(`type ${field.type}`);
}
const scripted = (machine) => machine.fields.some((f) => f.name === 'scam'); // says which script to read
const secrets = { user: ['secret', 'totp'] }; // set by an invitation
const labelled = (machine, what, but = []) => Object.fromEntries(machine.fields.filter((f) => !but.includes(f.name) && !(what === given && f.counted)).map((f) => [f.name, { description: f.zh, ...what(f) }]));

// ---- one kind ----

function paths(machine) {
	const { name, zh, route } = machine;
	const kind = camel(name);
	const making = machine.steps.filter((s) => !s.internal && s.from.includes(''));
	const taken = machine.steps.filter((s) => !s.internal && s.from.some((state) => state !== ''));
	// What nobody makes by a command may not be there. A measure is: the card's step makes one.
	const unmade = (making.length > 0 && made[name][3] === undefined) || name === 'measure' ? {} : { 'x-example-status': [404] };
	const id = parameter('object', 'path', { type: 'string', pattern: `^${machine.letters}-[0-9]+$` }, { example: `${machine.letters}-65536` });
	const body = (schema, example, required) => ({ requestBody: { required, content: json(schema, { one: { value: example } }) } });
	const list = [
		parameter('state', 'query', { type: 'string' }, { description: `With commas between: ${machine.states.map((s) => s.name).join(', ')}.` }),
		...['Grade', 'Open', 'Organisation', 'District', 'Entity', 'Mine', 'ChangedFrom', 'ChangedTo', 'Due', 'Sort', 'Cursor', 'Limit'].map((p) => ({ $ref: `#/components/parameters/Asked${p}` })),
	];
	const collection = {
		get: operation(`desk${kind}List`, `${zh}: a list.`, { parameters: list }, { 200: { description: 'From the cursor on.', content: json(ref(`Desk${kind}Page`)) }, ...always }),
	};
	if (making.length > 0)
		collection.post = operation(`desk${kind}Make`, `${zh}: ${making.map((s) => `${s.name} ${s.zh}`).join(', ')}.`,
			{ ...(made[name][3] === undefined ? {} : { 'x-example-status': [made[name][3]] }), parameters: [key], ...body(ref(`Desk${kind}Making`), made[name][0], true) },
			{ 201: { description: 'It was made.', headers: { ETag: { schema: { type: 'string' } } }, content: json(ref(`Desk${kind}Done`)) }, ...always, ...steps });
	const all = {
		[`/v1/${route}`]: collection,
		[`/v1/${route}/next`]: { get: operation(`desk${kind}Next`, `${zh}: the most urgent one that the asker can do something about.`, {}, { 200: { description: 'It, or null.', content: json({ type: 'object', additionalProperties: false, required: ['object'], properties: { object: { anyOf: [ref(`Desk${kind}`), { type: 'null' }] } } }) }, ...always }) },
		[`/v1/${route}/{object}`]: { get: operation(`desk${kind}One`, `${zh}: one, with the steps that the asker may take.`, { ...unmade, parameters: [id] }, { 200: { description: 'It.', headers: { ETag: { schema: { type: 'string' } } }, content: json(ref(`Desk${kind}`)) }, ...always, ...absent }) },
		[`/v1/${route}/{object}/history`]: { get: operation(`desk${kind}History`, `${zh}: how it came to be as it is.`, { ...unmade, parameters: [id, { $ref: '#/components/parameters/AskedFrom' }] }, { 200: { description: 'From a version on.', content: json(ref('DeskHistory')) }, ...always, ...absent }) },
	};
	if (taken.length > 0) {
		const step = parameter('step', 'path', { enum: taken.map((s) => s.name) }, { example: made[name][1], description: taken.map((s) => `${s.name} ${s.zh}${s.four_eyes ? ' (four eyes)' : ''}${s.needs.length > 0 ? ` needs ${s.needs.join(', ')}` : ''}`).join('; ') });
		all[`/v1/${route}/{object}/{step}`] = {
			post: operation(`desk${kind}Step`, `${zh}: a step.`, { ...unmade, ...(made[name][3] === undefined ? {} : { 'x-example-status': made[name][3] }), parameters: [id, step, { $ref: '#/components/parameters/AskedIfMatch' }, key], ...body(ref(`Desk${kind}Fields`), made[name][2], false) },
				{ 200: { description: 'It was taken.', content: json(ref(`Desk${kind}Done`)) }, ...always, ...absent, ...steps, 412: refused('Somebody was faster: load the object again.'), 428: refused('If-Match is missing.') }),
		};
	}
	const files = machine.fields.filter((f) => f.type === 'file').map((f) => f.name);
	const guarded = machine.fields.some((f) => f.guarded);
	const why = [['purpose', 'the objection is decided'], ['case', 'A-2026-7']].map(([name, example]) => parameter(name, 'query', { type: 'string', minLength: 1, maxLength: 200 }, { required: true, example }));
	if (files.length > 0)
		all[`/v1/${route}/{object}/files/{field}`] = {
			get: operation(`desk${kind}File`, `${zh}: a picture or paper of it.${guarded ? ' It is about a person: who reads it says why, and that is an act.' : ''}`, { 'x-example-status': [404], parameters: [id, parameter('field', 'path', { enum: files }, { example: files[0] }), ...(guarded ? why : [])] },
				{ 200: { description: 'The file, without what a camera or program wrote beside the picture.', content: { 'image/jpeg': {}, 'image/png': {}, 'application/pdf': {} } }, ...always, ...absent, ...(guarded ? { 422: refused('Purpose or case is missing, or has a number of somebody in it.') } : {}) }),
		};
	return all;
}

function schemas(machine) {
	const kind = camel(machine.name);
	const making = machine.steps.filter((s) => !s.internal && s.from.includes('')).map((s) => s.name);
	const head = ['id', 'kind', 'kind_zh', 'state', 'version', 'grade', 'organisation', 'district', 'subject', 'also', 'made', 'changed', 'made_by', 'proposer', 'approver', 'due', 'fields'];
	const all = {
		[`Desk${kind}`]: {
			description: machine.zh, type: 'object', additionalProperties: false, required: head,
			properties: {
				id: { type: 'string', pattern: `^${machine.letters}-[0-9]+$` }, kind: { const: machine.name }, kind_zh: { const: machine.zh }, state: ref('DeskState'), version: { type: 'integer', minimum: 1 },
				grade: { type: 'integer', minimum: 0, maximum: 3 }, organisation: { type: 'integer' }, district: { type: 'integer' }, subject: ref('DeskEntity'), also: ref('DeskEntity'), made: ref('Time'), changed: ref('Time'),
				made_by: ref('DeskUserId'), proposer: ref('DeskUserId'), approver: ref('DeskUserId'), due: { type: 'array', items: ref('DeskDue') },
				fields: { type: 'object', additionalProperties: false, properties: labelled(machine, shown) }, ...(machine.name === 'measure' ? { notice: ref('DeskNotice') } : {}), steps: { type: 'array', items: ref('DeskStepOpen') },
				...(scripted(machine) ? { script: ref('DeskScriptName') } : {}),
			},
		},
		[`Desk${kind}Page`]: { type: 'object', additionalProperties: false, required: ['objects', 'cursor'], properties: { objects: { type: 'array', items: ref(`Desk${kind}`) }, cursor: { type: ['string', 'null'] } } },
	};
	if (machine.steps.some((s) => !s.internal)) {
		if (machine.steps.some((s) => !s.internal && s.from.some((state) => state !== ''))) all[`Desk${kind}Fields`] = { type: 'object', additionalProperties: false, properties: labelled(machine, given, secrets[machine.name]) };
		all[`Desk${kind}Done`] = { type: 'object', additionalProperties: false, required: ['position', 'repeated', 'object'], properties: { warning: ref('DeskNobody'), position: ref('Position'), repeated: { type: 'boolean' }, object: { anyOf: [ref(`Desk${kind}`), { description: 'No longer in the asker\'s reach.', type: 'null' }] } } };
	}
	if (making.length > 0)
		all[`Desk${kind}Making`] = { type: 'object', additionalProperties: false, properties: { step: { enum: making }, ...labelled(machine, given, secrets[machine.name]) } };
	return all;
}

// ---- into the document ----

const line = (depth, [name, value]) => `${'\t'.repeat(depth)}${JSON.stringify(name)}: ${JSON.stringify(value).replaceAll('"$ref":"', '"$ref": "')}`;
const pathLines = machines.flatMap((m) => Object.entries(paths(m))).map((e) => line(2, e));
const schemaLines = machines.flatMap((m) => Object.entries(schemas(m))).map((e) => line(3, e));
const text = readFileSync(documentPath, 'utf8');
const isMade = (l) => machines.some((m) => l.startsWith(`\t\t"/v1/${m.route}"`) || l.startsWith(`\t\t"/v1/${m.route}/next"`) || l.startsWith(`\t\t"/v1/${m.route}/{object}`) && !/\/(invitation|questions|completion|effect)"/.test(l) || new RegExp(`^\t\t\t"Desk${camel(m.name)}(Page|Fields|Done|Making|)":`).test(l));
const kept = text.split('\n').filter((l) => !isMade(l)).map((l, i, all) => (/^\t*}/.test(all[i + 1] ?? '') ? l.replace(/,$/, '') : l));
function put(lines, opening, closing, what) {
	const from = lines.indexOf(opening);
	const to = lines.findIndex((l, i) => i > from && l.startsWith(closing));
	if (from < 0 || to < 0) throw new Error(`no ${opening}`);
	lines[to - 1] = lines[to - 1].replace(/,?$/, ',');
	const last = closing.endsWith('}'); // of its object
	lines.splice(to, 0, ...what.map((l, i) => (last && i === what.length - 1 ? l : `${l},`)));
}
put(kept, '\t"paths": {', '\t\t"/v1/desk/views":', pathLines); // what follows asks about objects
const schemasAt = kept.indexOf('\t\t"schemas": {');
put(kept, '\t\t"schemas": {', '\t\t}', schemaLines);
if (schemasAt < 0) throw new Error('no schemas');
const wanted = kept.join('\n');
JSON.parse(wanted);
if (mode === '--write') {
	writeFileSync(documentPath, wanted);
} else if (wanted !== text) {
	console.error('openapi: the desk\'s part of the document is not what its tables give; node tests/openapi/desk.mjs doc/openapi.json MACHINES --write');
	process.exit(1);
}
