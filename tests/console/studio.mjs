// studio.mjs - an analyst writes policies through the console's pages, as text and as a form, tries them on the past and proposes them; a leader compares and approves; the history leads back; lists are kept; an
// auditor reads. What came of it is asked of the service.
import { check, checked, done, inspect, launch } from './browser.mjs';
import { begin, called, go, seat } from './city.mjs';
import { until } from './service.mjs';

const city = await begin({ users: ['analyst', 'leader', 'auditor'] });
const { service, sessions } = city;
const ask = (path, body) => service.ask(sessions.analyst, path, body);
const browser = await launch();
const analyst = await seat(browser, city, 'analyst', { path: '/studio' });
const leader = await seat(browser, city, 'leader', { path: '/studio/proposals' });
const { page } = analyst;
const to = async (who, tab, ready) => { await go(who, `/studio/${tab}`); await who.page.waitForSelector(ready); };
const text = async (path) => (await ask('policies/current')).files.find((f) => f.path === path)?.text;
const verdict = (state) => page.waitForSelector(`[data-verdict="${state}"]`);
const dialog = async (who, say) => { // the one that is open: a reason, and its button
	const shown = who.page.locator('.ant-modal:visible').last();
	await shown.locator('textarea').last().fill(say);
	await shown.locator('.ant-modal-footer .ant-btn-primary').click();
};
const look = async (who, name) => { // when no message fades over it
	await who.page.waitForFunction(() => document.querySelector('.ant-message-notice, .ant-message-notice-wrapper') === null);
	await inspect(who, name);
};
const proposal = async (id) => ask(`policies/proposals/${id}`);
const newest = async () => (await ask('policies/proposals')).proposals[0];

/* ---- rules ---- */
{
	const { rules } = await ask('policy');
	await page.waitForFunction((n) => document.querySelectorAll('.studio-table tbody tr').length === n, rules.length);
	await page.fill('.ant-input-search input', 'mule_fan');
	await page.waitForFunction(() => document.querySelectorAll('.studio-table tbody tr').length === 2);
	await page.click('.studio-table tbody tr button[aria-expanded]');
	await page.waitForSelector('.rule-text');
	check((await page.textContent('.rule-text')).startsWith('rule mule_fan_in on transfer'), 'not the rule that was opened');
	await look(analyst, 'studio-rules');
}

/* ---- text: errors in place, completion, tests by keys ---- */
const added = 'rule trial_of_the_studio shadow on call about caller when count(call by caller over 1h) >= 20 then alert blue, score 10 because "{count(call by caller over 1h)} calls"';
{
	await to(analyst, 'editor', '.cm-content');
	await verdict('ok');
	const was = await text('bank.dk');
	await page.click('.cm-content');
	await page.keyboard.press('Control+End');
	await page.keyboard.insertText(added.replace('count(call by caller', 'count(call by caler'));
	await verdict('wrong');
	await page.waitForSelector('.complaints >> text=/caler/');
	await page.waitForSelector('.cm-lintRange-error');
	await look(analyst, 'studio-editor-error');
	await page.click('.cm-content');
	await page.keyboard.press('Control+End');
	await page.keyboard.press('Shift+Home');
	for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+Home'); // a wrapped line has several beginnings
	await page.keyboard.insertText(`${added}\n`);
	await verdict('ok');
	await page.keyboard.type('rule x on ca');
	await page.waitForSelector('.cm-tooltip-autocomplete >> text=call');
	await page.keyboard.press('Escape');
	await page.keyboard.press('Shift+Home');
	await page.keyboard.press('Delete');
	await verdict('ok');
	await page.keyboard.press('Control+s');
	await page.keyboard.press('Control+Enter');
	await page.waitForSelector('[data-tests]');
	const job = (await ask('jobs')).jobs.find((j) => j.kind === 'policy-test');
	const { result: told } = await ask(`jobs/${job.id}`);
	const shown = await page.textContent('[data-tests]');
	check(told.passed > 90 && told.failed === 0 && shown.includes(`${told.passed} `), 'not what the tests came to', shown);
	check(await page.getAttribute('[data-changed]', 'data-changed') === '1', 'one file was changed');
	check(was !== undefined && !was.includes('trial_of_the_studio'), 'what is in force changed by writing');
	await look(analyst, 'studio-editor');
}

