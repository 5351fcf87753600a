// houses.mjs - the work of banks, operators, outlets, appeals and discipline, done through the pages by clicks and keys, and looked up over the API: console_houses.sh.
import { check, checked, done, inspect, launch } from './browser.mjs';
import { go, seat } from './city.mjs';
import { prepare } from './houses_work.mjs';
import { png, until } from './service.mjs';

const { city, made, as, step } = await prepare();
const browser = await launch();
const state = async (login, route, id) => (await as(login, `${route}/${id}`)).state.name;
const becomes = (login, route, id, name) => until(async () => (await state(login, route, id)) === name, `${id} ${name}`);
const enter = async (login, path, more = {}) => {
	const who = await seat(browser, city, login, { path, ...more });
	await who.page.waitForSelector('h1');
	return who;
};
const row = (who, id) => who.page.locator(`[data-row="${id}"]`);
const leave = async (who) => { done(who); await who.context.close(); };
const confirm = (who) => who.page.locator('.ant-modal-footer .ant-btn-primary').click();

// The bank: an order lands, matches, is stopped; another does not match; the freeze is done; an account is verified.
{
	const who = await enter('bank', '/bank/orders');
	await row(who, made.stops[0]).click();
	await who.page.waitForSelector('[data-land]');
	await who.page.keyboard.press('l');
	await becomes('bank', 'stops', made.stops[0], 'landed');
	await who.page.waitForSelector('[data-land]', { state: 'detached' });
	await who.page.keyboard.press('m');
	await who.page.waitForSelector('#stopped');
	await inspect(who, 'houses-bank-zh');
	await who.page.keyboard.press('s');
	await becomes('bank', 'stops', made.stops[0], 'stopped');
	await row(who, made.stops[1]).click();
	await who.page.locator('[data-land]').waitFor();
	await who.page.keyboard.press('1');
	await who.page.locator('[role=note]').waitFor();
	await who.page.keyboard.press('s');
	await becomes('bank', 'stops', made.stops[1], 'mismatch');
	await row(who, made.freeze).click();
	await who.page.locator('[data-choice=froze]').waitFor();
	await who.page.keyboard.press('m');
	await who.page.locator('#frozen_amount').fill('4800');
	await who.page.locator('[data-send]').click();
	await becomes('bank', 'freezes', made.freeze, 'frozen');
	check((await as('bank', `freezes/${made.freeze}`)).fields.frozen_amount === 4800, 'what the bank froze');
	await go(who, '/bank/accounts');
	await row(who, made.account).click();
	await who.page.locator('[data-key=notify]').waitFor();
	await who.page.keyboard.press('n');
	await confirm(who);
	await becomes('bank', 'accounts', made.account, 'notified');
	await leave(who);
}
// The operator: many cards at once, one by a key, and the opening check.
{
	const who = await enter('operator', '/operator/cards', { language: 'en' });
	for (const id of made.cards.slice(0, 2)) await row(who, id).locator('.ant-checkbox-input').check();
	await who.page.locator('[data-batch=notify]').click();
	for (const id of made.cards.slice(0, 2)) await becomes('operator', 'cards', id, 'notified');
	await who.page.locator('.ant-message-success').waitFor();
	check(await who.page.locator('.ant-message-error').count() === 0, 'a batch is told as done');
	await who.page.getByRole('combobox', { name: 'Shown' }).click();
	await who.page.locator('.ant-select-item-option', { hasText: 'To be verified' }).click();
	await row(who, made.cards[0]).click();
	await who.page.locator('[data-key=pass]').waitFor();
	await inspect(who, 'houses-operator-en');
	await who.page.keyboard.press('p');
	await becomes('operator', 'cards', made.cards[0], 'normal');
	await go(who, '/operator/messages');
	const message = who.page.locator('[data-read]').first();
	await message.waitFor();
	const id = await message.getAttribute('data-read');
	await message.click();
	await until(async () => (await as('operator', `desk/messages/${id}`)).state !== 'seat', 'a message that was read');
	await leave(who);
	const clerk = await enter('clerk', '/operator/opening', { size: 'phone' });
	await clerk.page.locator('#id').fill('370202199001010007');
	await clerk.page.keyboard.press('Enter');
	await clerk.page.locator('[data-opening=bad]').waitFor();
	check((await clerk.page.locator('[data-sum]').first().getAttribute('data-sum')) === '4', 'how many cards the clerk sees');
	await inspect(clerk, 'houses-opening-phone');
	await leave(clerk);
}
// The outlet: pieces arrive, a fault is put right with a picture; the inspector goes through the list.
{
	const who = await enter('clerk', `/outlets/mine/${made.outlet}`, { size: 'phone' });
	await who.page.locator('[data-step=receive]').first().click();
	await who.page.locator('#pieces').fill('2');
	await confirm(who);
	await until(async () => (await as('clerk', `supplies?entity=object:${made.outlet}`)).objects.some((s) => s.fields.received === 2), 'pieces that arrived');
	await who.page.locator(`[data-correction="${made.correction}"] [data-step=report]`).click();
	await who.page.locator('.ant-modal input[type=file]').setInputFiles({ name: 'notice.png', mimeType: 'image/png', buffer: png(40, 30) });
	await who.page.locator('.ant-modal button', { hasText: '✓' }).waitFor();
	await confirm(who);
	await becomes('clerk', 'corrections', made.correction, 'reported');
	await inspect(who, 'houses-outlet-phone');
	await leave(who);
	const inspector = await enter('inspector', '/outlets/list', { language: 'en', theme: 'dark' });
	await inspector.page.getByText('香港中路营业厅').click();
	const list = inspector.page.locator('[data-checklist]');
	await list.waitFor();
	await list.locator('button').first().click();
	await list.locator('[data-item=quiz] input[value=wrong]').check();
	await list.locator('[data-score]').waitFor();
	await list.locator('input[type=file]').first().setInputFiles({ name: 'hall.png', mimeType: 'image/png', buffer: png(60, 40) });
	await list.locator('[data-preview]').waitFor();
	const says = Number(await list.locator('[data-score]').getAttribute('data-score'));
	await inspect(inspector, 'houses-inspection-en-dark');
	await list.locator('button[type=submit]').click();
	await becomes('inspector', 'inspections', made.inspection, 'done');
	await step('channel', 'inspections', made.inspection, 'confirm');
	const score = (await as('inspector', `inspections/${made.inspection}`)).fields.score;
	check(score === says, 'the page’s score is the desk’s', { says, score });
	await leave(inspector);
	const leader = await enter('leader', '/outlets/risk', { language: 'en' });
	await leader.page.waitForSelector('canvas');
	await inspect(leader, 'houses-risk-en');
	await go(leader, '/outlets/sheets');
	await leader.page.locator('[data-make=sheets]').click();
	await until(async () => (await as('leader', 'assessments')).objects.length > 0, 'sheets');
	await leave(leader);
}
// An objection is granted, and the card is free in the same step.
{
	const who = await enter('appeals', '/appeals');
	await row(who, made.appeal).click();
	await who.page.locator('[data-measure=in-force]').waitFor();
	await who.page.keyboard.press('a');
	await becomes('appeals', 'appeals', made.appeal, 'accepted');
	await who.page.locator('[data-key=check]').waitFor();
	await who.page.keyboard.press('c');
	await who.page.locator('[data-key=grant]').waitFor();
	await who.page.keyboard.press('g');
	await who.page.locator('#decision').fill('本人持有并使用，通话记录相符');
	await confirm(who);
	await becomes('appeals', 'appeals', made.appeal, 'granted');
	await who.page.locator('[data-released=released]').waitFor();
	check((await state('appeals', 'cards', made.cards[2])) === 'normal', 'the card is free');
	await inspect(who, 'houses-appeal-zh');
	await leave(who);
}
// A listing: proposed by a station, identified by somebody else, told in writing.
{
	const who = await enter('discipline', '/discipline', { language: 'en', size: 'phone' });
	await row(who, made.listing).click();
	await who.page.locator('[data-key=identify]').waitFor();
	await who.page.keyboard.press('i');
	await confirm(who);
	await becomes('discipline', 'disciplines', made.listing, 'identified');
	await who.page.locator('[data-key=notify]').click();
	await who.page.locator('#notice').fill('书面告知书');
	await confirm(who);
	await becomes('discipline', 'disciplines', made.listing, 'noticed');
	await who.page.locator('[data-key=activate]').waitFor();
	await inspect(who, 'houses-discipline-en-phone');
	await leave(who);
}
await browser.close();
await city.end();
console.log(`${checked()} checks`);
