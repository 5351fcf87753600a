// seats.mjs - the seats do their work through the console's pages, by keys where they have keys: a dissuasion seat calls, a leader reviews and agrees, an officer visits on a phone, intake takes a call and
// orders a stop, the stop seat follows it until it is a freeze. What came of it is asked of the service.
import { checked, check, done, inspect, launch, picture, quiet } from './browser.mjs';
import { begin, go, seat } from './city.mjs';
import { until } from './service.mjs';

const city = await begin({ users: ['leader', 'intake', 'stop', 'dissuasion', 'quality', 'station', 'bank'] });
const { service, sessions } = city;
const at = (key, path) => service.ask(key, path);
const object = (path) => at(sessions.leader, path);
const reaches = (path, test, what) => until(async () => test(await object(path)), `${what}: ${path}`);
const add = async (grade, phone, more = {}) => (await service.ask(city.all, 'warnings', { grade, type: 'fund', evidence: [1], phone, district: 202, scam: 'police', amount: 23000, step: 'add', ...more })).object.id;
const browser = await launch();
const look = async (who, name, login, path) => { // the same page in other languages, sizes and themes
	await inspect(who, name);
	for (const [language, size, theme] of [['en', 'phone', 'light'], ['zh', 'phone', 'dark'], ['en', 'desk', 'dark']]) {
		const other = await seat(browser, city, login, { path, language, size, theme });
		await other.page.waitForSelector('h1');
		await quiet(other);
		await inspect(other, `${name}-${language}-${size}-${theme}`);
		done(other);
		await other.context.close();
	}
};

/* ---- the dissuasion seat ---- */
async function dissuasion() {
	const who = await seat(browser, city, 'dissuasion', { path: '/seat' });
	const { page } = who;
	const shown = async (not) => {
		await page.waitForFunction((n) => { const c = document.querySelector('[data-call]'); return c !== null && c.dataset.call !== n && document.querySelector('[data-do="sign"]') !== null; }, not);
		return page.getAttribute('[data-call]', 'data-call');
	};
	const key = (k) => page.keyboard.press(k);
	const state = (id, name) => reaches(`warnings/${id}`, (w) => w.state.name === name, name);

	const first = await shown(null);
	check(first === (await at(sessions.dissuasion, 'warnings/next')).object.id, 'the most urgent one is the next one', first);
	await look(who, 'seat', 'dissuasion', '/seat');
	await key('Enter');
	await state(first, 'signed');
	check((await object(`warnings/${first}`)).fields.owner === Number(city.ids.dissuasion.slice(2)), 'it is not the seat’s own');
	await page.waitForSelector('[data-do="call-reached"]');
	await page.click('[data-part="ask"] [data-yes="investment"]');
	await page.waitForSelector('[data-script="investment"]');
	await key('k');
	await page.waitForSelector('.call-code output');
	check(/^\d{3} \d{3}$/.test(await page.textContent('.call-code output')), 'no code to read out');
	await key('c');
	await state(first, 'contacted');
	await page.waitForSelector('[data-do="visit"].ant-btn-primary'); // the page, too, has come to that
	check(await page.isDisabled('[data-do="persuaded"]'), 'a purple one is persuaded by phone');
	await key('v');
	await state(first, 'visiting');

	const second = await shown(first); // the next one comes by itself
	await key('Enter');
	await page.waitForSelector('[data-do="not-true"]:not([disabled])');
	await key('2');
	await page.waitForSelector('.ant-modal input#note');
	await page.fill('.ant-modal input#note', 'u1n2k3v'); // keys are text while somebody types
	await page.keyboard.press('Enter');
	await state(second, 'fed-back');
	const fed = await object(`warnings/${second}`);
	check(fed.fields.outcome.name === 'not-true' && fed.fields.upgraded === undefined, 'not what was fed back', fed.fields);

	const third = await shown(second);
	await key('Enter');
	await page.waitForSelector('[data-do="call-no-answer"]');
	await key('a');
	await reaches(`warnings/${third}`, (w) => w.fields.calls === 1 && w.fields.call_result.name === 'no-answer', 'a call without answer');
	const fourth = await shown(third);
	await key('0');
	await shown(fourth);
	check((await object(`warnings/${fourth}`)).state.name === 'issued', 'what was put aside was signed');
	done(who);
	await who.context.close();
	return { visited: first, fed: second };
}

