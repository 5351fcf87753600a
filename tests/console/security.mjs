// security.mjs - what the console and its service keep out: scripts of others, frames, requests that come from other sites, text that would be markup, objects out of reach, files that are something else,
// guessed passwords; and that a session is kept as it should be, and over when it is over. Against the real service; the attacker is a page of another site in the same browser.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { check, checked, done, fail, launch, picture, visit } from './browser.mjs';
import { begin, go, people, seat } from './city.mjs';
import { png, Service } from './service.mjs';

// Everybody's work in one person, so that one visit sees every kind.
people.everybody = ['intake,stop-seat,dissuasion,analyst,leader,dispatcher,appeals,discipline,station,bank-desk,operator-desk,media,channel,inspector,editor,trainer,secretary,delegate,moderator,quality,grid', 1, 0];
const roles = ['analyst', 'intake', 'station', 'bank', 'operator', 'media', 'clerk', 'auditor', 'delegate'];
const city = await begin({ persons: 1000, users: ['admin', 'second', 'everybody', ...roles] });
const { service, sessions, url } = city;
const browser = await launch('--host-resolver-rules=MAP evil.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1');
const document = JSON.parse(readFileSync(join(process.env.SOURCE_DIR, 'doc/openapi.json'), 'utf8'));
const http = async (path, { login, cookie, csrf, headers = {}, ...more } = {}) => {
	const r = await fetch(`${url}${path}`, { redirect: 'manual', ...more, headers: { ...(login === undefined ? {} : { Authorization: `Bearer ${sessions[login]}` }), ...(cookie === undefined ? {} : { Cookie: `duanka_session=${cookie}` }), ...(csrf === undefined ? {} : { 'X-CSRF-Token': csrf }), ...headers } });
	const text = await r.text();
	return { status: r.status, headers: r.headers, text, json: (r.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text.split('\n')[0] === '' ? 'null' : text) : null };
};
const post = (path, login, body, more = {}) => http(path, { login, method: 'POST', body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body), headers: { 'If-Match': '*' }, ...more });
const { machines } = await service.ask(sessions.everybody, 'desk/machines');
const section = (name) => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s: ${name}`);
const started = Date.now();

// ---- the policy of content is there, and holds ----
section('content');
{
	const page = await http('/console/');
	const policy = page.headers.get('content-security-policy') ?? '';
	for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action"]) check(policy.includes(part), `the policy lacks ${part}`, policy);
	check(!/script-src[^;]*unsafe/.test(policy), 'scripts may be inline', policy);
	for (const [name, value] of [['x-frame-options', 'DENY'], ['x-content-type-options', 'nosniff'], ['referrer-policy', 'no-referrer']]) check(page.headers.get(name) === value, `${name} is not ${value}`, page.headers.get(name));

	const who = await seat(browser, city, 'analyst', { path: '/objects/warning' });
	await who.page.locator('[data-user]').waitFor();
	const held = await who.page.evaluate(async () => {
		const violated = [];
		window.document.addEventListener('securitypolicyviolation', (e) => violated.push(e.effectiveDirective));
		const add = (html) => { const d = window.document.createElement('div'); d.innerHTML = html; window.document.body.append(d); return d; };
		const script = window.document.createElement('script');
		script.textContent = 'window.ran = "inline"';
		window.document.body.append(script);
		add('<img src="data:," onerror="window.ran = \'handler\'">');
		add('<a id="href" href="javascript:window.ran = \'address\'">x</a>').firstChild.click();
		await new Promise((r) => { setTimeout(() => { try { new Function('window.ran = "eval"')(); } catch { violated.push('eval'); } r(); }); }); // later: a debugger's own script may
		const far = await fetch('http://evil.example:9/').then(() => 'answered', () => 'refused');
		add('<iframe src="http://evil.example:9/"></iframe><img src="http://evil.example:9/x.png"><form action="http://evil.example:9/"><button id="send">x</button></form>');
		window.document.querySelector('#send').click();
		add('<style>body { display: none }</style>');
		const end = Date.now() + 10_000;
		while (!['script-src-elem', 'script-src-attr', 'connect-src', 'frame-src', 'img-src', 'form-action', 'style-src-elem', 'eval'].every((d) => violated.some((v) => v === d)) && Date.now() < end) await new Promise((r) => { setTimeout(r, 20); });
		return { ran: window.ran ?? null, far, violated: [...new Set(violated)].sort(), hidden: getComputedStyle(window.document.body).display };
	});
	check(held.ran === null && held.far === 'refused' && held.hidden !== 'none', 'something ran', held);
	for (const what of ['script-src-elem', 'script-src-attr', 'connect-src', 'frame-src', 'img-src', 'form-action', 'style-src-elem', 'eval']) check(held.violated.includes(what), `${what} was not held`, held);
	await who.context.close();
}

// ---- another site: no frame, no request in somebody's name ----
section('another site');
{
	const csrfless = [['/v1/logout', {}], ['/v1/incidents', { channel: '110' }], ['/v1/desk/views', { object: 'I-0', purpose: 'a', case: 'b' }], ['/v1/password', { old: 'a', password: 'b' }]];
	for (const [path, body] of csrfless) for (const csrf of [undefined, '', 'AAAAAAAAAAAAAAAAAAAAAA']) {
		const r = await http(path, { cookie: sessions.intake, csrf, method: 'POST', body: JSON.stringify(body), headers: { 'If-Match': '*' } });
		check(r.status === 403 && r.json.type.endsWith(':csrf'), `${path} without the token: HTTP ${r.status}`, r.text);
	}
	const { csrf } = (await http('/v1/me', { cookie: sessions.intake })).json;
	const taken = await http('/v1/incidents', { cookie: sessions.intake, csrf, method: 'POST', body: '{"channel":"110","caller":"13900000001"}' });
	check(taken.status === 201, 'with the token it is not taken', taken.text);

	const site = createServer((asked, answer) => {
		answer.setHeader('Content-Type', 'text/html');
		answer.end(`<!doctype html><title>evil</title><iframe id="f" src="${url}/console/"></iframe><form id="login" method="post" enctype="text/plain" action="${url}/v1/login"><input name='{"login":"media","password":"${city.password}","totp":"000000","x":"' value='"}'></form><a id="me" href="${url}/v1/me">me</a>`);
	});
	await new Promise((r) => { site.listen(0, '127.0.0.1', r); });
	const evil = `http://evil.example:${site.address().port}/`;
	const context = await browser.newContext();
	await context.addCookies([{ name: 'duanka_session', value: sessions.media, url, httpOnly: true, sameSite: 'Strict' }]);
	const page = await context.newPage();
	await page.goto(evil);
	check(await page.frameLocator('#f').locator('#root').count() === 0, 'the console stands in a frame');
	const [answer] = await Promise.all([page.waitForNavigation(), page.evaluate(() => window.document.querySelector('#login').submit())]);
	check(answer.status() === 403, `a log-in from another site: HTTP ${answer.status()}`);
	await page.goto(evil);
	const read = await page.evaluate((u) => fetch(`${u}/v1/me`, { credentials: 'include' }).then(() => 'read', () => 'refused'), url);
	check(read === 'refused', 'another site reads who is here');
	const [me] = await Promise.all([page.waitForNavigation(), page.locator('#me').click()]);
	check(me.status() === 401, `the cookie went along from another site: HTTP ${me.status()}`);
	await context.close();
	site.close();
}

