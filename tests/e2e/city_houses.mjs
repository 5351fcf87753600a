// city_houses.mjs - drives city_houses.sh: nine processes, the city's events, the seats, the kills, and the reconciliation at the end. Nothing is decided by how fast anything is: what must come is asked for again
// and again up to a deadline, and a command whose answer was lost is sent again under its key.
import { spawn, execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { deeds, freezeFits, honest, messagesFit, neverTwice, stopFits, stopLasts } from './reconcile.mjs';

const duanka = process.env.DUANKA, policy = `${process.env.SOURCE_DIR}/policy`;
const DEADLINE_MS = 240_000, LINES = 400, KILL_PERCENT = 8, HOUR_MS = 3_600_000;
const banks = {
	11: ['good', '中国工商银行'], 12: ['slow', '中国农业银行'], 13: ['wrong', '中国建设银行'],
	14: ['double', '中国邮政储蓄银行, 中国交通银行'], 15: ['unreachable', '中国银行, 中信银行'], 16: ['lying', '招商银行'],
};
const operators = { 21: ['mix', '移动, 广电, 虚拟'], 22: ['double', '联通, 电信'] };
const houses = { ...banks, ...operators };

let state = Number(process.argv[2]) >>> 0;
const draw = (n) => { // a number from 0 to n - 1
	state = (state + 0x6d2b79f5) >>> 0;
	let t = Math.imul(state ^ (state >>> 15), state | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return ((t ^ (t >>> 14)) >>> 0) % n;
};
const fail = (text) => { console.error(`FAILED: ${text}`); process.exit(1); };
const turn = (ms) => new Promise((go) => setTimeout(go, ms));
const until = async (what, ask) => {
	for (const end = Date.now() + DEADLINE_MS; ;) {
		const got = await ask();
		if (got) return got;
		if (Date.now() > end) fail(`${what}: not within ${DEADLINE_MS / 1000} s`);
		await turn(10);
	}
};

// ---- nine processes ----
const key = (tenant, scopes, roles) => execFileSync(duanka,
	['keys', 'add', '--data', 'd', '--tenant', tenant, '--scopes', scopes, ...(roles ? ['--roles', roles] : [])], { encoding: 'utf8' }).trim();
const started = async (name, args, env) => {
	rmSync(`ready.${name}`, { force: true });
	const log = openSync(`log.${name}`, 'a');
	const child = spawn(duanka, [...args, '--ready-file', `ready.${name}`], { stdio: ['ignore', log, log], env: { ...process.env, ...env } });
	appendFileSync('pids', `${child.pid}\n`);
	await until(`${name} listens`, () => {
		if (child.exitCode !== null) fail(`${name} has ended: ${readFileSync(`log.${name}`, 'utf8').slice(-500)}`);
		return existsSync(`ready.${name}`) && readFileSync(`ready.${name}`, 'utf8').trim() !== '';
	});
	return { child, at: readFileSync(`ready.${name}`, 'utf8').trim() };
};
const ended = (p, signal) => new Promise((go) => {
	p.child.once('exit', (code) => go(code));
	p.child.kill(signal);
});
const running = {}, keys = {};
let kills = 0;
const settings = () => {
	let t = '[service]\ntick = "1s"\n[outbox]\npoll = "100ms"\nbackoff = "30ms"\nbackoff_most = "1s"\nattempts = 100\n[tenant.police]\nnumber = 1\nsees = ["*:*.*"]\n[tenant.city]\nnumber = 2\n';
	t += `[tenant.texts]\nnumber = 90\nconnector = "spool"\nconnector_url = "${process.cwd()}/spool"\n`;
	for (const [org, [, theirs]] of Object.entries(houses)) {
		t += `[tenant.org-${org}]\nnumber = ${org}\n${org < 20 ? 'banks' : 'carriers'} = "${theirs}"\n`;
		if (running[org]) t += `connector = "${org < 20 ? 'case-platform' : 'commands'}"\nconnector_url = "http://${running[org].at}/front"\nconnector_secret = "${process.cwd()}/secret.${org}"\nconnector_timeout = "300ms"\n`;
	}
	writeFileSync('duanka.toml', t);
};
const start = async (name) => { // on the address that it had
	const at = running[name]?.at ?? '127.0.0.1:0';
	running[name] = name === 'service'
		? await started(name, ['serve', '--config', 'duanka.toml', '--listen', at, '--data', 'd', '--policy', policy])
		: await started(name, ['simulate', name < 20 ? 'bank' : 'operator', '--listen', at, '--state', `state.${name}`, '--secret', `secret.${name}`,
			'--service', `http://${running.service.at}`, '--manner', houses[name][0], '--seed', name], { DUANKA_API_KEY: keys[`connector.${name}`] });
};
const strike = async () => { // somebody is killed a few turns from now, and comes back
	const names = Object.keys(running), name = draw(3) === 0 ? 'service' : names[draw(names.length)];
	for (let n = draw(60); n > 0; n--) await new Promise(setImmediate);
	kills++;
	await ended(running[name], 'SIGKILL');
	await start(name);
};

// ---- requests ----
const ask = async (who, path, o = {}) => {
	try {
		const r = await fetch(`http://${running.service.at}${path}`, { method: o.body === undefined ? 'GET' : 'POST', body: o.body,
			headers: { Authorization: `Bearer ${who}`, 'Content-Type': 'application/json', 'If-Match': '*', ...(o.key ? { 'Idempotency-Key': o.key } : {}) } });
		const text = await r.text();
		return { status: r.status, text, json: text.startsWith('{') ? JSON.parse(text) : null };
	} catch {
		return { status: 0, text: 'no answer' };
	}
};
let asked = 0;
// Until the answer is known, whoever is killed while it is on its way; the same key each time.
const surely = async (who, path, body) => {
	const id = `seat-${++asked}`;
	let struck = body !== undefined && draw(100) < KILL_PERCENT;
	return until(`an answer of ${path}`, async () => {
		const answer = ask(who, path, { body, key: body === undefined ? undefined : id });
		if (struck) await strike();
		struck = false;
		const r = await answer;
		return r.status !== 0 && r.status !== 503 ? r : null;
	});
};
// The object, or null if the desk refuses for a reason that the law or the moment gives.
const step = async (who, path, fields) => {
	const r = await surely(who, path, JSON.stringify(fields));
	if (r.status === 200 || r.status === 201) return r.json.object ?? {};
	if (r.status === 409) return null;
	return fail(`HTTP ${r.status} ${path}: ${r.text}`);
};
const list = async (path, who = keys.leader) => {
	const all = [];
	for (let cursor = ''; ;) {
		const r = await surely(who, `${path}${path.includes('?') ? '&' : '?'}limit=500${cursor}`);
		if (r.status !== 200) fail(`HTTP ${r.status} ${path}: ${r.text}`);
		all.push(...(r.json.objects ?? r.json.messages));
		const next = r.json.objects ? r.json.cursor && `&cursor=${r.json.cursor}` : r.json.before && `&before=${r.json.before}`;
		if (!next) return all;
		cursor = next;
	}
};

// ---- seats ----
const ordered = new Map(), frozen = new Map(), did = { signed: 0, limited: 0, suspended: 0, notified: 0, granted: 0 };
const some = async (path, n, who) => (await list(path, who)).sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, n);

const warnings = async () => {
	for (const w of await some('/v1/warnings?state=issued', 4)) {
		if (await step(keys.seat, `/v1/warnings/${w.id}/sign`, {})) did.signed++;
		await step(keys.seat, `/v1/warnings/${w.id}/sms`, {});
	}
};
const order = async (a) => { // drafted by one and approved by another
	const s = await step(keys.seat, '/v1/stops', { account: a.fields.account.token, bank: a.fields.bank, amount: '5000.00', basis: 'AFL-20', evidence: a.fields.evidence, account_name: '某人', reason: '预警' });
	if (s && await step(keys.leader, `/v1/stops/${s.id}/approve`, {})) ordered.set(s.id, a.fields.bank);
};
const accounts = async () => {
	for (const a of await some('/v1/accounts?state=watched,limited', 6)) {
		if (a.fields.bank === undefined) continue;
		if (draw(2) === 0) await order(a);
		else if (a.state.name === 'watched' && await step(keys[`desk.${a.fields.bank}`], `/v1/accounts/${a.id}/limit`, { basis: 'AFL-18', evidence: a.fields.evidence, daily_limit: 5000 })) did.limited++;
	}
};
const cards = async () => {
	for (const c of await some('/v1/cards?state=suspect', 3)) {
		const desk = keys[`desk.${c.fields.operator}`];
		if (desk === undefined) continue;
		if (draw(2) === 0) {
			if (await step(desk, `/v1/cards/${c.id}/notify`, { basis: 'AFL-11', evidence: c.fields.evidence })) did.notified++;
		} else if (await step(desk, `/v1/cards/${c.id}/ask-suspension`, { asked_basis: 'AFL-11', evidence: c.fields.evidence }) && await step(keys.leader, `/v1/cards/${c.id}/suspend`, {})) did.suspended++;
	}
};
const stops = async () => {
	for (const s of await some('/v1/stops?state=stopped', 3))
		switch (draw(4)) {
		case 0:
			if (await step(keys.seat, `/v1/stops/${s.id}/ask-extension`, {})) await step(keys.leader, `/v1/stops/${s.id}/extend`, {});
			break;
		case 1: await step(keys.leader, `/v1/stops/${s.id}/release`, { cause: 'decided' }); break;
		case 2:
			if (await step(keys.seat, `/v1/stops/${s.id}/convert`, { case_no: 'A-2026-1', months: 6 }))
				for (const f of await list('/v1/freezes?state=draft'))
					if (await step(keys.leader, `/v1/freezes/${f.id}/approve`, {})) frozen.set(f.id, f.fields.bank);
			break;
		}
};
const objections = async () => { // granted: the measure ends in the same step
	for (const m of await some('/v1/measures?state=in-force', 2)) {
		const p = await step(keys.appeals, '/v1/appeals', { target: m.id, reason: '本人使用' });
		if (!p || !await step(keys.appeals, `/v1/appeals/${p.id}/accept`, {}) || !await step(keys.appeals, `/v1/appeals/${p.id}/check`, {})) continue;
		if (!await step(keys.appeals, `/v1/appeals/${p.id}/grant`, { decision: '核实无误' })) continue;
		did.granted++;
		const after = await surely(keys.leader, `/v1/measures/${m.id}`);
		if (after.json.state.name === 'in-force') fail(`${m.id}: ${p.id} was granted, and it is still in force`);
	}
};
const seats = [warnings, accounts, cards, stops, objections, accounts];

// ---- the day ----
(process.umask(0o077), Object.keys(houses)).forEach((org) => writeFileSync(`secret.${org}`, `a-secret-of-organisation-${org}\n`));
mkdirSync('spool');
keys.city = key('city', 'events');
keys.seat = key('police', 'desk', 'dissuasion,stop-seat');
keys.leader = key('police', 'desk,admin,metrics', 'leader,admin');
keys.appeals = key('police', 'desk', 'appeals');
for (const org of Object.keys(houses)) {
	keys[`connector.${org}`] = key(`org-${org}`, 'connector', 'connector');
	keys[`desk.${org}`] = key(`org-${org}`, 'desk', org < 20 ? 'bank-desk' : 'operator-desk');
}
settings();
await start('service');
for (const org of Object.keys(houses)) await start(org);
settings();
if ((await surely(keys.leader, '/v1/reload', '')).status !== 200) fail('the settings are not taken');

const lines = readFileSync('city.ndjson', 'utf8').split('\n').filter((l) => l !== '');
let taken = 0;
for (let at = 0; at < lines.length; at += LINES) {
	const r = await surely(keys.city, '/v1/events', lines.slice(at, at + LINES).join('\n'));
	if (r.status !== 200) fail(`HTTP ${r.status}: ${r.text}`);
	taken += r.json.accepted + r.json.repeated;
	if (draw(3) === 0) await seats[draw(seats.length)]();
}
if (taken !== lines.length) fail(`${lines.length} events were sent, and ${taken} accepted`);
const behind = async () => Number(/^duanka_desk_behind (\d+)/m.exec((await surely(keys.leader, '/metrics')).text)?.[1] ?? 1);
await until('the desk has caught up', async () => (await behind()) === 0);
for (let n = 0; n < 4; n++) for (const work of seats) await work();
for (const a of await list('/v1/accounts')) if (a.fields.bank !== undefined && draw(2) === 0) await order(a);

// ---- until everything has come to an end ----
const institutional = (m) => /^(bank|operator)-/.test(m.kind) && m.receiver !== 'seat';
await until('orders come to an end', async () =>
	(await list('/v1/stops?state=sent,landed')).length + (await list('/v1/freezes?state=sent')).length === 0 &&
	!(await list('/v1/desk/messages')).some((m) => institutional(m) && ['waiting', 'sent', 'receipted'].includes(m.state)));

// ---- the clock goes on while nobody runs ----
// A bank has stopped an account by itself, 48 hours less a few seconds ago. The service is away when that ends.
const account = (await list('/v1/accounts')).find((a) => a.fields.bank !== undefined && a.fields.stop === undefined && (a.fields.stops ?? 0) < 2);
const stopped = Math.floor(Date.now() / 1000) * 1000 - 48 * HOUR_MS + 6000;
const first = await step(keys[`desk.${account.fields.bank}`], '/v1/stops', { step: 'act-first', account: account.fields.account.token, bank: account.fields.bank, amount: '100.00',
	stopped: new Date(stopped).toISOString(), basis: 'YF-2016-86', evidence: account.fields.evidence });
if (!first) fail('a bank may not act first');
const kinds = ['stops', 'freezes', 'cards', 'accounts'];
const limits = async () => {
	const all = [];
	for (const k of kinds) for (const o of await list(`/v1/${k}`)) if (o.id !== first.id && o.id !== account.id) all.push(`${o.id} ${o.state.name} ${JSON.stringify(o.due)}`);
	return all.sort();
};
const before = await limits();
await ended(running.service, 'SIGKILL');
await until('the stop ends', () => Date.now() > stopped + 48 * HOUR_MS);
await start('service');
await until('the stop has expired', async () => (await surely(keys.leader, `/v1/stops/${first.id}`)).json?.state?.name === 'expired');
const rows = (await surely(keys.leader, `/v1/stops/${first.id}/history`)).json.history, last = rows.at(-1);
if (Date.parse(last.time) !== stopped + 48 * HOUR_MS) fail(`${first.id} ended at ${last.time}, not 48 hours after its start`);
const after = await limits();
const other = before.filter((l, i) => l !== after[i]);
if (before.length !== after.length || other.length > 0) fail(`time limits are others after a restart: ${other.slice(0, 3)}`);

// ---- reconciled ----
const problems = [], wrong = (text) => problems.push(text);
const done = deeds(Object.keys(houses).map(Number), wrong);
const stopsNow = new Map((await list('/v1/stops')).map((o) => [o.id, o])), freezesNow = new Map((await list('/v1/freezes')).map((o) => [o.id, o]));
const messages = await list('/v1/desk/messages');
for (const [id, org] of ordered) stopFits(id, org, stopsNow.get(id), done, wrong);
for (const [id, org] of frozen) freezeFits(id, org, freezesNow.get(id), done, wrong);
for (const o of stopsNow.values()) if (o.state.name === 'stopped') stopLasts(o, wrong);
neverTwice(done, await list('/v1/accounts'), stopsNow.values(), wrong);
messagesFit(messages, done, wrong);
// A command that an honest operator has carried out is there once, and of each command that arrived the desk knows.
const sent = messages.filter((m) => /^operator-/.test(m.kind) && institutional(m));
for (const m of sent) {
	const there = done.get(m.id);
	if (m.state === 'done' && m.attempts > 0 && there === undefined) wrong(`${m.id}: done, and it never reached ${m.receiver}`);
	if (m.state === 'done' && there !== undefined && m.receiver === '22' && there.effects.length !== 1) wrong(`${m.id}: in effect ${there.effects.length} times`);
}
for (const [id, d] of done) if (id.startsWith('X-') && !messages.some((m) => m.id === id)) wrong(`${id}: carried out at ${d.org}, and nobody here has sent it`);
// Nobody's number lies in plain where only tokens may.
const subjects = [...new Set([...done.values()].map((d) => d.subject))].filter((s) => /^\d{11,}$/.test(s));
for (const f of readdirSync('d', { recursive: true, withFileTypes: true }).filter((e) => e.isFile())) {
	const bytes = readFileSync(`${f.parentPath ?? f.path}/${f.name}`);
	for (const s of subjects) if (bytes.includes(s)) wrong(`${s.slice(0, 6)}... stands in plain in ${f.name}`);
}
if (ordered.size === 0 || sent.length === 0 || did.signed === 0 || did.granted === 0) wrong('nothing has happened');
if ((await ended(running.service, 'SIGTERM')) !== 0) wrong('the service did not stop in order');
for (const org of Object.keys(houses)) await ended(running[org], 'SIGKILL');
console.log(`${taken} events, ${asked} requests, ${kills} kills; ${did.signed} warnings signed, ${ordered.size} stop orders to ${new Set(ordered.values()).size} banks, ${frozen.size} freezes, ` +
	`${did.limited} accounts limited, ${did.notified} cards to verify, ${did.suspended} suspended, ${did.granted} objections granted; ${done.size} orders arrived ${[...done.values()].reduce((n, d) => n + d.arrivals, 0)} times`);
for (const p of problems) console.error(p);
process.exit(problems.length === 0 ? 0 : 1);