/* ---- the leader's list ---- */
async function leader(fed) {
	const moved = await add(2, '13800138031');
	await service.ask(sessions.dissuasion, `warnings/${moved}/transfer`, { to_district: 203 });
	const who = await seat(browser, city, 'leader', { path: '/warnings' });
	const { page } = who;
	await page.waitForSelector('.counts');
	await look(who, 'warnings', 'leader', '/warnings');
	await page.click('[data-view="review"]');
	await page.check(`[data-row="${fed}"] input[type=checkbox]`);
	await page.click('[data-batch="review"]');
	await reaches(`warnings/${fed}`, (w) => w.state.name === 'closed', 'reviewed');
	await page.click('[data-view="transfers"]');
	await page.click(`[data-row="${moved}"]`);
	await page.click('[data-step="accept-transfer"]');
	await page.click('.ant-modal-footer .ant-btn-primary');
	await reaches(`warnings/${moved}`, (w) => w.state.name === 'issued' && w.district === 203, 'transferred');
	await page.locator('.ant-modal').waitFor({ state: 'hidden' }); // or the key closes that
	await page.keyboard.press('Escape');
	await page.click('[data-view="live"]');
	// What is not in sight is not chosen.
	const chosen = page.locator('main strong', { hasText: '已选' }), every = page.getByRole('checkbox', { name: '全选' });
	await every.check();
	const many = Number(/\d+/.exec(await chosen.innerText())[0]);
	await page.locator('.counts tbody tr').nth(1).locator('.cell').first().click(); // red ones
	await page.waitForSelector('.cell[aria-pressed="true"]');
	const few = await page.locator('[data-row]').count();
	check(few < many && Number(/\d+/.exec(await chosen.innerText())[0]) === few, 'others than those in sight are chosen', [many, few, await chosen.innerText()]);
	await every.uncheck();
	await chosen.waitFor({ state: 'detached' });
	done(who);
	await who.context.close();
}

/* ---- an officer on a phone ---- */
async function station() {
	const task = await add(2, '13800138032');
	const who = await seat(browser, city, 'station', { path: '/station', size: 'phone' });
	const { page } = who;
	const tap = (what) => page.click(`[data-do="${what}"]`);
	const state = (name) => page.waitForSelector(`[data-task="${task}"][data-state="${name}"]`);
	await page.waitForSelector(`[data-card="${task}"]`);
	await inspect(who, 'station-list');
	await page.click(`[data-card="${task}"] [data-sign]`);
	await state('signed');
	await page.click('[data-plain]');
	await page.fill('#case', 'A-17');
	await page.keyboard.press('Enter');
	check(await page.waitForSelector('a[href="tel:13800138032"]') !== null, 'nothing to call');
	await tap('call-reached');
	await state('contacted');
	await tap('visit');
	await state('visiting');
	check(await page.isDisabled('[data-do="meet"]'), 'met before it is known who it is');
	await tap('verify-identity');
	await page.fill('#proof', '已核对证件并签收告知书');
	await tap('meet');
	await state('met');
	await inspect(who, 'station-task');
	await page.click('[data-outcome="persuaded"]');
	await page.fill('#note', '已劝阻，未转账');
	await tap('feed-back');
	await reaches(`warnings/${task}`, (w) => w.state.name === 'fed-back' && w.fields.outcome.name === 'persuaded', 'fed back');
	done(who);
	await who.context.close();
	const far = await seat(browser, city, 'station', { path: '/station', language: 'en', theme: 'dark' });
	await far.page.waitForSelector('.cards, .ant-empty');
	await inspect(far, 'station-en-desk-dark');
	done(far);
	await far.context.close();
}