// ---- text is text, wherever somebody can type it ----
section('text that would be markup');
const marks = '<img src=x onerror="window.xss=true"><script>window.xss=true</script><svg onload="window.xss=true"></svg><a href="javascript:window.xss=true">x</a>\'"&lt;${xss}{{xss}}';
const short = '<img src=x onerror=window.xss=true>';
const made = new Map(); // kind: ids that carry marks
const plain = new Map(); // kind: an id, with or without
{
	const known = { 'M-0': () => plain.get('measure'), 'OU-0': () => plain.get('outlet'), 'MA-0': () => plain.get('material'), 'BU-0': () => plain.get('bulletin'), 'TO-0': () => plain.get('topic') };
	for (const machine of machines) {
		const example = Object.values(document.paths[`/v1/${machine.route}`]?.post?.requestBody?.content?.['application/json']?.examples ?? {})[0]?.value;
		if (example === undefined || ['user', 'limit', 'attempt', 'kit', 'campaign'].includes(machine.name)) continue;
		const base = Object.fromEntries(Object.entries(example).map(([k, v]) => [k, known[v] === undefined ? v : known[v]()]));
		const step = machine.steps.find((s) => s.name === base.step) ?? machine.steps.find((s) => s.from.includes('') && !s.internal);
		const texts = machine.fields.filter((f) => ['text', 'sealed'].includes(f.type) && [...step.needs, ...step.takes].includes(f.name)).map((f) => f.name);
		// As many as are taken: one that is refused for its own reasons (a length, a form) is as the example has it.
		const body = { ...base, ...Object.fromEntries(texts.map((t) => [t, marks])) };
		for (let tries = 0; ; tries++) {
			const r = await post(`/v1/${machine.route}`, 'everybody', body);
			if (r.status < 300) {
				const id = r.json.object.id, carries = Object.entries(body).filter(([, v]) => v === marks || v === short);
				plain.set(machine.name, id);
				if (carries.length > 0) made.set(machine.name, { id, fields: carries.map(([k]) => k) });
				break;
			}
			const field = r.json?.field;
			if (tries > 12 || field === undefined || !(field in body)) { if (process.env.TELL) console.log(machine.name, r.text.slice(0, 200)); break; }
			if (body[field] === marks) body[field] = short; else if (body[field] === short && base[field] !== undefined) body[field] = base[field]; else delete body[field];
		}
		if (machine.name === 'card' && plain.has('card')) {
			await post(`/v1/cards/${plain.get('card')}/notify`, 'everybody', { method: 'counter', reason: marks });
			const measures = (await service.ask(sessions.everybody, 'measures')).objects;
			if (measures.length > 0) plain.set('measure', measures[0].id);
		}
	}
	section(`${made.size} kinds carry marks: ${[...made].map(([k, { fields }]) => `${k} ${fields.join('+')}`).join(', ')}`);
	check(made.size >= 18, 'too few kinds took the text', [...made.keys()]);

	// A message that people got, the note of an entry of a list, the text of a rule, the name of a user, the note of a key.
	const sms = { event: 'sms', time: new Date(Date.now() - 3600e3).toISOString(), from: '13800138007', to: '13900139007', text: marks };
	const took = await http('/v1/events', { method: 'POST', body: `${JSON.stringify(sms)}\n`, headers: { Authorization: `Bearer ${city.feed}`, 'Content-Type': 'application/x-ndjson' } });
	check(took.status === 200, `HTTP ${took.status}: a text message`, took.text);
	const [list] = (await service.ask(sessions.analyst, 'lists')).lists ?? [];
	if (list !== undefined) await post(`/v1/lists/${list.name}`, 'analyst', { entries: [{ value: '13800138077', until: null, note: marks }], why: 'marks' });
	await post('/v1/keys', 'admin', { tenant: 'police', scopes: ['metrics'], note: marks.slice(0, 120), why: short });
	await post('/v1/users', 'admin', { login: 'marked', roles: 4, name: marks, note: marks });
}
const look = async (who, path, wait) => {
	if (process.env.TELL) console.log(path);
	await go(who, path);
	await who.page.locator(wait).first().waitFor();
	const bad = await who.page.evaluate(() => ({ ran: window.xss === true, nodes: [...document.querySelectorAll('[onerror], [onload], a[href^="javascript:"], #root script, .ant-modal script, .ant-drawer script')].map((e) => e.outerHTML.slice(0, 120)) }));
	check(!bad.ran && bad.nodes.length === 0, `${path}: text became markup`, bad);
};
{
	const who = await seat(browser, city, 'everybody', { path: '/objects/incident' });
	const dialogs = [];
	who.page.on('dialog', (d) => { dialogs.push(d.message()); void d.dismiss(); });
	await who.page.locator('[data-user]').waitFor();
	let told = 0;
	for (const [kind, { id }] of made) {
		await look(who, `/objects/${kind}`, 'main .ant-table-row, main .ant-table-tbody-virtual, main .ant-empty');
		await look(who, `/object/${id}`, 'main h3');
		if ((await who.page.locator('main').innerText()).includes('onerror=')) told++;
	}
	section(`${told} objects show the marks as text`);
	check(told >= 8, 'hardly anything is shown as text', told);
	// Sealed texts in plain, for a purpose.
	await look(who, `/object/${made.get('incident')?.id ?? fail('no incident')}`, 'main h3');
	await who.page.getByRole('button', { name: '查看明文' }).click();
	await who.page.getByLabel('用途').fill('核对');
	await who.page.getByLabel('案件编号').fill('A-7');
	await who.page.locator('.ant-modal button[type=submit]').click();
	await who.page.getByText('onerror=').first().waitFor();
	await look(who, `/object/${made.get('incident').id}`, 'main h3');
	for (const path of ['/wall', '/alerts', '/studio', '/seat', '/warnings', '/content', '/board', '/alliance', '/screens', '/report', '/outlets', '/training']) {
		await look(who, path, 'main h1, main .told');
	}
	// The position of the message: the newest one that says sms.
	const last = (await http('/v1/audit/chain', { login: 'auditor' })).json.next - 1;
	for (let position = last; position > last - 30; position--) {
		const r = await http(`/v1/explain/${position}`, { login: 'analyst' });
		if (r.status !== 200 || !r.text.includes('onerror')) continue;
		await look(who, `/explain/${position}`, 'main h1, main .told');
		break;
	}
	// A file whose name is markup: through the form.
	await go(who, '/objects/matter');
	check(dialogs.length === 0, 'a dialog opened', dialogs);
	await picture(who.page, 'security-markup');
	done(who);
	await who.context.close();
	const admin = await seat(browser, city, 'admin', { path: '/admin/keys' });
	await look(admin, '/admin/keys', '.ant-table-row');
	check((await admin.page.locator('main').innerText()).includes('onerror='), 'the note of the key is not shown');
	await look(admin, '/admin/users', '.ant-table-row');
	await admin.page.getByText('marked', { exact: true }).click();
	await admin.page.locator('.ant-drawer h3').waitFor();
	await look(admin, '/admin/quarantine', '.ant-table-row, .ant-empty');
	done(admin);
	await admin.context.close();
}

