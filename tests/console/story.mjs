// story.mjs - one whole story through the console, each as their own user: a call that coaches a payment raises a warning; the seat calls and sends police, who meet the victim; another victim of the same account
// reports, and the stop order goes out while they speak; the bank stops it and freezes it; the holder is told why, objects, and is heard: released at once; and an auditor reads all of it, without a name.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checked, check, done, inspect, launch, picture, visit } from './browser.mjs';
import { begin, go, seat } from './city.mjs';
import { until } from './service.mjs';

const card = (digits) => digits + '10X98765432'[[...digits].reduce((sum, c, i) => sum + Number(c) * (2 ** (17 - i) % 11), 0) % 11]; // an ID number with its check character
const VICTIM = { person: card('37020219480101001'), phone: '13895330001', account: '6217002340000000017' };
const HOLDER = { person: card('37028519970613001'), phone: '13705325678', account: '6222021001116245702' };
const SECOND = { phone: '13900138051', account: '6222021001116249993' };
const city = await begin({
	users: ['leader', 'intake', 'stop', 'dissuasion', 'quality', 'station', 'bank', 'operator', 'auditor', 'appeals'],
	settings: (folder) => {
		mkdirSync(join(folder, 'spool'));
		return `[tenant.texts]\nnumber = 90\nconnector = "spool"\nconnector_url = "${join(folder, 'spool')}"\n`;
	},
});
const { service, sessions } = city;
const as = (who, path, body) => service.ask(sessions[who], path, body);
const reaches = (who, path, test, what) => until(async () => { const o = await as(who, path); return test(o) && o; }, what);
const browser = await launch();
const open = {};
const at = async (login, path, more) => { // one seat a person for the whole story
	if (open[login] === undefined) open[login] = await seat(browser, city, login, { path, ...more });
	else await go(open[login], path);
	return open[login].page;
};
const confirm = (page) => page.click('.ant-modal-footer .ant-btn-primary');

/* ---- 1. a call, and then money ---- */
async function call() {
	const minutes = (n) => (Date.now() - n * 60_000) * 1000;
	const bind = (p, district) => ({ event: 'bind', time: minutes(60), person: p.person, phone: p.phone, account: p.account, district });
	const events = [bind(VICTIM, '370202'), bind(HOLDER, '370285'), { event: 'call', time: minutes(45), caller: '+447400000001', callee: VICTIM.phone, talk: 35 * 60 },
		{ event: 'transfer', time: minutes(1), payer: VICTIM.account, payee: HOLDER.account, amount: 80000 }];
	const r = await fetch(`${city.url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${city.feed}`, 'Content-Type': 'application/x-ndjson' }, body: events.map((e) => JSON.stringify(e)).join('\n') });
	const told = await r.text();
	check(r.ok && told.includes('"accepted":4'), 'the events are not taken', told);
	const found = await until(async () => (await service.ask(city.all, `warnings?entity=person:${VICTIM.person}`)).objects[0], 'a warning for who was called');
	check(found.grade === 3 && found.fields.type.name === 'fund', 'not purple', found);
	return found.id;
}

/* ---- 2. dissuasion: the seat, the station, the review ---- */
async function dissuade(warning) {
	const page = await at('dissuasion', '/seat');
	await page.waitForSelector('[data-call]');
	while (await page.getAttribute('[data-call]', 'data-call') !== warning) { // older ones of the city are before it
		const other = await page.getAttribute('[data-call]', 'data-call');
		await page.waitForSelector('[data-do="sign"]');
		await page.keyboard.press('0');
		await page.waitForFunction((n) => { const c = document.querySelector('[data-call]'); return c !== null && c.dataset.call !== n; }, other);
	}
	await page.waitForSelector('[data-because]');
	check((await page.textContent('[data-because]')).includes('80,000'), 'the seat is not told why');
	await page.waitForSelector('[data-do="sign"]');
	await page.keyboard.press('Enter');
	await page.waitForSelector('[data-do="call-reached"]');
	await page.keyboard.press('k');
	const code = (await (await page.waitForSelector('.call-code output')).textContent()).replace(' ', '');
	const real = await (await fetch(`${city.url}/v1/public/verify-call`, { method: 'POST', body: JSON.stringify({ code, digits: VICTIM.phone.slice(-4) }) })).json();
	check(real.genuine === true, 'the victim can’t tell that the call is ours', real);
	await page.keyboard.press('c');
	await page.waitForSelector('[data-do="visit"]');
	await inspect(open.dissuasion, 'story-1-seat');
	await page.keyboard.press('v');
	await reaches('leader', `warnings/${warning}`, (w) => w.state.name === 'visiting', 'police are sent');

	const phone = await at('station', `/station/${warning}`, { size: 'phone' });
	await phone.click('[data-do="verify-identity"]');
	await phone.fill('#proof', '当面核对证件，已签收告知书');
	await phone.click('[data-do="meet"]:not([disabled])');
	await phone.click('[data-outcome="persuaded"]:not([disabled])');
	await phone.click('[data-do="feed-back"]');
	await reaches('leader', `warnings/${warning}`, (w) => w.state.name === 'fed-back', 'fed back');
	await inspect(open.station, 'story-2-station');

	const list = await at('quality', '/warnings');
	await list.click('[data-view="review"]');
	await list.check(`[data-row="${warning}"] input[type=checkbox]`);
	await list.click('[data-batch="review"]');
	await reaches('leader', `warnings/${warning}`, (w) => w.state.name === 'reviewed' && w.fields.outcome.name === 'persuaded', 'reviewed');
}

