// budget.mjs - how much a browser gets before somebody can begin: the log-in page, and the first page of a seat after it, from a cold cache, without what the interface answers. Bytes as they came
// over the wire, compressed, without heads of answers. The log-in page has a budget; so has the first page of each seat. Times are told and decide nothing, for they are the machine's. And 100,000 rows behind a table: what it takes to scroll and to filter.
import { check, checked, done, launch, visit } from './browser.mjs';
import { begin, seat } from './city.mjs';

const BUDGET = 350 * 1024;
const city = await begin({ users: ['admin', 'second', 'dissuasion', 'intake', 'stop', 'leader', 'analyst', 'bank', 'operator', 'station', 'clerk'] });
const browser = await launch();
const said = (n) => `${(n / 1024).toFixed(1)} KiB`;

// What has come for a visit of the console: bytes of files; and of answers of the interface beside it.
async function count(who) {
	const client = await who.context.newCDPSession(who.page), asked = new Map(), came = new Map(), got = { files: 0, data: 0, list: [] };
	await client.send('Network.enable');
	client.on('Network.requestWillBeSent', ({ requestId, request }) => asked.set(requestId, new URL(request.url).pathname));
	client.on('Network.dataReceived', ({ requestId, encodedDataLength }) => came.set(requestId, (came.get(requestId) ?? 0) + encodedDataLength));
	client.on('Network.loadingFinished', ({ requestId }) => {
		const path = asked.get(requestId) ?? '', bytes = came.get(requestId) ?? 0;
		if (path.startsWith('/v1/')) got.data += bytes;
		else {
			got.files += bytes;
			got.list.push([path.replace('/console/assets/', ''), bytes]);
		}
	});
	return got;
}
const painted = (page) => page.evaluate(() => Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1));
const tell = (what, got, ms, more = '') => {
	console.log(`${what}: ${said(got.files)} of files, ${said(got.data)} of data, first contents after ${ms} ms${more}`);
	for (const [name, bytes] of got.list.sort((a, b) => b[1] - a[1]).slice(0, 12)) console.log(`  ${said(bytes).padStart(11)}  ${name}`);
};

{
	const who = await visit(browser, city.url);
	const got = await count(who);
	await who.page.goto(`${city.url}/console/`);
	await who.page.locator('#login').waitFor();
	await who.page.waitForLoadState('networkidle');
	tell('log-in page', got, await painted(who.page));
	check(got.files > 50_000 && got.files <= BUDGET, `the log-in page is ${said(got.files)}`);
	done(who);
	await who.context.close();
}
// The first page of each seat, opened first of all.
for (const [login, path] of [['dissuasion', '/seat'], ['intake', '/intake'], ['stop', '/stops'], ['leader', '/warnings'], ['analyst', '/alerts'], ['bank', '/bank'], ['operator', '/operator'], ['station', '/station'], ['clerk', '/outlets']]) {
	const who = await seat(browser, city, login, { path: '/none' });
	await who.page.goto('about:blank');
	const got = await count(who), client = await who.context.newCDPSession(who.page);
	await client.send('Network.clearBrowserCache');
	const begun = Date.now();
	await who.page.goto(`${city.url}/console/#${path}`);
	await who.page.locator('main h1').waitFor();
	await who.page.locator('main .ant-table, main .ant-empty, main .panel, main .told').first().waitFor();
	const ready = Date.now() - begun;
	await who.page.waitForFunction(() => performance.getEntriesByType('resource').every((e) => e.responseEnd > 0 || e.name.includes('/stream')));
	tell(`first page of ${login} (${path})`, got, await painted(who.page), `, its contents after ${ready} ms`);
	check(got.files > 50_000 && got.files <= BUDGET, `the first page of ${login} is ${said(got.files)}`);
	await who.context.close();
}

// ---- 100,000 rows ----
{
	const who = await seat(browser, city, 'leader', { path: '/none' });
	const [one] = (await city.service.ask(city.sessions.leader, 'warnings?limit=1')).objects;
	const ROWS = 100_000, PAGE = 1000;
	await who.context.route(/\/v1\/warnings(\?|$)/, async (route) => {
		const q = new URL(route.request().url()).searchParams, at = Number(q.get('cursor') ?? 0), few = q.has('district');
		const objects = Array.from({ length: few ? 100 : PAGE }, (_, i) => ({ ...one, id: `W-${1_000_000 + at + i}`, grade: (at + i) % 4, district: few ? 202 : one.district }));
		await route.fulfill({ contentType: 'application/json', body: JSON.stringify({ objects, cursor: few || at + PAGE >= ROWS ? null : String(at + PAGE) }) });
	});
	await who.page.goto(`${city.url}/console/#/objects/warning`);
	await who.page.reload();
	await who.page.locator('.ant-table-tbody-virtual').waitFor();
	const more = who.page.locator('[data-more]:not(.ant-btn-loading)');
	let slowest = 0;
	const loaded = () => who.page.evaluate(() => Number(/(\d+)/.exec([...document.querySelectorAll('.faint')].map((e) => e.textContent).find((t) => t.includes('已载入')) ?? '0')[1]));
	for (let rows = PAGE; rows < ROWS; rows = await loaded()) {
		const before = rows;
		await more.click();
		await who.page.waitForFunction((n) => Number(/(\d+)/.exec([...document.querySelectorAll('.faint')].map((e) => e.textContent).find((t) => t.includes('已载入')) ?? '0')[1]) > n, before);
	}
	check(await loaded() === ROWS, 'not all rows are there', await loaded());
	// Each: from what somebody does to the frame that shows it.
	const scrolls = await who.page.evaluate(async () => {
		const holder = document.querySelector('.ant-table-tbody-virtual-holder'), times = [];
		for (let i = 1; i <= 20; i++) {
			const from = performance.now();
			holder.scrollTop = (holder.scrollHeight * i) / 21;
			await new Promise((r) => { requestAnimationFrame(() => setTimeout(r)); });
			times.push(performance.now() - from);
		}
		return times;
	});
	slowest = Math.max(...scrolls);
	const shown = await who.page.locator('.ant-table-tbody-virtual .ant-table-row').first().innerText();
	check(Number(/W-(\d+)/.exec(shown)?.[1] ?? 0) > 1_050_000, 'it did not scroll', shown);
	check(await who.page.locator('.ant-table-tbody-virtual .ant-table-row').count() < 200, 'rows out of sight are drawn');
	await who.page.getByRole('combobox', { name: '辖区' }).click();
	const option = who.page.locator('.ant-select-dropdown:visible').getByText('市南区', { exact: true });
	await option.waitFor();
	const from = Date.now();
	await option.click();
	await who.page.waitForFunction(() => [...document.querySelectorAll('.faint')].some((e) => /^\D*100\D*$/.test(e.textContent)));
	const filtered = Date.now() - from;
	const median = scrolls.sort((a, b) => a - b)[10];
	console.log(`100,000 rows: a scroll takes ${median.toFixed(1)} ms (slowest of 20: ${slowest.toFixed(1)} ms), a filter ${filtered} ms`);
	await who.context.close();
}
await browser.close();
await city.end();
console.log(`${checked()} checks`);
