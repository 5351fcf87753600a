// screen_browser.mjs - an outlet's screen in a real browser: its list with pictures; an emergency that comes and goes while it looks on; after one visit it begins without the service, goes on, lets what has ended end, and tells
// afterwards what it showed; it comes back by itself.
import { check, checked, done, inspect, launch, visit } from '../console/browser.mjs';
import { Service, png, until } from '../console/service.mjs';

const { MEDIA, EDITOR, LEADER, CHANNEL } = process.env;
const service = await new Service(...process.argv.slice(2)).start();
const { url } = service;
const browser = await launch();

async function material(title, summary, more = {}) {
	const { id } = (await service.ask(MEDIA, 'materials', { audience: 'everybody', scam: 'tasks', title, summary, title_en: 'Think first', summary_en: 'Who asks you to pay first is a fraud.', ...more })).object;
	await service.ask(MEDIA, `materials/${id}/submit`, {});
	await service.ask(EDITOR, `materials/${id}/approve`, {});
	return id;
}
async function slot(id, more = {}) {
	const made = (await service.ask(MEDIA, 'slots', { step: 'plan', material: id, organisation: 21, seconds: 3, ...more })).object.id;
	await service.ask(EDITOR, `slots/${made}/approve`, {});
	return made;
}
const override = async (id, ms) => (await service.ask(LEADER, 'slots', { step: 'override', material: id, until: new Date(Date.now() + ms).toISOString(), reason: '来电集中' })).object.id;

const upload = await fetch(`${url}/v1/files`, { method: 'POST', headers: { Authorization: `Bearer ${MEDIA}` }, body: png(960, 720) });
check(upload.status === 201, `HTTP ${upload.status}: a picture`);
const { file } = await upload.json();
await slot(await material('刷单就是诈骗', '先垫付、后返利的刷单都是诈骗。\n不轻信，不转账。'));
await slot(await material('共享屏幕等于交出密码', '要求下载会议软件并共享屏幕的，都是诈骗。', { picture: file }));
const alarm = await material('紧急：冒充公安来电', '立即挂断，拨打 110 核实。');
const { id } = (await service.ask(CHANNEL, 'screens', { name: '大厅', language: 'both' })).object;
const { address } = await service.ask(CHANNEL, `screens/${id}/address`);

const who = await visit(browser, url, { language: 'zh', size: 'wall' });
const { page } = who;
page.setDefaultTimeout(60000);
const shows = (title) => page.locator('article.on h1', { hasText: title }).first().waitFor();
check((await page.goto(url + address)).status() === 200, 'the screen does not open');
await shows('刷单就是诈骗');
await inspect(who, 'screen-text');
await shows('共享屏幕等于交出密码');
await page.waitForFunction(() => { const i = document.querySelector('article.picture img'); return i?.complete && i.naturalWidth === 960; });
await inspect(who, 'screen-picture');

// An emergency replaces the others, on the screen that is on, and leaves it again.
const urgent = await override(alarm, 3600000);
await page.locator('article.emergency.on h1', { hasText: '紧急：冒充公安来电' }).first().waitFor();
await page.waitForFunction(() => document.querySelectorAll('article').length === 1);
await inspect(who, 'screen-emergency');
await service.ask(LEADER, `slots/${urgent}/withdraw`, {});
await shows('刷单就是诈骗');
check(await page.locator('#state').isHidden(), 'it says that it has no network');
done(who);

// One visit is enough to begin without network.
await until(() => page.evaluate(async (at) => {
	const cache = await caches.open('screen-1'), keys = (await cache.keys()).map((k) => new URL(k.url).pathname);
	return navigator.serviceWorker.controller !== null && [at, `${at}/playlist`, '/screen.js', '/screen.css'].every((p) => keys.includes(p)) && keys.some((p) => p.includes('/pictures/'));
}, address), 'what is kept for a start without network');
await service.stop();
await page.reload();
await shows('刷单就是诈骗');
await shows('共享屏幕等于交出密码');
await page.waitForFunction(() => { const i = document.querySelector('article.picture img'); return i?.complete && i.naturalWidth === 960; });
await page.locator('#state').waitFor({ state: 'visible' });
await inspect(who, 'screen-away');

// What has ended ends there too: the clock of the page goes on two hours.
await service.start();
await page.reload();
await override(alarm, 3600000);
await page.locator('article.emergency.on').first().waitFor();
await until(() => page.evaluate(async (at) => (await (await caches.match(`${location.origin}${at}/playlist`)).json()).emergency, address), 'the emergency is kept');
await service.stop();
await page.clock.install({ time: Date.now() });
await page.reload();
await page.clock.runFor(2000);
await page.locator('article.emergency.on').first().waitFor();
await page.clock.fastForward(2 * 3600000);
await page.clock.runFor(5000);
await page.locator('article.on h1', { hasText: '防范电信网络诈骗' }).first().waitFor();
check(await page.locator('article.emergency').count() === 0, 'an emergency that is over goes on without network');

// It comes back by itself, and what it showed meanwhile is told once.
await service.start();
const told = await until(async () => {
	await page.clock.runFor(61000);
	const { plays } = await service.ask(CHANNEL, `screen-plays?screen=${id}&days=1`);
	return plays.length > 0 && plays;
}, 'proof of play');
check(told.every((p) => p.n >= 1), 'no proof of play', told);
await browser.close();
await service.stop();
console.log(`${checked()} checks`);