/* ---- 3. another victim of the same account: the stop order ---- */
async function report() {
	await as('operator', 'cards', { step: 'register', phone: HOLDER.phone, person: HOLDER.person, operator: 21 });
	const page = await at('intake', '/intake');
	await page.waitForFunction(() => document.activeElement?.id === 'caller');
	await page.keyboard.type(SECOND.phone);
	for (const [id, text] of [['payee', HOLDER.account], ['payee_name', '李某'], ['amount', '50000'], ['payer', SECOND.account]]) {
		await page.focus(`#${id}`);
		await page.keyboard.type(text);
	}
	await page.click('[data-ago="5"]');
	await page.waitForSelector('[data-needed="0"]');
	await page.keyboard.press('Alt+s');
	await page.waitForSelector('[data-order][data-state="draft"]');
	const stop = await page.getAttribute('[data-order]', 'data-order');

	const boss = await at('leader', '/stops'); // who knows by now whose account it is, so that the holder can be told
	await boss.click('[data-view="approve"]');
	await boss.click(`[data-row="${stop}"]`);
	await boss.click('.ant-drawer [data-step="approve"]');
	await boss.fill('.ant-modal #person', HOLDER.person);
	await confirm(boss);
	await page.waitForSelector('[data-order][data-state="sent"]');
	await as('bank', `stops/${stop}/answer`, { result: 100000, match: 'matched', stopped: new Date().toISOString(), balance: 61000 });
	await page.waitForSelector('[data-order][data-state="stopped"]'); // while the victim is still on the line
	await inspect(open.intake, 'story-3-intake');
	return stop;
}
async function freeze(stop) {
	const page = await at('stop', '/stops');
	await page.click(`[data-row="${stop}"]`);
	await page.click('.ant-drawer [data-step="convert"]');
	await page.fill('.ant-modal #case_no', 'A-17');
	await page.fill('.ant-modal #months', '6');
	await page.fill('.ant-modal #reason', '涉嫌诈骗资金流入');
	await confirm(page);
	const id = await until(async () => (await as('stop', `stops/${stop}`)).fields.freeze, 'a freeze is asked for');
	const boss = await at('leader', '/stops/freeze');
	await boss.click(`[data-row="${id}"]`);
	await boss.click('.ant-drawer [data-step="approve"]');
	await confirm(boss);
	await reaches('leader', `freezes/${id}`, (f) => f.state.name === 'sent', 'the freeze is sent');
	await as('bank', `freezes/${id}/answer`, { result: 100000, frozen_amount: 61000, frozen: new Date().toISOString() });
	await reaches('leader', `freezes/${id}`, (f) => f.state.name === 'frozen', 'frozen');
	await reaches('leader', `stops/${stop}`, (s) => s.state.name === 'converted', 'no stop any more');
	await inspect(open.leader, 'story-4-freeze');
	return id;
}