// ---- objects out of reach, by the interface and by the page's address ----
section('out of reach');
{
	const warned = await post('/v1/warnings', 'everybody', { grade: 2, type: 'contact', evidence: [1], phone: '13800138041', district: 283 });
	check(warned.status === 201, `HTTP ${warned.status}: a warning`, warned.text);
	const far = warned.json.object.id;
	const drafted = await post('/v1/stops', 'everybody', { step: 'draft', account: '6222021234567890199', bank: 12, amount: '1000.00', evidence: [1], basis: 'AFL-20' });
	check(drafted.status === 201, `HTTP ${drafted.status}: a stop`, drafted.text);
	const stop = drafted.json.object.id;
	const all = [...plain.values(), far, stop];
	const route = (id) => machines.find((m) => m.letters === id.split('-')[0]).route;
	let refused = 0, shown = 0;
	const outOf = new Map();
	for (const login of roles) for (const id of all) {
		const path = `/v1/${route(id)}`, kept = await http(`${path}/${id}`, { login }), listed = await http(`${path}?limit=1000`, { login });
		const inList = listed.status === 200 && listed.json.objects.some((o) => o.id === id);
		check(kept.status === 200 || kept.status === 403 || kept.status === 404, `${login} ${id}: HTTP ${kept.status}`);
		check(!inList || kept.status === 200, `${login} sees ${id} in the list and not alone`);
		if (kept.status === 200) { shown++; continue; }
		refused++;
		if (!outOf.has(login)) outOf.set(login, id);
		check(!inList && !kept.text.includes(id.split('-')[1]) , `${login} learns of ${id}`, kept.text);
		for (const more of ['history', 'files/picture']) check([403, 404].includes((await http(`${path}/${id}/${more}`, { login })).status), `${login} ${id}/${more} is told`);
		check([403, 404].includes((await post('/v1/desk/views', login, { object: id, purpose: 'a', case: 'b' })).status), `${login} sees ${id} in plain`);
		const machine = machines.find((m) => m.route === route(id)), step = machine.steps.find((s) => !s.internal && s.from.some((f) => f !== ''));
		if (step !== undefined) check([403, 404, 422].includes((await post(`${path}/${id}/${step.name}`, login, {})).status), `${login} steps on ${id}`);
	}
	section(`${refused} refused, ${shown} in reach`);
	for (const [login, id] of [['station', far], ['bank', stop], ['operator', stop], ['media', far], ['clerk', far]]) check((await http(`/v1/${route(id)}/${id}`, { login })).status >= 403, `${login} reads ${id}`);
	for (const [path, who] of [['/v1/health/details', 'analyst'], ['/v1/keys', 'intake'], ['/v1/organisations', 'station'], ['/v1/audit/access', 'intake'], ['/v1/audit/access', 'admin'], ['/v1/entities/phone/00000000000000000000000000000000', 'media'], ['/v1/alerts', 'clerk'], ['/v1/quarantine', 'analyst'], ['/v1/policies', 'bank'], ['/v1/lists', 'delegate'], ['/v1/jobs', 'intake'], ['/metrics', 'station']])
		check((await http(path, { login: who })).status === 403, `${who} may ask ${path}`);
	for (const login of ['station', 'bank', 'media']) {
		const who = await seat(browser, city, login, { path: `/object/${outOf.get(login)}` });
		await who.page.locator('.told').waitFor();
		check(!(await who.page.locator('main').innerText()).includes('<img'), 'something of it is shown');
		for (const path of ['/admin/users', '/ledger', '/studio']) {
			await go(who, path);
			await who.page.getByText('没有权限').waitFor();
		}
		await who.context.close(); // the browser notes refusals on its console
	}
}

