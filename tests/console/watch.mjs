// watch.mjs - an analyst sees an alert come, reads why, judges it by keys, and looks at whom it is about; a stop seat follows the money and stops it. What was done is asked for over the API.
import { check, checked, done, inspect as look, launch } from './browser.mjs';
import { begin, go, seat } from './city.mjs';
import { until } from './service.mjs';

const city = await begin({ users: ['analyst', 'leader', 'stop', 'appeals', 'bank'] });
const browser = await launch();
const { service, sessions } = city;
const inspect = async (who, name) => { await who.page.mouse.move(0, 0); await look(who, name); }; // nothing is hovered over
const REASON = '核查报警人转出的资金';

const send = async (...events) => {
	const time = new Date().toISOString();
	const r = await fetch(`${city.url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${city.feed}`, 'Content-Type': 'application/x-ndjson' }, body: events.map((e) => JSON.stringify({ time, ...e })).join('\n') });
	const body = await r.json();
	check(r.ok && body.bad.length === 0 && body.late === 0, `HTTP ${r.status}: events`, body);
};
const forged = (caller, callee) => ({ event: 'call', caller, callee, talk: '20' });
const newest = async (filter = '') => (await service.ask(sessions.analyst, `alerts?newest=true&limit=50${filter}`)).alerts;
const row = (who, id) => who.page.locator(`[data-alert="${id}"]`);

/* ---- alerts: live, filtered, grouped, judged by keys ---- */
async function alerts() {
	const who = await seat(browser, city, 'analyst', { path: '/alerts' });
	await who.page.locator('[data-alert]').first().waitFor();
	const last = (await newest())[0];
	check((await who.page.locator('[data-alert]').first().getAttribute('data-alert')) === last.id, 'the newest alert is not the first', last.id);

	await send(forged('+8695588', '13895330001'));
	const came = await until(async () => (await newest('&rule=spoofed_caller')).find((a) => a.position > last.position), 'an alert of a forged number');
	await row(who, came.id).waitFor(); // by the stream: nobody asked again
	await inspect(who, 'alerts-zh-desk');

	await row(who, came.id).focus();
	await who.page.keyboard.press('j');
	await who.page.keyboard.press('k');
	await who.page.keyboard.press('t');
	await who.page.locator('#verdict-why').fill('电话核实，确系诈骗');
	await who.page.keyboard.press('Control+Enter');
	await row(who, came.id).getByText('✓ 报对了').waitFor();
	const judged = (await newest('&rule=spoofed_caller')).find((a) => a.id === came.id);
	check(judged.verdict?.verdict === 'true', 'the verdict is not kept', judged.verdict);

	await who.page.keyboard.press('Escape');
	await who.page.locator('h1').click();
	await who.page.keyboard.press('g');
	await who.page.locator('[data-group="spoofed_caller"]').click(); // the group's alerts alone
	await until(async () => (await who.page.locator('[data-alert]').count()) > 0 && (await who.page.locator('[data-alert]').evaluateAll((rows) => rows.every((r) => r.dataset.alert.endsWith('.spoofed_caller')))), 'alerts of the rule alone');

	await row(who, came.id).click();
	await who.page.locator(`[data-story="${came.id}"]`).waitFor();
	done(who);
	await who.context.close();
	return came;
}

/* ---- a rare one among many: the service looks through all, the page goes on until it has it ---- */
async function rare() {
	const who = await seat(browser, city, 'leader', { path: '/alerts', language: 'en', size: 'phone', theme: 'dark' });
	await who.page.locator('[data-alert]').first().waitFor();
	await inspect(who, 'alerts-en-phone-dark');
	const purple = await newest('&severity=purple');
	check(purple.length > 0, 'the city has no purple alert');
	await who.page.getByLabel('Level').first().click();
	await who.page.locator('.ant-select-item-option-content', { hasText: 'Purple' }).click();
	await row(who, purple[0].id).waitFor();
	done(who);
	await who.context.close();
	return purple[0];
}