/* ---- the form over the same text ---- */
{
	await to(analyst, 'form', '[data-name="trial_of_the_studio"]');
	await page.click('[data-name="trial_of_the_studio"]');
	const part = (label) => page.locator(`.form-row[data-action="${label}"]`);
	await part('score').locator('input').fill('25');
	await part('score').locator('input').press('Tab');
	await page.waitForSelector('[data-preview] >> text=/score 25/');
	await page.click('[data-do="add-condition"]');
	await page.locator('[data-making] input[aria-label]').last().fill('15');
	await page.click('[data-do="put-condition"]');
	await page.waitForSelector('[data-condition="1"]');
	await page.locator('[data-condition="1"] button').click();
	await page.waitForSelector('[data-condition="1"]', { state: 'detached' });
	const preview = await page.textContent('[data-preview]');
	check(preview === added.replace('score 10', 'score 25'), 'the form touched more than was changed', preview);
	await verdict('ok');
	await look(analyst, 'studio-form');
}

/* ---- the past ---- */
{
	const { alerts } = await ask('alerts?mode=live&limit=1000');
	const others = [...new Map(alerts.filter((a) => a.about.kind === 'phone').map((a) => [a.about.token, a])).values()];
	for (const [i, a] of others.slice(0, 6).entries()) await ask(`alerts/${a.id}/verdict`, { verdict: i % 3 === 0 ? 'false' : 'true', why: 'asked' });
	await to(analyst, 'backtest', '[data-do="backtest"]');
	await page.click('[data-do="backtest"]');
	await page.waitForSelector('[data-job="done"] [data-counts]');
	const job = (await ask('jobs')).jobs.find((j) => j.kind === 'backtest');
	const { result } = await ask(`jobs/${job.id}`);
	check(await page.getAttribute('[data-counts]', 'data-counts') === `${result.counts.old} ${result.counts.new}`, 'not the counts of the job', result.counts);
	check(result.rules.some((r) => r.rule === 'trial_of_the_studio'), 'the draft was not what was tried');
	check(result.labels.right === 4 && result.labels.wrong === 2, 'not what was found out', result.labels);
	await page.waitForSelector('[role="img"] canvas');
	await look(analyst, 'studio-backtest');
}

/* ---- two people ---- */
const first = (await ask('policies')).current;
{
	await to(analyst, 'editor', '.cm-content');
	await page.waitForSelector('[data-do="propose"]:not([disabled])');
	await page.click('[data-do="propose"]');
	await page.waitForSelector('.ant-modal [data-diff="1"]');
	await dialog(analyst, 'storms <b>seen</b> in March');
	await page.waitForSelector('[data-shown="waiting"]');
	const made = await newest();
	const { files } = await proposal(made.id);
	check(files.find((f) => f.path === 'bank.dk').text === `${await text('bank.dk')}${added.replace('score 10', 'score 25')}\n`, 'what is proposed is not what was written');
	check(await page.locator('[data-do="approve"]').count() === 0, 'somebody approves her own');
	await look(analyst, 'studio-proposal-own');
	await leader.page.waitForSelector(`[data-proposal="${made.id}"]`);
	await leader.page.click('[data-do="approve"]');
	await dialog(leader, 'compared');
	await until(async () => (await proposal(made.id)).state === 'in-force', 'the proposal is in force');
	await leader.page.waitForSelector('[data-shown="in-force"]');
	check((await text('bank.dk')).includes('trial_of_the_studio'), 'in force, but not there');
}