// ---- files that are something else ----
section('files');
{
	const image = png(8, 8), html = Buffer.from('<html><script>window.xss=true</script></html>');
	const upload = (bytes, headers = {}) => post('/v1/files', 'everybody', new Uint8Array(bytes), { headers: { 'Content-Type': 'application/octet-stream', ...headers } });
	const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), gif = Buffer.concat([Buffer.from('GIF89a/*'), html]);
	for (const [name, bytes] of [['a page', html], ['a page that says it is a picture', html], ['a drawing with a script', svg], ['a picture of another kind', gif], ['the head of a picture', image.subarray(0, 20)], ['a head, then a page', Buffer.concat([image.subarray(0, 33), html])], ['a program', Buffer.from('MZ\x90\x00')], ['nothing', Buffer.alloc(0)], ['an archive', Buffer.from('PK\x03\x04aaaa')]]) {
		const r = await upload(bytes, name.includes('says') ? { 'Content-Type': 'image/png' } : {});
		check(r.status >= 400 && r.status < 500, `${name}: HTTP ${r.status}`, r.text);
	}
	const large = await upload(Buffer.concat([image.subarray(0, 60), Buffer.alloc(24 << 20, 65)])).catch(() => null); // null: the line was closed before all of it was sent
	check(large === null || large.status === 413, 'too large, and taken', large?.text);
	// A picture with a page behind it is one; the page is not kept.
	const two = await upload(Buffer.concat([image, html]));
	if (two.status === 201) {
		const matter = await post('/v1/materials', 'everybody', { audience: 'everybody', title: '配图', summary: '测试', picture: two.json.file });
		check(matter.status < 300, `HTTP ${matter.status}: a material with a picture`, matter.text);
		const path = `/v1/materials/${matter.json.object.id}/files/picture`;
		const r = await http(path, { login: 'everybody' });
		check(r.status === 200 && !r.text.includes('<script'), 'the page behind the picture is kept', r.text.slice(-80));
		check(r.headers.get('content-type') === 'image/png' && r.headers.get('x-content-type-options') === 'nosniff', 'it may be taken for something else', [...r.headers]);
		check([401, 403].includes((await http(path)).status), 'anybody may read it');
	} else check(two.status < 500, `a picture with a page behind it: HTTP ${two.status}`);
}