/* ---- a bank sees its own, with what it may not see left out ---- */
async function house() {
	const who = await seat(browser, city, 'bank', { path: '/alerts' });
	await who.page.getByRole('heading', { name: '警报' }).waitFor();
	const own = (await service.ask(sessions.bank, 'alerts?newest=true&limit=50')).alerts;
	if (own.length === 0) await who.page.locator('.ant-empty-description').waitFor();
	else await row(who, own[0].id).waitFor();
	check((await who.page.getByText('报对了').count()) === 0, 'a verdict is offered to a bank');
	done(who);
	await who.context.close();
}

/* ---- an explanation: conditions with values, the rule's text, the windows, the way to whom it is about ---- */
async function explanation(alert) {
	const who = await seat(browser, city, 'analyst', { path: `/explain/${alert.id}` });
	const story = who.page.locator(`[data-story="${alert.id}"]`);
	await story.waitFor();
	check((await story.locator('.because').textContent()) === alert.because.zh, 'because is not as recorded');
	for (const v of alert.values) await story.locator('.conditions li', { hasText: v.text }).filter({ hasText: v.left }).first().waitFor();
	await story.locator('.policy pre', { hasText: `rule ${alert.rule}` }).waitFor();
	check((await story.locator('.policy .held').count()) > 0, 'no condition is marked in the text');
	await inspect(who, 'explain-zh-desk');
	await who.page.keyboard.press('f');
	await who.page.locator('#verdict-why').fill('本人正常办理');
	await who.page.keyboard.press('Control+Enter');
	await story.getByText('✗ 误报', { exact: true }).waitFor();
	check((await newest('&severity=purple')).find((a) => a.id === alert.id).verdict.verdict === 'false', 'the verdict is not kept');

	const other = await seat(browser, city, 'appeals', { path: `/explain/${alert.id}`, language: 'en', size: 'phone', theme: 'dark' }); // reads alerts, no policies, judges nothing
	await other.page.locator(`[data-story="${alert.id}"]`).waitFor();
	check((await other.page.locator('[data-verdict]').count()) === 0, 'a verdict is offered to who may not give one');
	check((await other.page.locator('.policy').count()) === 0, 'the text of a rule is shown to who may not read it');
	await inspect(other, 'explain-en-phone-dark');
	await go(other, `/explain/${alert.position + 1e9}`);
	await other.page.getByText('No such object').waitFor();
	for (const w of [who, other]) { w.complaints = w.complaints.filter((c) => !c.includes('404')); done(w); await w.context.close(); }
}