/* ---- intake: by keys alone ---- */
async function intake(payee) {
	const who = await seat(browser, city, 'intake', { path: '/intake' });
	const { page } = who;
	const type = async (id, text) => { await page.focus(`#${id}`); await page.keyboard.type(text); };
	await page.waitForFunction(() => document.activeElement?.id === 'caller');
	await page.keyboard.type('13900138041');
	await page.keyboard.press('Alt+s'); // the report as it comes
	await page.waitForSelector('[data-incident]');
	const incident = await page.getAttribute('[data-incident]', 'data-incident');
	await page.keyboard.press('Alt+j');
	await reaches(`incidents/${incident}`, (i) => i.state.name === 'joined', 'three-party call');
	await type('payee', payee);
	await type('payee_name', '李某');
	await page.keyboard.press('Alt+2'); // another page by a slip, and back
	await page.waitForURL((u) => u.hash !== '#/intake');
	await go(who, '/intake');
	await page.waitForSelector(`[data-incident="${incident}"]`);
	check((await page.inputValue('#payee')) === payee && (await page.inputValue('#payee_name')) === '李某', 'what was typed is lost by a look at another page');
	await page.waitForSelector('[data-whose="11"]'); // the bank, by the account
	await type('amount', '50000');
	await page.waitForSelector('[data-needed="1"]');
	// The calendar comes late: what is typed meanwhile stays where it was typed, and is the time.
	const held = [];
	await who.context.route(/\/date-picker-.*\.js$/, (r) => { held.push(r); });
	await type('paid', '2026-03-01 08:30');
	check((await page.inputValue('#paid')) === '2026-03-01 08:30' && await page.evaluate(() => document.activeElement.id) === 'paid', 'the time is not where it was typed', await page.inputValue('#paid'));
	await page.keyboard.press('Tab');
	check((await page.inputValue('#paid')) === '2026-03-01 08:30:00' && held.length === 1, 'the typed time is not taken', [await page.inputValue('#paid'), held.length]);
	await held[0].continue();
	await page.locator('.ant-picker #paid').waitFor();
	await page.click('[data-ago="5"]');
	const paid = await page.inputValue('#paid');
	await page.click('#paid');
	await page.locator('.ant-picker-dropdown').waitFor();
	await inspect(who, 'intake-calendar');
	check(paid.startsWith('20') && (await page.inputValue('#paid')) === paid, 'the time is another one in the calendar', paid);
	const minutes = page.locator('.ant-picker-dropdown ul[data-type=minute]'), minute = async () => Number(await minutes.locator('li[class*=-selected]').getAttribute('data-value'));
	const at = await minute();
	await minutes.focus();
	await page.keyboard.press(at > 0 ? 'ArrowUp' : 'ArrowDown');
	check(await minute() === (at > 0 ? at - 1 : 1), 'keys do not choose the minute', [at, await minute()]);
	await page.keyboard.press('Escape');
	await page.locator('.ant-picker-dropdown').waitFor({ state: 'hidden' });
	await page.waitForSelector('[data-needed="0"]');
	await inspect(who, 'intake');
	await page.keyboard.press('Alt+s'); // and with the last fact the stop order
	await page.waitForSelector('[data-order][data-state="draft"]');
	const stop = await page.getAttribute('[data-order]', 'data-order');
	const got = await object(`incidents/${incident}`);
	check(got.state.name === 'dispatched' && got.fields.stop === stop && got.fields.amount === 50000, 'not the report that was told', got);
	return { who, incident, stop };
}
async function again(who, payee, stop) { // a second caller names the same account
	const { page } = who;
	await page.keyboard.press('Alt+n');
	await page.waitForFunction(() => document.activeElement?.id === 'caller' && document.activeElement.value === '');
	await page.keyboard.type('13900138042');
	await page.focus('#payee');
	await page.keyboard.type(payee);
	await page.waitForSelector('[data-duplicates]');
	check((await page.textContent('[data-duplicates]')).includes(stop), 'the order about this account is not shown');
	await inspect(who, 'intake-duplicate');
	done(who);
	await who.context.close();
	for (const [language, size, theme] of [['en', 'phone', 'light'], ['zh', 'desk', 'dark']]) {
		const other = await seat(browser, city, 'intake', { path: '/intake', language, size, theme });
		await other.page.waitForSelector('#caller');
		await inspect(other, `intake-${language}-${size}-${theme}`);
		done(other);
		await other.context.close();
	}
}

