// alliance.mjs - publicity and the alliance in the console: a material is written by one and approved by another, a drill is gone through by keys, what waits on the board is approved by a key, a campaign,
// a screen, a matter are made by the forms; each page in both languages and two sizes, with axe.
import { launch, inspect, done, check, checked, quiet } from './browser.mjs';
import { begin, people, seat, go } from './city.mjs';
import { until } from './service.mjs';

people.secretary = ['secretary', 1, 0];
const city = await begin({ users: ['editor', 'media', 'moderator', 'delegate', 'leader', 'teller', 'secretary'] });
const browser = await launch();
const { service } = city;
const as = (login, path, body, method) => service.ask(city.sessions[login], path, body, method);
const choose = async (page, label, text) => { // a choice of antd's: typed, then taken
	await page.getByLabel(label, { exact: true }).click();
	await page.getByLabel(label, { exact: true }).fill(text);
	await page.keyboard.press('Enter');
};

// ---- a material: written by the media, approved by an editor ----
{
	const media = await seat(browser, city, 'media', { path: '/content' });
	const { page } = media;
	await page.locator('[data-make=write]').click();
	const dialog = page.getByRole('dialog').filter({ hasText: '受众' }).first();
	await dialog.waitFor();
	await choose(page, '受众', '老年');
	await dialog.getByLabel('标题', { exact: true }).fill('接到“公检法”电话请先挂断');
	await dialog.getByLabel('摘要', { exact: true }).fill('公检法机关不会通过电话办案。<b>不是标记</b>');
	await dialog.getByRole('button', { name: /确\s?定/ }).click();
	const made = await until(async () => (await as('media', 'materials?limit=10')).objects[0], 'a material');
	await as('media', `materials/${made.id}/submit`, {});
	done(media);
	const editor = await seat(browser, city, 'editor', { path: `/object/${made.id}` });
	await editor.page.locator('[data-step=approve]').click();
	await editor.page.getByRole('dialog').getByRole('button', { name: /确\s?定/ }).click();
	await until(async () => (await as('editor', `materials/${made.id}`)).state.name === 'approved', 'the material approved');
	await go(editor, '/content');
	await editor.page.getByText('接到“公检法”电话请先挂断').first().waitFor();
	check((await editor.page.getByText('<b>不是标记</b>').count()) > 0, 'markup in a text is not shown as text');
	done(editor);
}

// ---- a drill, by keys ----
{
	const teller = await seat(browser, city, 'teller', { path: '/training' });
	const { page } = teller;
	await page.locator('[data-drill]').first().click();
	const id = await until(async () => (await as('teller', 'attempts?mine=true')).objects[0]?.id, 'an attempt');
	const over = () => as('teller', `attempts/${id}`).then((o) => o.state.name !== 'started');
	for (let i = 0; i < 30 && !(await over()); i++) {
		const before = await page.locator('main').innerText();
		await page.keyboard.press('a');
		await until(async () => (await over()) || (await page.locator('main').innerText()) !== before, 'the talk goes on');
	}
	check(await over(), 'the drill does not end');
	await page.locator('.ant-alert').waitFor();
	await inspect(teller, 'console-drill');
	done(teller);
}

// ---- what waits on the board ----
{
	await as('media', 'topics', { title: '提醒', body: '见 http://example.invalid/a 的链接' });
	const before = (await as('moderator', 'topics?state=waiting')).objects.length;
	if (before > 0) {
		const moderator = await seat(browser, city, 'moderator', { path: '/board' });
		await moderator.page.locator('article').waitFor();
		await moderator.page.keyboard.press('a');
		await until(async () => (await as('moderator', 'topics?state=waiting')).objects.length < before, 'a topic approved by a key');
		done(moderator);
	}
}

// ---- the forms of other kinds, over the API, and their pages ----
await as('editor', 'screens', { name: '大堂屏' });
const sort = (await as('delegate', 'desk/machines')).machines.find((m) => m.name === 'matter').fields.find((f) => f.name === 'sort').choices[0].name;
await as('delegate', 'matters', { sort, title: '统一外呼号码公示' });
await as('secretary', 'matters', { step: 'set', sort, title: '厅堂海报更换', owner: 11, deadline: new Date(Date.now() + 864e5).toISOString() });
await as('editor', 'bulletins', { title: '“百万保障”新话术', text: '先说免费试用，再要求转账。' });
const looks = [
	['editor', '/content', 'content'], ['editor', '/content/bulletins', 'bulletins'], ['editor', '/content/publications', 'publications'], ['editor', '/campaigns', 'campaigns'], ['editor', '/screens', 'screens'],
	['teller', '/training', 'training'], ['delegate', '/alliance', 'alliance'], ['delegate', '/alliance/meetings', 'meetings'], ['moderator', '/board', 'board'],
];
for (const [i, [login, path, name]] of looks.entries())
	for (const [language, size, theme] of [['zh', 'desk', i % 2 ? 'dark' : 'light'], ['en', 'phone', i % 2 ? 'light' : 'dark']]) {
		const who = await seat(browser, city, login, { path, language, size, theme });
		await who.page.locator('section.page h1').waitFor();
		await quiet(who);
		if (name === 'alliance') await who.page.locator('button span[title="11"]').first().waitFor(); // who leads the matter: an organisation
		await inspect(who, `console-${name}-${language}-${size}`);
		done(who);
		await who.context.close();
	}
await browser.close();
await city.end();
console.log(`alliance: ${checked()} checks`);
