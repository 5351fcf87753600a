// guide.mjs - makes the user guide: texts of doc/guide with pictures of the console as it is, taken in a simulated city. `make guide` runs it.
//
//   node guide.mjs OUT        OUT/LANGUAGE/ROLE.html and .md, OUT/LANGUAGE/pictures/*.png, OUT/index.html
//   node guide.mjs --check    only holds the texts against the pages, the logins and each other
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, checked, done, fail, launch, visit } from './browser.mjs';
import { begin, people, seat } from './city.mjs';
import { html, languages, read, roles, wrong } from './guide_text.mjs';

const source = process.env.SOURCE_DIR, out = process.argv[2];
const MOST = 120_000; // bytes of a picture
const sizes = { desk: { width: 1180, height: 760 }, phone: { width: 360, height: 640 } };
Object.assign(people, { trainer: ['trainer', 1, 0], inspector: ['inspector', 1, 0], secretary: ['secretary', 1, 0] });

/* ---- a city in which there is something to see ---- */

const day = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10); // Shanghai's
async function today(city) { // ordinary life and crimes from midnight until now
	const lines = execFileSync(process.env.DUANKA, ['simulate', 'city', '--people', '1000', '--days', '1', '--history', '1', '--crime-rate', '40000', '--seed', '9', '--start', day(), '--stream', '--no-progress'], { encoding: 'utf8', maxBuffer: 1 << 28 })
		.trim().split('\n').filter((l) => { const { time } = JSON.parse(l); return time.startsWith(day()) && Date.parse(time) <= Date.now(); });
	for (let i = 0; i < lines.length; i += 2000) {
		const r = await fetch(`${city.url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${city.feed}`, 'Content-Type': 'application/x-ndjson' }, body: lines.slice(i, i + 2000).join('\n') });
		check(r.ok, `HTTP ${r.status}: events of today`, await r.text());
	}
}
/* One of each, as the interface's document shows it. */
async function fill(city) {
	const { paths } = JSON.parse(readFileSync(join(source, 'doc/openapi.json'), 'utf8'));
	for (const kind of ['incidents', 'bulletins', 'materials', 'outlets', 'screens', 'matters', 'meetings', 'assets', 'clues', 'topics']) {
		const [{ value }] = Object.values(paths[`/v1/${kind}`].post.requestBody.content['application/json'].examples);
		await city.service.ask(city.all, kind, value);
	}
}

/* ---- pictures ---- */

/* As large as it may be. */
async function shoot(page, size, file) {
	const cdp = await page.context().newCDPSession(page);
	for (const scale of [1, 0.9, 0.8, 0.7, 0.6, 0.5]) {
		const { data } = await cdp.send('Page.captureScreenshot', { format: 'png', clip: { x: 0, y: 0, ...size, scale } });
		const bytes = Buffer.from(data, 'base64');
		if (bytes.length > MOST) continue;
		writeFileSync(file, bytes);
		return;
	}
	fail(`${file}: more than ${MOST} bytes at half its size`);
}
async function picture(browser, city, language, p, file) {
	const size = sizes[p.size];
	const who = p.login === '-' ? await visit(browser, city.url, { language, viewport: size }) : await seat(browser, city, p.login, { path: p.path, language, viewport: size });
	if (p.login === '-') await who.page.goto(`${city.url}/${language}${p.path}`);
	await who.page.locator('h1').first().waitFor();
	await who.page.waitForFunction(() => document.querySelector('[aria-live="polite"] .ant-spin, .ant-spin-spinning') === null);
	await who.page.waitForFunction(() => [...document.querySelectorAll('[role="img"]')].every((e) => e.tagName !== 'DIV' || e.querySelector('canvas') !== null));
	await shoot(who.page, size, file);
	done(who);
	await who.context.close();
}

/* ---- the guide ---- */

const guide = read(join(source, 'doc/guide'));
const routes = [...readFileSync(join(source, 'web/src/pages.ts'), 'utf8').matchAll(/path: '([^']+)'/g)].map(([, path]) => path);
const faults = wrong(guide, Object.keys(people), routes);
check(faults.length === 0, 'the guide does not hold together', faults.join('\n'));
if (out !== '--check') {
	check(out !== undefined, 'where to? node guide.mjs OUT');
	const used = new Set(roles.flatMap((r) => guide.zh[r].pictures.map((p) => p.login)).filter((l) => l !== '-'));
	const city = await begin({ users: [...used] });
	await today(city);
	await fill(city);
	const browser = await launch();
	for (const language of languages) {
		mkdirSync(join(out, language, 'pictures'), { recursive: true });
		const menu = roles.map((r) => `<a href="${r}.html">${guide[language][r].title}</a>`).join(' ');
		for (const role of roles) {
			const { text, title, pictures } = guide[language][role];
			writeFileSync(join(out, language, `${role}.md`), text);
			writeFileSync(join(out, language, `${role}.html`), html(text, title, language, menu));
			for (const p of pictures) await picture(browser, city, language, p, join(out, language, 'pictures', `${p.name}.png`));
		}
	}
	const list = (language) => roles.map((r) => `- [${guide[language][r].title}](${language}/${r}.md)`).join('\n');
	writeFileSync(join(out, 'index.html'), html(`# 断卡使用手册 · User guide of duanka\n\n${list('zh')}\n\n## English\n\n${list('en')}\n`, '断卡 duanka', 'zh', ''));
	await browser.close();
	await city.end();
}
console.log(`${checked()} checks`);