// ---- a session that is over; guesses ----
section('sessions');
const enter = async (who, login, password, at = Date.now()) => {
	await who.page.locator('#login').fill(login);
	await who.page.locator('#password').fill(password);
	await who.page.locator('#totp').fill(city.code(city.seeds[login], at));
	await who.page.locator('button[type=submit]').click();
};
{
	const who = await seat(browser, city, 'intake', { path: '/objects/incident' });
	await who.page.locator('[data-user]').waitFor();
	check((await post('/v1/logout', 'intake', {})).status < 300, 'it does not end');
	await go(who, '/objects/clue');
	await who.page.locator('#login').waitFor(); // the log-in page, and the address is as it was
	check(new URL(who.page.url()).hash === '#/objects/clue', 'the address is lost', who.page.url());
	check(await who.page.locator('main').innerText().then((t) => !t.includes('13')), 'something of the session is still shown');
	await enter(who, 'intake', city.password, Date.now() + 30_000);
	await who.page.locator('[data-user]').waitFor();
	check(new URL(who.page.url()).hash === '#/objects/clue', 'it does not go on where it was', who.page.url());
	const [cookie] = await who.context.cookies();
	check(cookie.name === 'duanka_session' && cookie.httpOnly && cookie.sameSite === 'Strict' && !cookie.secure, 'the cookie is another one', cookie);
	check(await who.page.evaluate(() => document.cookie) === '', 'scripts read the cookie');
	const stored = await who.page.evaluate(() => Object.keys(localStorage).sort().join());
	check(stored === 'duanka.here,duanka.language,duanka.theme', 'more is kept in the browser', stored);
	await who.context.close();

	const guesser = await visit(browser, url);
	await guesser.page.goto(`${url}/console/`);
	await guesser.page.locator('#login').waitFor();
	let status = 0, guesses = 0;
	for (; guesses < 40 && status !== 429; guesses++) status = (await http('/v1/login', { method: 'POST', body: JSON.stringify({ login: 'delegate', password: `guess number ${guesses}`, totp: '000000' }) })).status;
	check(status === 429, 'guesses go on and on', guesses);
	await enter(guesser, 'delegate', 'one more guess');
	await guesser.page.getByRole('alert').filter({ hasText: '锁定' }).waitFor();
	await picture(guesser.page, 'security-locked');
	section(`locked after ${guesses} guesses`);
	await guesser.context.close();
}

// ---- over TLS the cookie is for TLS only ----
section('TLS');
await service.stop();
{
	const file = (name) => join(city.folder, name);
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('tls.key'), '-out', file('tls.pem'), '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'], { stdio: 'ignore' });
	const over = new Service(...service.options, '--tls-certificate', file('tls.pem'), '--tls-key', file('tls.key'));
	await over.start();
	const safe = `https://${over.listen}`;
	const who = await visit(browser, safe, { ignoreHTTPSErrors: true });
	await who.page.goto(`${safe}/console/`);
	await who.page.locator('#login').waitFor();
	await enter(who, 'media', city.password, Date.now() + 30_000);
	await who.page.locator('[data-user]').waitFor();
	const [cookie] = await who.context.cookies();
	check(cookie.secure && cookie.httpOnly && cookie.sameSite === 'Strict', 'the cookie goes without TLS', cookie);
	done(who);
	await who.context.close();
	await over.stop();
	await service.start();
}
await browser.close();
await city.end();
section(`${checked()} checks`);