/* ---- 4. the holder: told, objects, is heard ---- */
async function notice(measure) { // what was sent to the holder's phone
	const number = measure.split('-')[1];
	const spool = join(city.folder, 'spool');
	const text = () => readdirSync(spool).map((f) => readFileSync(join(spool, f), 'utf8')).join('\n');
	return until(() => text().match(new RegExp(`M-${number}(-[0-9A-Z]{4})+`))?.[0], 'the notice to the holder');
}
async function appeal(id) {
	const { fields: { measure } } = await as('leader', `freezes/${id}`);
	const code = await notice(measure), digits = HOLDER.phone.slice(-4);
	const holder = await visit(browser, city.url);
	await holder.page.goto(`${city.url}/zh/restriction`);
	await inspect(holder, 'story-5-holder');
	await holder.context.close();
	const shown = await (await fetch(`${city.url}/v1/public/restrictions`, { method: 'POST', body: JSON.stringify({ code, digits }) })).json();
	check(shown.measure.name === 'freeze' && shown.reason === '涉嫌诈骗资金流入', 'the holder is not told what and why', shown);
	const r = await fetch(`${city.url}/v1/public/appeals`, { method: 'POST', body: JSON.stringify({ code, digits, text: '这是我卖二手车的车款，附合同', by_person: true }) });
	const filed = await r.json();
	check(r.status === 201, 'the objection is not taken', filed);

	const page = await at('appeals', `/object/${filed.object}`);
	for (const step of ['accept', 'check', 'grant']) {
		await page.click(`[data-step="${step}"]`);
		if (step === 'grant') await page.fill('.ant-modal #decision', '经查系合法交易款项，申诉成立');
		await confirm(page);
		await reaches('appeals', `appeals/${filed.object}`, (a) => a.state.name === { accept: 'accepted', check: 'checking', grant: 'granted' }[step], step);
	}
	await inspect(open.appeals, 'story-6-appeal');
	const { state, fields } = await as('leader', `freezes/${id}`);
	check(state.name === 'released' && fields.released !== undefined, 'granted, but not released at once', { state, fields });
	const ended = await as('leader', `measures/${measure}`);
	check(ended.state.final, 'the measure is still in force', ended);
	const answer = await (await fetch(`${city.url}/v1/public/appeals/${filed.receipt}`)).json();
	check(answer.state === 'granted' && answer.decision.includes('申诉成立'), 'the holder does not learn it', answer);
	return { measure, appeal: filed.object };
}

/* ---- 5. the auditor ---- */
async function audit({ warning, stop, freeze: frozen, measure, appeal: objection }) {
	const page = await at('auditor', `/object/${measure}`);
	await page.waitForSelector('.ant-timeline');
	const whole = await page.textContent('main');
	for (const secret of [VICTIM.person, VICTIM.phone, HOLDER.person, HOLDER.phone, HOLDER.account, SECOND.phone]) check(!whole.includes(secret), 'the auditor sees a number in plain');
	await inspect(open.auditor, 'story-7-audit');
	const steps = async (path) => (await as('auditor', `${path}/history`)).history;
	const story = { warning: await steps(`warnings/${warning}`), stop: await steps(`stops/${stop}`), freeze: await steps(`freezes/${frozen}`), appeal: await steps(`appeals/${objection}`), measure: await steps(`measures/${measure}`) };
	const names = (of) => story[of].map((h) => h.step.name);
	for (const [of, wanted] of [['warning', ['sign', 'call', 'visit', 'verify-identity', 'meet', 'feed-back', 'review']], ['stop', ['draft', 'approve', 'answer', 'convert', 'converted']], ['freeze', ['request', 'approve', 'answer', 'release-by-appeal']], ['appeal', ['file', 'accept', 'check', 'grant']]]) {
		check(wanted.every((s) => names(of).includes(s)), `not all steps of the ${of}`, names(of));
	}
	const who = (of, step) => story[of].find((h) => h.step.name === step).user;
	check(who('warning', 'feed-back') !== who('warning', 'review') && who('stop', 'draft') !== who('stop', 'approve') && who('freeze', 'request') !== who('freeze', 'approve') && who('appeal', 'grant') !== who('freeze', 'approve'), 'one person where two are needed');
	const denied = await fetch(`${city.url}/v1/desk/views`, { method: 'POST', headers: { Authorization: `Bearer ${sessions.auditor}` }, body: JSON.stringify({ object: stop, purpose: 'curious', case: 'A-17' }) });
	check(denied.status === 403, `HTTP ${denied.status}: an auditor sees names`);
	await go(open.auditor, `/object/${frozen}`);
	await page.waitForFunction(() => document.querySelector('main')?.textContent.includes('申诉解除'));
	await picture(page, 'story-8-audit-freeze');
}

const warning = await call();
await dissuade(warning);
const stop = await report();
const frozen = await freeze(stop);
const { measure, appeal: objection } = await appeal(frozen);
await audit({ warning, stop, freeze: frozen, measure, appeal: objection });
for (const who of Object.values(open)) done(who);
await browser.close();
await city.end();
console.log(`story: ${checked()} checks`);
