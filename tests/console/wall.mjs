// wall.mjs - the wall fits the screen and shows what the service answers; the report divides, compares and saves figures as the service has them.
import { readFileSync } from 'node:fs';
import { check, checked, done, inspect, launch, sizes } from './browser.mjs';
import { begin, go, seat } from './city.mjs';
import { until } from './service.mjs';

const city = await begin({ users: ['leader', 'bank', 'quality'] });
const browser = await launch();
const number = (n) => new Intl.NumberFormat('zh-CN').format(n);
const ask = (path, login = 'leader') => city.service.ask(city.sessions[login], path);

async function fits(who, what) {
	const over = await who.page.evaluate(() => [document.scrollingElement, document.querySelector('main'), ...document.querySelectorAll('.wall-board, .wall .panel')]
		.filter((e) => e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2).map((e) => `${e.className || e.tagName}: ${e.scrollWidth}x${e.scrollHeight} in ${e.clientWidth}x${e.clientHeight}`));
	check(over.length === 0, `${what}: does not fit the screen`, over);
}
/* Something is drawn: it is no blank picture of its size. */
const drawn = (page, selector) => page.waitForFunction((s) => {
	const canvas = document.querySelector(`${s} canvas`);
	if (canvas === null || canvas.width === 0) return false;
	const blank = document.createElement('canvas');
	[blank.width, blank.height] = [canvas.width, canvas.height];
	return canvas.toDataURL() !== blank.toDataURL();
}, selector);

// ---- the wall ----
async function come() { // forty messages, now by the desk's clock; answers what the service then tells
	const { time, today } = await ask('situation');
	const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify({ event: 'sms', time: `${time.slice(0, 19)}.${String(i).padStart(3, '0')}+08:00`, sender: '13700000001', receiver: '13800000002', body: 'hello' }));
	const r = await fetch(`${city.url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${city.feed}`, 'Content-Type': 'application/x-ndjson' }, body: lines.join('\n') });
	check(r.ok, `HTTP ${r.status}: events of today`, await r.text());
	await until(async () => (await ask('situation')).today.events.all > today.events.all, 'events of today');
}
await come();
for (const [size, viewport] of Object.entries({ desk: sizes.desk, wall: sizes.wall, large: { width: 3840, height: 2160 } })) {
	const language = size === 'wall' ? 'en' : 'zh';
	const who = await seat(browser, city, 'leader', { path: '/wall', theme: size === 'desk' ? 'light' : 'dark', language, viewport });
	await who.page.waitForSelector('[data-tile="events"]');
	await drawn(who.page, '.wall-shape');
	await drawn(who.page, '.wall-trend');
	await fits(who, size);
	await inspect(who, `wall-${language}-${size}`);
	if (size === 'desk') {
		const s = await ask('situation');
		const tile = (name) => who.page.locator(`[data-tile="${name}"] strong`).innerText();
		check((await tile('events')) === number(s.today.events.all), 'the wall tells other events than the service', await tile('events'));
		const compared = await who.page.locator('[data-tile="events"] [data-compared]').allInnerTexts();
		check(compared.every((x) => x === `截至 ${Number(s.today_full_hours.to.slice(11, 13))} 时 ${number(s.today_full_hours.events.all)}`), 'the wall compares another span than the service', compared);
		check([s.yesterday, s.week_ago].every((d) => d.to.slice(11) === s.today_full_hours.to.slice(11)), 'other spans of the days are compared', s);
		const purple = await who.page.locator('[data-grade="purple"] td').nth(1).innerText();
		check(purple === number(s.open.warnings.purple), 'the wall tells other open warnings than the service', purple);
		check((await who.page.locator('[data-district]').count()) === 10, 'there are ten districts');
		check((await who.page.locator('[data-district="370215"] th').innerText()) === '即墨区', 'Jimo has been a district since 2017');
		await who.page.getByText('损失金额', { exact: true }).last().click();
		await who.page.waitForFunction(() => document.querySelector('.wall-map thead th:last-child')?.textContent === '损失金额' && /¥/.test(document.querySelector('[data-district] td')?.textContent ?? ''));
		await who.page.keyboard.press('f');
		await who.page.waitForFunction(() => document.fullscreenElement?.classList.contains('wall'));
		await fits(who, 'full screen');
		await who.page.keyboard.press('f');
		await who.page.waitForFunction(() => document.fullscreenElement === null);
		// What comes is shown without anybody touching the wall.
		const before = await tile('events');
		await come();
		await who.page.waitForFunction((b) => document.querySelector('[data-tile="events"] strong')?.textContent !== b, before);
	}
	done(who);
	await who.context.close();
}
{
	const who = await seat(browser, city, 'leader', { path: '/wall', language: 'en', size: 'phone' });
	await drawn(who.page, '.wall-shape');
	await inspect(who, 'wall-en-phone');
	await go(who, '/report');
	await drawn(who.page, '.report-charts');
	await inspect(who, 'report-en-phone');
	done(who);
	await who.context.close();
}
{ // who has no figures is told so, and does not begin there
	const who = await seat(browser, city, 'quality', { path: '/wall' });
	await who.page.getByText('没有权限').waitFor();
	for (const [login, path] of [['quality', '/warnings'], ['admin', '/admin'], ['leader', '/wall']]) {
		const at = await seat(browser, city, login);
		await at.page.waitForURL((u) => u.hash === `#${path}`);
		await at.page.locator('h1').waitFor();
		done(at);
		await at.context.close();
	}
	done(who);
	await who.context.close();
}
{ // a page whose file does not come: the console loads itself anew, once; then it says so, and the page can be asked for again
	const who = await seat(browser, city, 'leader', { path: '/none' }), { page } = who;
	await page.getByText('没有这个页面').waitFor();
	let loads = 0;
	const lost = /\/console\/assets\/.*\.js$/, known = new Set(await page.evaluate(() => performance.getEntriesByType('resource').map((e) => e.name)));
	page.on('request', (r) => { if (r.isNavigationRequest()) loads++; });
	await who.context.route(lost, (r) => (known.has(r.request().url()) ? r.continue() : r.fulfill({ status: 404, body: '' })));
	await page.evaluate(() => { window.before = true; }); // this document, and not the one after it
	await go(who, '/report');
	await page.waitForFunction(() => window.before === undefined && sessionStorage.getItem('duanka.loaded-anew') !== null && document.querySelector('[data-reload]') !== null && document.title.startsWith('页面未能载入'));
	check(loads === 1, 'the console did not load itself anew once', loads);
	await inspect(who, 'lost-zh-desk');
	await who.context.unroute(lost);
	await page.locator('[data-again]').click();
	await page.locator('h1', { hasText: '统计' }).waitFor();
	who.complaints = who.complaints.filter((c) => !c.includes('404'));
	done(who);
	await who.context.close();
}