/* ---- stops and freezes ---- */
async function stops(intakeSeat, stop) {
	const boss = await seat(browser, city, 'leader', { path: '/stops' });
	await boss.page.click('[data-view="approve"]');
	await boss.page.check(`[data-row="${stop}"] input[type=checkbox]`);
	await boss.page.click('[data-batch="approve"]');
	await reaches(`stops/${stop}`, (s) => s.state.name === 'sent', 'approved');
	await intakeSeat.page.waitForSelector('[data-order][data-state="sent"]'); // the other seat sees it
	await service.ask(sessions.bank, `stops/${stop}/answer`, { result: 100000, match: 'matched', stopped: new Date().toISOString(), balance: 61000 });
	await intakeSeat.page.waitForSelector('[data-order][data-state="stopped"]');

	const who = await seat(browser, city, 'stop', { path: '/stops' });
	await who.page.click('[data-view="force"]');
	await who.page.waitForSelector(`[data-row="${stop}"] .left`);
	await look(who, 'stops', 'stop', '/stops');
	await who.page.click(`[data-row="${stop}"]`);
	await who.page.waitForSelector('[data-used="1"]');
	await inspect(who, 'stops-order');
	await who.page.click('[data-step="convert"]');
	await who.page.fill('.ant-modal #case_no', 'A-17');
	await who.page.fill('.ant-modal #months', '6');
	await who.page.click('.ant-modal-footer .ant-btn-primary');
	const freeze = await until(async () => (await object(`stops/${stop}`)).fields.freeze, 'a freeze');
	done(who);
	await who.context.close();

	await go(boss, '/stops/freeze');
	await boss.page.click(`[data-row="${freeze}"]`);
	await boss.page.click('.ant-drawer [data-step="approve"]');
	await boss.page.click('.ant-modal-footer .ant-btn-primary');
	await reaches(`freezes/${freeze}`, (f) => f.state.name === 'sent', 'the freeze is sent');
	await service.ask(sessions.bank, `freezes/${freeze}/answer`, { result: 100000, frozen_amount: 61000, frozen: new Date().toISOString() });
	await reaches(`stops/${stop}`, (s) => s.state.name === 'converted', 'it is a freeze now');
	await boss.page.keyboard.press('Escape');
	await boss.page.waitForFunction((f) => document.querySelector(`[data-row="${f}"]`)?.textContent.includes('冻结中'), freeze);
	await inspect(boss, 'freezes');
	done(boss);
	await boss.context.close();
}
/* A mismatch never stops: said where the order is. */
async function mismatch() {
	const paid = new Date(Date.now() - 600_000).toISOString();
	const { object: incident } = await service.ask(sessions.intake, 'incidents', { channel: '110', caller: '13900138043', payee: '6222021001116245744', payee_bank: 11, amount: 800, paid });
	const stop = incident.fields.stop;
	await service.ask(sessions.leader, `stops/${stop}/approve`, {});
	await service.ask(sessions.bank, `stops/${stop}/answer`, { result: 100000, match: 'name-differs' });
	const who = await seat(browser, city, 'stop', { path: '/stops', language: 'en' });
	await who.page.click('[data-view="failed"]');
	await who.page.click(`[data-row="${stop}"]`);
	await who.page.waitForSelector('.ant-drawer .ant-alert-error');
	check((await who.page.textContent('.ant-drawer .ant-alert-error')).includes('must not be stopped'), 'it does not say why it was not stopped');
	done(who);
	await who.context.close();
}

const part = process.argv[2]; // calls, stops; all if not named
if (part !== 'stops') {
	const { fed } = await dissuasion();
	await leader(fed);
	await station();
}
if (part !== 'calls') {
	const payee = '6222021001116245702';
	const { who, stop } = await intake(payee);
	await stops(who, stop);
	await again(who, payee, stop);
	await mismatch();
}
await browser.close();
await city.end();
console.log(`seats: ${checked()} checks`);
