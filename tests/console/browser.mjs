// browser.mjs - a real browser for tests: Debian's Chromium without a screen, driven by playwright-core.
//
//   const browser = await launch();
//   const who = await visit(browser, url, { language: 'en', size: 'phone', theme: 'dark' });
//   await who.page.goto(`${url}/en/board`);
//   await inspect(who, 'board-en-phone-dark');   // axe, width, what the console said, a picture
//   done(who);                                    // fails if the console complained or something outside was asked
//   await browser.close();
//
// Nothing leaves the machine: names don't resolve, and each request to another origin than `url` is stopped and counted. Each visit has cookies, storage and service workers of its own, so two
// visits are two people. A test that finds something wrong ends with exit status 1 and says what.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'];

export const sizes = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 800 }, wall: { width: 1920, height: 1080 } };
const languages = { zh: 'zh-CN', en: 'en-GB' };

const PATIENCE_MS = 120_000; // a slow machine is no wrong page
const visits = new Set();
// Where something that was waited for did not come: what each page showed then, and a picture of it.
process.on('uncaughtException', async (error) => {
	console.error(`FAILED: ${error.stack ?? error}`);
	let n = 0;
	for (const { page, complaints } of visits) {
		if (page.isClosed()) continue;
		console.error(`  at ${page.url()}: ${(await page.evaluate(() => `${document.title}: ${document.querySelector('main')?.innerText ?? document.body.innerText}`).catch(String)).replaceAll('\n', ' | ').slice(0, 400)}`);
		for (const c of complaints) console.error(`  ${c}`);
		await picture(page, `failed-${process.pid}-${++n}`).catch(() => undefined);
	}
	process.exit(1);
});

let checks = 0;
export const checked = () => checks;
export function fail(what, more) {
	console.error(`FAILED: ${what}`);
	if (more !== undefined) console.error(typeof more === 'string' ? more : JSON.stringify(more, null, 1));
	process.exit(1);
}
export function check(ok, what, more) {
	checks++;
	if (!ok) fail(what, more);
}

// A browser with a folder of its own, which goes with it. `more`: flags of Chromium; of one named twice the last counts.
export function launch(...more) {
	return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: [...flags, ...more] });
}

// One person at `url` (an origin): { context, page, complaints, outside }. `more` goes to playwright's newContext as it is.
// complaints: errors and warnings of the console and of scripts; that a page itself came as 404 or the like is not one. outside: what another origin was asked for.
export async function visit(browser, url, { language = 'zh', size = 'desk', theme = 'light', ...more } = {}) {
	const { origin } = new URL(url);
	const who = { origin, complaints: [], outside: [], under_way: new Set(), moved: Date.now() };
	who.context = await browser.newContext({ locale: languages[language], viewport: sizes[size], colorScheme: theme, timezoneId: 'Asia/Shanghai', ...more });
	who.context.setDefaultTimeout(PATIENCE_MS);
	who.context.on('close', () => visits.delete(who));
	await who.context.route((asked) => asked.origin !== origin && !['data:', 'blob:'].includes(asked.protocol), (route) => route.abort());
	who.context.on('request', (request) => {
		if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) who.outside.push(request.url());
	});
	who.context.on('request', (request) => {
		if (/^(data|blob):/.test(request.url()) || request.resourceType() === 'eventsource') return; // a stream stays open
		who.under_way.add(request);
		who.moved = Date.now();
	});
	for (const end of ['requestfinished', 'requestfailed'])
		who.context.on(end, (request) => {
			if (who.under_way.delete(request)) who.moved = Date.now();
		});
	who.context.on('console', (said) => {
		const own = said.text().startsWith('Failed to load resource') && said.location().url === said.page()?.url();
		if (['error', 'warning'].includes(said.type()) && !own) who.complaints.push(`${said.page()?.url()}: ${said.text()} (${said.location().url})`);
	});
	who.context.on('weberror', (e) => who.complaints.push(`${e.page()?.url()}: ${e.error()}`));
	who.page = await who.context.newPage();
	visits.add(who);
	return who;
}

// What axe finds on the page as it stands, of these impacts: [{ id, impact, help, nodes: [{ html, why }] }].
export async function accessibility(page, impacts = ['serious', 'critical']) {
	await page.evaluate(axe); // past the page's own policy of content, which allows no script
	const { violations } = await page.evaluate(() => window.axe.run({ preload: false, resultTypes: ['violations'] }));
	return violations.filter(({ impact }) => impacts.includes(impact))
		.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(({ html, failureSummary }) => ({ html, why: failureSummary })) }));
}

// A picture of the whole page in BUILD_DIR/screenshots/NAME.png.
export async function picture(page, name) {
	const folder = join(process.env.BUILD_DIR ?? '.', 'screenshots');
	mkdirSync(folder, { recursive: true });
	await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

// The page as it stands: accessible, no wider than the window, and its picture kept under this name.
export async function inspect(who, name) {
	await picture(who.page, name);
	const found = await accessibility(who.page);
	check(found.length === 0, `${name}: not accessible`, found);
	const wide = await who.page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.scrollingElement;
		return scrollWidth > clientWidth ? [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > clientWidth + 1).map((e) => e.outerHTML.slice(0, 200)) : [];
	});
	check(wide.length === 0, `${name}: wider than the window`, wide);
}

// Until, from now on, nothing has been asked for half a second and all answers are there. Streams don't count: with one open, playwright's 'networkidle' never comes.
export async function quiet(who) {
	const begun = Date.now();
	while (who.under_way.size > 0 || Date.now() - Math.max(who.moved, begun) < 500) {
		if (Date.now() - begun > 60_000) fail('the page does not come to rest', [...who.under_way].map((r) => r.url()));
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

// Nobody complained and nobody else was asked.
export function done(who) {
	check(who.complaints.length === 0, 'the console complains', who.complaints);
	check(who.outside.length === 0, 'another origin was asked', who.outside);
}