// ---- the report ----
{
	const who = await seat(browser, city, 'leader', { path: '/report', theme: 'dark' });
	await drawn(who.page, '.report-charts');
	// What the page was answered is what it has to show: the desk goes on meanwhile.
	const answered = (by) => who.page.waitForResponse((r) => r.url().includes('/v1/figures?') && r.url().includes(`by=${by}`) && r.url().includes('compare=before'));
	const [{ figures }] = await Promise.all([answered('nothing').then((r) => r.json()), who.page.reload()]);
	await who.page.waitForFunction((n) => document.querySelector('[data-figure="messages"] td:nth-child(2)')?.textContent === n, number(figures.messages.all));
	await drawn(who.page, '.report-charts');
	await inspect(who, 'report-zh-desk');
	// by district: a column each, and a chart side by side
	await who.page.getByLabel('分组').click();
	const [{ groups }] = await Promise.all([answered('district').then((r) => r.json()), who.page.locator('.ant-select-item-option').filter({ hasText: '区市' }).click()]);
	await who.page.waitForFunction((n) => document.querySelectorAll('[data-figure="warnings"] td').length === n, 4 + groups.length);
	await who.page.getByText('分组对比', { exact: false }).waitFor();
	const [saved] = await Promise.all([who.page.waitForEvent('download'), who.page.locator('[data-csv]').click()]);
	const lines = readFileSync(await saved.path(), 'utf8').split('\r\n');
	check(lines.at(-1) === '' && lines[0].charCodeAt(0) === 0xfeff && lines[0].split(',').length === 5 + groups.length, 'the file has other columns than the table', lines[0]);
	const warnings = lines.find((x) => x.startsWith('warnings,')).split(',').slice(5).map(Number);
	check(JSON.stringify(warnings) === JSON.stringify(groups.map((g) => g.figures.warnings?.all ?? null).map(Number)), 'the file tells other warnings than the service', { warnings, groups: groups.map((g) => g.figures.warnings) });
	// a day, by its hours
	await who.page.locator('.report-choices').getByText('日', { exact: true }).click();
	await who.page.waitForFunction(() => /^\d{4}-\d{2}-\d{2}$/.test(document.querySelector('.report-choices input[aria-label="日期"]')?.value ?? ''));
	await drawn(who.page, '.report-charts');
	// the month's joint report is there for whoever asks
	for (const format of ['html', 'md']) {
		const href = await who.page.locator(`[data-format="${format}"]`).getAttribute('href');
		const answer = await who.page.request.get(`${city.url}${href}`);
		check(answer.ok() && (await answer.text()).length > 200, `the joint report as ${format}`, answer.status());
	}
	done(who);
	await who.context.close();
}
{ // a bank sees its own
	const who = await seat(browser, city, 'bank', { path: '/wall', language: 'en' });
	await who.page.getByText('Own organisation bank').waitFor();
	done(who);
	await who.context.close();
}
await browser.close();
await city.end();
console.log(`${checked()} checks`);