/* ---- a rule's mode, refused ---- */
{
	await to(analyst, 'shadow', '[data-promote="trial_of_the_studio"]');
	await look(analyst, 'studio-shadow');
	await page.click('[data-promote="trial_of_the_studio"]');
	await dialog(analyst, 'it does well');
	await page.waitForSelector('[data-shown="waiting"]');
	const made = await newest();
	check(made.act === 'rule-mode' && made.rule === 'trial_of_the_studio' && made.to === 'live', 'not the mode that was asked for', made);
	await leader.page.waitForSelector(`[data-proposal="${made.id}"]`);
	await leader.page.click(`[data-proposal="${made.id}"]`);
	await leader.page.click('[data-do="refuse"]');
	await dialog(leader, 'too early');
	await until(async () => (await proposal(made.id)).state === 'refused', 'the proposal is refused');
	await to(analyst, 'shadow', '[data-promote="trial_of_the_studio"]');
	await page.click('[data-promote="trial_of_the_studio"]');
	await dialog(analyst, 'a slip');
	await page.waitForSelector('[data-shown="waiting"]');
	const slip = await newest();
	await page.click('[data-do="refuse"]');
	await dialog(analyst, 'not this one');
	await page.waitForSelector('[data-shown="withdrawn"]');
	check((await proposal(slip.id)).state === 'withdrawn', 'what she takes back is not withdrawn');
}

/* ---- back ---- */
{
	await to(leader, 'history', `[data-back="${first}"]`);
	await leader.page.waitForSelector('[data-diff="1"]');
	const current = leader.page.locator('tr', { has: leader.page.locator('[data-current]') });
	for (const login of ['analyst', 'leader']) await current.locator(`[data-who="${city.ids[login]}"]`).filter({ hasText: called[login] }).waitFor(); // who proposed, who put it in force
	await look(leader, 'studio-history');
	await leader.page.click(`[data-back="${first}"]`);
	await leader.page.waitForSelector('.ant-modal [data-diff="1"]');
	await dialog(leader, 'couriers were hit');
	const made = await until(async () => { const p = await newest(); return p.act === 'policy-rollback' && p; }, 'the way back is proposed');
	await to(analyst, 'proposals', `[data-proposal="${made.id}"]`);
	await page.click(`[data-proposal="${made.id}"]`);
	await page.click('[data-do="approve"]');
	await dialog(analyst, 'agreed');
	await until(async () => (await proposal(made.id)).state === 'in-force', 'the way back is gone');
	check(!(await text('bank.dk')).includes('trial_of_the_studio'), 'it is still there');
}

/* ---- lists ---- */
{
	const entries = async () => (await ask('lists')).lists[0].entries;
	const before = await entries(), { name } = (await ask('lists')).lists[0];
	await to(analyst, 'lists', '[data-do="put"]');
	await page.click('[data-do="put"]');
	await page.locator('.ant-modal:visible textarea').first().fill('6222020200112233445');
	await dialog(analyst, 'asked for by letter 7');
	await until(async () => (await entries()) === before + 1, 'one more on the list');
	const known = (await ask(`lists/${name}?limit=1000`)).entries.find((e) => e.shown?.endsWith('3445'));
	await page.waitForSelector('.ant-modal', { state: 'hidden' });
	await page.locator('.panel input').first().fill('3445'); // only rows in sight are drawn
	await page.waitForSelector(`[data-entry="${known.token}"]`);
	await look(analyst, 'studio-lists');
	await page.locator(`.ant-table-row:has([data-entry="${known.token}"]) input[type="checkbox"]`).check();
	await page.click('[data-do="take"]');
	await dialog(analyst, 'withdrawn');
	await until(async () => (await entries()) === before, 'it is off the list');
}

/* ---- others ---- */
{
	const auditor = await seat(browser, city, 'auditor', { path: '/studio/rules', language: 'en', size: 'phone', theme: 'dark' });
	await auditor.page.waitForSelector('.studio-table tbody tr');
	check(await auditor.page.locator('[data-rule]').count() === 0, 'an auditor changes modes');
	await look(auditor, 'studio-rules-en-phone-dark');
	done(auditor);
	await auditor.context.close();
	for (const [language, size, theme] of [['en', 'phone', 'light'], ['en', 'desk', 'dark']]) {
		const other = await seat(browser, city, 'analyst', { path: '/studio/editor', language, size, theme });
		for (const [tab, ready] of [['editor', '.cm-content'], ['form', '[data-condition="0"]'], ['backtest', '[data-counts]'], ['proposals', '[data-shown]'], ['history', '[data-diff]']]) {
			await to(other, tab, ready);
			await look(other, `studio-${tab}-${language}-${size}-${theme}`);
		}
		done(other);
		await other.context.close();
	}
}
done(analyst);
done(leader);
await browser.close();
await city.end();
console.log(`${checked()} checks`);