/* ---- somebody: found by number, state, work, time line and contacts for a purpose ---- */
const A = '6228480000000000018', B = '6228480000000000026', C = '6217000000000000038', D = '6217000000000000046';
async function money() {
	const day = (minutes) => new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString();
	const pay = (payer, payee, amount, minutes) => ({ event: 'transfer', time: day(minutes), payer, payee, amount, channel: 'app' });
	await send(pay(A, B, '90000.00', 1), pay(B, C, '50000.00', 5), pay(B, D, '30000.00', 6), pay(C, D, '20000.00', 9));
	const token = {};
	for (const n of [A, B, C, D]) token[n] = (await service.ask(sessions.stop, 'token', { kind: 'account', value: n, reason: 'test' })).token;
	return token;
}
async function somebody(token) {
	const who = await seat(browser, city, 'analyst', { path: '/entity' });
	await who.page.locator('#entity-value').fill(B);
	await who.page.locator('[data-find]').click();
	await who.page.waitForURL((u) => u.hash === `#/entity/account/${token[B]}`);
	await who.page.getByRole('heading', { name: '基本情况' }).waitFor();
	await inspect(who, 'entity-zh-desk');
	await who.page.getByText('措施与办理').first().click();
	await who.page.getByText('没有相关的预警、措施或办理').waitFor();
	await who.page.getByText('时间线').first().click();
	check((await who.page.locator('[data-event]').count()) === 0, 'events are shown before a purpose is given');
	await who.page.locator('#reason').fill('13800138000的事');
	await who.page.locator('form button[type=submit]').click();
	await who.page.getByText('不要写号码').waitFor();
	await who.page.locator('#reason').fill(REASON);
	await who.page.locator('#case').fill('A-1');
	await who.page.locator('form button[type=submit]').click();
	await until(async () => (await who.page.locator('[data-event]').count()) === 3, 'three events');
	await inspect(who, 'entity-timeline-zh-desk');
	await who.page.getByText('关系图').first().click();
	await who.page.locator(`[data-contact="${token[C]}"]`).waitFor();
	await who.page.locator(`[data-expand="${token[D]}"]`).click(); // of D: C is a contact of both
	await who.page.locator('.net[data-drawn="4"]').waitFor();
	await inspect(who, 'entity-contacts-zh-desk');
	const access = await service.ask(sessions.leader, 'audit/access');
	check(JSON.stringify(access).includes(REASON), 'who looked and why is not recorded');
	done(who);
	await who.context.close();

	const phone = await seat(browser, city, 'leader', { path: `/entity/account/${token[B]}`, language: 'en', size: 'phone', theme: 'dark' });
	await phone.page.getByRole('heading', { name: 'Facts' }).waitFor();
	await inspect(phone, 'entity-en-phone-dark');
	await go(phone, '/entity');
	await phone.page.locator('#entity-value').waitFor();
	await inspect(phone, 'entity-search-en-phone-dark');
	done(phone);
	await phone.context.close();

	const bank = await seat(browser, city, 'bank', { path: `/entity/account/${token[B]}` }); // may not look at entities
	await bank.page.getByText('没有权限').waitFor();
	done(bank);
	await bank.context.close();
}

/* ---- the money: levels, what is left, a stop order from there ---- */
async function trail(token) {
	const who = await seat(browser, city, 'stop', { path: `/trail/${token[A]}` });
	await who.page.locator('#reason').fill(REASON);
	await who.page.locator('#case').fill('A-1');
	await who.page.locator('[data-follow]').click();
	for (const n of [A, B, C, D]) await who.page.locator(`.box[data-account="${token[n]}"]`).waitFor();
	const ranked = await who.page.locator('[data-ranked]').evaluateAll((rows) => rows.map((r) => r.dataset.ranked));
	check(ranked[0] === token[D], 'the account with most left is not the first', ranked);
	check((await who.page.locator(`[data-ranked="${token[D]}"]`).textContent()).includes('50,000'), 'what is left is not shown');
	const lefts = (await who.page.evaluate(async ([token, reason]) => {
		const me = await (await fetch('/v1/me')).json();
		const r = await fetch('/v1/trail', { method: 'POST', headers: { 'X-CSRF-Token': me.csrf, 'Content-Type': 'application/json' }, body: JSON.stringify({ account: token, levels: 3, reason }) });
		return (await r.json()).levels.flatMap((l) => l.accounts).map((a) => a.left_known).filter((n) => n > 0);
	}, [token[A], REASON]));
	const total = await who.page.locator('[data-left]').innerText();
	check(total.startsWith(`4 个账户，其中 ${lefts.length} 个`) && total.includes(new Intl.NumberFormat('zh-CN').format(lefts.reduce((a, b) => a + b, 0) / 100)), 'the total is not the sum of what is left', { total, lefts });
	await inspect(who, 'trail-zh-desk');
	await who.page.locator(`.box[data-account="${token[D]}"]`).focus();
	await who.page.keyboard.press('Enter');
	await who.page.locator(`.box.chosen[data-account="${token[D]}"]`).waitFor();

	await who.page.locator(`[data-stop="${token[D]}"]`).click();
	check((await who.page.locator('#account').inputValue()) === token[D], 'the account is not in the form');
	await who.page.locator('#bank').fill('11');
	await who.page.locator('.ant-modal-footer .ant-btn-primary, .ant-modal .ant-btn-primary').last().click();
	await who.page.locator(`.box.coming[data-account="${token[D]}"]`).waitFor(); // followed again: the order is on its way
	const { objects } = await service.ask(sessions.leader, `stops?entity=account:${token[D]}`);
	check(objects.length === 1 && objects[0].fields.amount === 50000 && objects[0].fields.evidence.length === 2, 'no stop order as the form had it', objects);
	await until(async () => (await who.page.locator('.ant-modal-root').count()) === 0 || !(await who.page.locator('.ant-modal-mask').isVisible()), 'a dialog that is gone');
	await inspect(who, 'trail-stopped-zh-desk');
	done(who);
	await who.context.close();

	const leader = await seat(browser, city, 'leader', { path: `/trail/${token[A]}`, language: 'en', size: 'phone', theme: 'dark' });
	await inspect(leader, 'trail-ask-en-phone-dark');
	await leader.page.locator('#reason').fill('follow the money of a report');
	await leader.page.locator('[data-follow]').click();
	await leader.page.locator(`.box.coming[data-account="${token[D]}"]`).waitFor();
	check((await leader.page.locator('[data-stop]').count()) === 0, 'an order is offered to who may not draft one');
	await inspect(leader, 'trail-en-phone-dark');
	done(leader);
	await leader.context.close();
}

