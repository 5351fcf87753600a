// city.mjs - a service with the console and a simulated city in it, and people of each role: what every test of the console starts from. `node city.mjs` alone stays and prints addresses and
// sessions, for looking around.
//
//   const city = await begin();                       // events of a day are decided, warnings are there
//   const who = await seat(browser, city, 'leader');  // a visit (browser.mjs) whose session is that of the user `leader`
//   await city.end();
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, visit } from './browser.mjs';
import { Service, until } from './service.mjs';

const duanka = process.env.DUANKA, source = process.env.SOURCE_DIR, pages = process.env.CONSOLE_DIR;
const PASSWORD = 'correct horse battery';
// login: roles, organisation, district. Who approves is somebody else than who asks: two administrators begin.
export const people = {
	analyst: ['analyst', 1, 0], leader: ['leader', 1, 0], intake: ['intake', 1, 0], stop: ['stop-seat', 1, 0], dissuasion: ['dissuasion,dispatcher', 1, 0], quality: ['quality', 1, 0],
	station: ['station', 1, 202], bank: ['bank-desk', 11, 0], operator: ['operator-desk', 21, 0], clerk: ['operator-outlet', 21, 0], teller: ['bank-outlet', 11, 0], editor: ['editor', 30, 0],
	media: ['media', 30, 0], delegate: ['delegate', 1, 0], moderator: ['moderator', 30, 0], auditor: ['auditor', 1, 0], discipline: ['discipline', 1, 0], appeals: ['appeals', 1, 0],
	admin: ['admin', 1, 0], second: ['admin', 1, 0],
};
// What people call them; others by their login.
export const called = { analyst: '陈立', leader: '周敏', bank: '王芳', operator: '吴倩', station: '孙强', auditor: '郑远', admin: '何静', second: '马越' };

function code(seed, at = Date.now()) { // RFC 6238
	const bits = [...seed].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const moving = Buffer.alloc(8);
	moving.writeBigUInt64BE(BigInt(Math.floor(at / 30000)));
	const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))).update(moving).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0');
}

export async function begin({ persons = 1000, crime = 40000, seed = 7, users = Object.keys(people), options = [], settings = () => '' } = {}) { // settings: more of the file, by the folder
	const folder = mkdtempSync(join(tmpdir(), 'duanka-console-')), data = join(folder, 'd');
	const run = (...args) => execFileSync(duanka, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
	const key = (...args) => run('keys', 'add', '--data', data, ...args).trim();
	writeFileSync(join(folder, 'duanka.toml'), `[tenant.police]\nnumber = 1\nsees = ["*:*.*"]\n[tenant.bank]\nnumber = 11\nbanks = "中国工商银行"\n[tenant.carrier]\nnumber = 21\ncarriers = "移动"\n[tenant.media]\nnumber = 30\n[public]\nenabled = true\n${settings(folder)}`);
	const feed = key('--tenant', 'police', '--scopes', 'events,alerts,decide');
	const all = key('--tenant', 'police', '--scopes', 'desk', '--roles', 'analyst,leader,intake,editor,delegate,moderator');
	const admins = [key('--tenant', 'police', '--scopes', 'desk', '--roles', 'admin'), key('--tenant', 'police', '--scopes', 'desk', '--roles', 'admin')];
	const service = new Service('--config', join(folder, 'duanka.toml'), '--data', data, '--policy', join(source, 'policy'), '--console', pages, '--key', join(folder, 'token.key'), ...options);
	writeFileSync(join(folder, 'token.key'), Buffer.alloc(16, 7), { mode: 0o600 });
	await service.start();

	const start = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
	const events = run('simulate', 'city', '--people', `${persons}`, '--days', '1', '--history', '5', '--crime-rate', `${crime}`, '--seed', `${seed}`, '--start', start, '--stream', '--no-progress').trim().split('\n');
	for (let i = 0; i < events.length; i += 2000) {
		const r = await fetch(`${service.url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${feed}`, 'Content-Type': 'application/x-ndjson' }, body: events.slice(i, i + 2000).join('\n') });
		check(r.ok, `HTTP ${r.status}: events`, await r.text());
	}
	const { roles: names } = await service.ask(all, 'desk/machines');
	const bits = (roles) => roles.split(',').reduce((sum, r) => sum + 2 ** names.findIndex((n) => n.name === r), 0);
	const sessions = {}, seeds = {}, ids = {};
	const propose = async (login, by) => {
		const [roles, organisation, district] = people[login];
		ids[login] = (await service.ask(by, 'users', { login, name: called[login] ?? login, roles: bits(roles), organisation, district })).object.id;
	};
	const enter = async (login, by) => { // by somebody else than who proposed
		await service.ask(by, `users/${ids[login]}/activate`, {});
		const { code: invitation } = await service.ask(by, `users/${ids[login]}/invitation`, {});
		const taken = await service.ask(by, 'invitations', { login, code: invitation, password: PASSWORD });
		seeds[login] = taken.totp_seed;
		const r = await fetch(`${service.url}/v1/login`, { method: 'POST', body: JSON.stringify({ login, password: PASSWORD, totp: code(taken.totp_seed) }) });
		const body = await r.json();
		check(r.ok, `HTTP ${r.status}: ${login} does not get in`, body);
		sessions[login] = body.token;
	};
	// Two keys begin; from the first administrator on people do it.
	await propose('admin', admins[0]);
	await propose('second', admins[0]);
	await enter('admin', admins[1]);
	await enter('second', sessions.admin);
	for (const login of users.filter((u) => u !== 'admin' && u !== 'second')) {
		await propose(login, sessions.admin);
		await enter(login, sessions.second);
	}
	await until(async () => (await service.ask(all, 'warnings?limit=1')).objects.length > 0, 'a warning');
	const end = async () => {
		await service.stop();
		rmSync(folder, { recursive: true, force: true });
	};
	return { service, url: service.url, folder, data, feed, all, sessions, seeds, ids, password: PASSWORD, code, end };
}

/** A visit of the console with a user's session; `path` behind the #. */
export async function seat(browser, city, login, { path = '/', theme = 'light', language = 'zh', ...options } = {}) {
	const who = await visit(browser, city.url, { theme, language, ...options });
	await who.context.addCookies([{ name: 'duanka_session', value: city.sessions[login], url: city.url, httpOnly: true, sameSite: 'Strict' }]);
	await who.context.addInitScript(([l, t]) => { localStorage.setItem('duanka.language', l); localStorage.setItem('duanka.theme', t); localStorage.setItem('duanka.here', 'yes'); }, [language, theme]);
	await who.page.goto(`${city.url}/console/#${path}`);
	return who;
}
/** A session that is used in another browser context must not end with it: goes to another page of the console in the same visit. */
export const go = (who, path) => who.page.evaluate((p) => { window.location.hash = p; }, path);

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const city = await begin();
	console.log(JSON.stringify({ url: `${city.url}/console/`, all: city.all, feed: city.feed, sessions: city.sessions }, null, 1));
	process.on('SIGINT', () => void city.end().then(() => process.exit(0)));
	await new Promise(() => { setInterval(() => {}, 1e6); });
}