/* ---- the stream comes back: after an answer that was none, and after a time out of sight, in which the connection is given back ---- */
async function stream() {
	const who = await seat(browser, city, 'leader', { path: '/none' });
	await who.page.getByText('没有这个页面').waitFor();
	let asked = 0;
	await who.context.route('**/v1/desk/stream', (r) => (++asked === 1 ? r.fulfill({ status: 503, contentType: 'application/json', body: '{}' }) : r.continue()));
	await who.page.reload();
	await who.page.locator('.live[data-on=true]').waitFor();
	check(asked === 2, 'the stream was not opened anew', asked);
	const given = who.page.waitForEvent('requestfailed', (r) => r.url().endsWith('/v1/desk/stream'));
	await who.page.evaluate(() => { Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' }); document.dispatchEvent(new Event('visibilitychange')); });
	await given;
	await who.page.evaluate(() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); });
	await who.page.locator('.live[data-on=true]').waitFor();
	check(asked === 3, 'a hidden window does not give its connection back', asked);
	for (const [path, says] of [['/object/abc', '没有这个对象'], ['/appeals/zz', '没有这个对象'], ['/objects/zzz', '没有这个页面'], ['/studio/text', '没有这个页面'], ['/admin', '没有权限']]) {
		await go(who, path);
		await who.page.getByText(says).waitFor();
		await who.page.waitForFunction((t) => document.title.startsWith(t), says);
	}
	who.complaints = who.complaints.filter((c) => !c.includes('503'));
	done(who);
	await who.context.close();
}
/* ---- who comes next in the same browser gets nothing of who was before, and no window goes on as somebody else ---- */
async function next(token) {
	const path = `/entity/account/${token[B]}`;
	const who = await seat(browser, city, 'stop', { path }), { page } = who;
	await page.getByText('时间线').first().click();
	await page.locator('#reason').fill(REASON);
	await page.locator('form button[type=submit]').click();
	await page.locator('[data-event]').first().waitFor();
	await go(who, '/stops');
	await page.locator('h1').waitFor();
	await go(who, path);
	await page.getByText('时间线').first().click();
	await page.locator('[data-event]').first().waitFor(); // the same one is not asked again
	await who.context.addCookies([{ name: 'duanka_session', value: sessions.analyst, url: city.url, httpOnly: true, sameSite: 'Strict' }]);
	await page.getByText('关系图').first().click(); // an act, with the token of who was here before
	await page.locator('[data-user]', { hasText: 'analyst' }).waitFor();
	await page.locator('.ant-message').getByText('已清除').or(page.locator('.ant-message').getByText('未提交')).first().waitFor();
	await page.getByText('时间线').first().click();
	await page.locator('#reason').waitFor();
	check((await page.locator('#reason').inputValue()) === '' && (await page.locator('[data-event]').count()) === 0, 'the next one looks with the reason of who was before');
	// Two windows; a log-out that the service did not hear of is none, and one that it heard of is one of both.
	const other = await who.context.newPage();
	await other.goto(`${city.url}/console/#/alerts`);
	const leave = async () => {
		await other.locator('[data-user]').click();
		await other.locator('.ant-dropdown:visible').getByText('退出', { exact: true }).click();
	};
	await who.context.route('**/v1/logout', (r) => r.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"later"}' }));
	await leave();
	await other.getByText('退出失败').waitFor();
	await who.context.unroute('**/v1/logout');
	await who.context.route('**/v1/logout', (r) => r.fulfill({ status: 204 })); // the session is that of other tests
	await leave();
	for (const p of [other, page]) await p.locator('#login').waitFor();
	who.complaints = who.complaints.filter((c) => !/40[134]|503|^about:blank/.test(c)); // a new window has no storage before it has an address
	done(who);
	await who.context.close();
}

/* ---- many windows of one browser: they share one connection for each stream, and whoever is left has it when its window goes ---- */
async function windows() {
	const who = await seat(browser, city, 'analyst', { path: '/alerts' });
	const open = new Set();
	who.context.on('request', (r) => { if (r.resourceType() === 'eventsource') open.add(r); });
	for (const end of ['requestfinished', 'requestfailed']) who.context.on(end, (r) => open.delete(r));
	const pages = [who.page];
	for (let i = 0; i < 7; i++) { // a browser has six connections for one service
		const page = await who.context.newPage();
		await page.goto(`${city.url}/console/#/alerts`);
		pages.push(page);
	}
	const everywhere = async (caller) => {
		const last = (await newest())[0];
		for (const p of pages) await p.locator('.live[data-on=true]').waitFor();
		for (const p of pages) await p.locator(`[data-alert="${last.id}"]`).waitFor();
		await send(forged(caller, '13895330011'));
		const came = await until(async () => (await newest('&rule=spoofed_caller')).find((a) => a.position > last.position), 'an alert of a forged number');
		for (const p of pages) await p.locator(`[data-alert="${came.id}"]`).waitFor();
	};
	await everywhere('+8695566'); // one alert a day for each
	for (const caller of ['+8695577', '008696110']) {
		await pages.shift().close(); // it had the streams
		await everywhere(caller);
	}
	await pages[0].evaluate(() => { Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' }); document.dispatchEvent(new Event('visibilitychange')); });
	await pages[0].locator('.live[data-on=false]').waitFor(); // out of sight, it takes no part
	const [hidden] = pages.splice(0, 1);
	await everywhere('+8695533');
	const streams = [...open].filter((r) => !r.frame().page().isClosed()).map((r) => new URL(r.url()).pathname).sort();
	check(streams.join() === '/v1/alerts/stream,/v1/desk/stream', 'windows do not share their streams', streams);
	await hidden.evaluate(() => { delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange')); });
	await hidden.locator('.live[data-on=true]').waitFor();
	await hidden.evaluate(() => window.dispatchEvent(new Event('duanka-session-over'))); // one hears that the session is over: all know
	for (const p of [hidden, ...pages]) await p.locator('#login').waitFor();
	who.complaints = who.complaints.filter((c) => !c.startsWith('about:blank'));
	done(who);
	await who.context.close();
}

const token = await money();
await alerts();
await explanation(await rare());
await house();
await somebody(token);
await trail(token);
await stream();
await windows();
await next(token);
await browser.close();
await city.end();
console.log(`ok: ${checked()} checks`);
