// law.mjs - the ledger, administration and one's own account, as those who use them do: an administrator asks for a user and another approves; keys, limits, dead letters, quarantined records and jobs are
// looked after; an auditor finds a measure, looks at what was done about somebody, sees who looked, and has the chain walked. What came of each is asked of the API.
import { check, checked, done, inspect as look, launch, picture } from './browser.mjs';
import { begin, called, go, people, seat as sit } from './city.mjs';
import { until } from './service.mjs';

// A carrier whose line is broken: what is sent to it dies within a second.
people.operator = ['operator-desk', 22, 0];
const city = await begin({ users: ['admin', 'second', 'auditor', 'leader', 'operator', 'station'], settings: () => '[tenant.line]\nnumber = 22\ncarriers = "联通"\nconnector = "spool"\nconnector_url = "/nonexistent/spool"\n[outbox]\nbackoff = "50ms"\nbackoff_most = "100ms"\ngive_up = "1s"\n' });
const { service, sessions } = city;
const browser = await launch();
const seat = (b, c, login, options) => sit(b, c, login, { reducedMotion: 'reduce', ...options });
// What goes away is gone before it is looked at: a mask that fades makes every colour another one; and so does the shadow of a fixed column.
const inspect = async (who, name) => {
	await who.page.waitForFunction(() => document.querySelector('[class*="-leave"]') === null);
	await who.page.evaluate(() => document.querySelectorAll('.ant-table-content, .ant-table-body').forEach((e) => { e.scrollLeft = 0; })); // no cell half under a fixed column
	await look(who, name);
};
const ask = (login, path, body, method) => service.ask(sessions[login], path, body, method);
const press = (who, selector) => who.page.locator(selector).first().click();
// Buttons of two characters have a blank between them.
const button = (who, name) => who.page.getByRole('dialog').last().getByRole('button', { name: new RegExp(`^${[...name].join(' ?')}$`) }).click();
const reason = async (who, text, ok = '确定') => {
	await who.page.getByRole('dialog').last().locator('#why, [id$=_why]').fill(text);
	await button(who, ok);
	await who.page.locator('.ant-modal').last().waitFor({ state: 'hidden' });
};
const choose = async (who, box, option) => {
	await box.click();
	await who.page.locator('.ant-select-dropdown:visible').getByText(option, { exact: true }).click();
};
const close = async (who) => {
	await who.page.locator('.ant-drawer-close:visible, .ant-modal-close:visible').last().click();
	await who.page.locator('.ant-drawer-open, .ant-modal-wrap:visible').first().waitFor({ state: 'hidden' });
};
// Who did something is shown by name: somebody whom the reader may know.
const named = (who, within, login) => who.page.locator(`${within} [data-who="${city.ids[login]}"]`).filter({ hasText: called[login] }).first().waitFor();
const user = async (login) => (await ask('admin', 'users?limit=100')).objects.find((o) => o.fields.login === login);

// ---- something to look after ----
const card = (await ask('operator', 'cards', { step: 'list', phone: '13821000001', operator: 22, level: 1, basis: 'AFL-11', evidence: [1], person: '110101199003077715' })).object.id;
await ask('operator', `cards/${card}/notify`, { method: 'counter', reason: '短时间内大量外呼' });
const bad = await fetch(`${city.url}/v1/events`, { method: 'POST', headers: { Authorization: `Bearer ${city.feed}`, 'Content-Type': 'application/x-ndjson' }, body: '{"event":"call","time":"2026-01-05T10:00:00+08:00","caller":"13800138000","talk":3}\n{"event":"call","time":"never","caller":"13800138001","callee":"13900139001","talk":3}\n' });
await bad.text();
check((await ask('admin', 'quarantine')).records.length === 2, 'two records are quarantined');

// ---- an administrator asks, another approves ----
const admin = await seat(browser, city, 'admin', { path: '/admin/users' }), second = await seat(browser, city, 'second', { path: '/admin/users', language: 'en' });
await press(admin, '[data-make=invite]');
await admin.page.locator('#user_login').fill('li.lei');
await admin.page.locator('#user_name').fill('李雷');
await choose(admin, admin.page.locator('.ant-modal #user_organisation'), 'police (1)');
await admin.page.getByRole('checkbox', { name: '劝阻席', exact: true }).check();
await admin.page.getByRole('checkbox', { name: '派出所民警', exact: true }).check();
await inspect(admin, 'law-user-new');
await button(admin, '提交');
const made = await until(() => user('li.lei'), 'the user');
const { roles } = await ask('admin', 'desk/machines');
const bit = (name) => 2 ** roles.findIndex((r) => r.name === name);
check(made.state.name === 'invited' && made.fields.roles === bit('dissuasion') + bit('station'), 'the roles are other ones', made);
await admin.page.getByText('待另一位管理员审批；').waitFor();
check(await admin.page.locator('.ant-drawer [data-step=activate]').count() === 0, 'who asked may approve');
await close(admin);
await second.page.getByText('li.lei', { exact: true }).click();
await press(second, '.ant-drawer [data-step=activate]');
await button(second, 'Confirm');
await until(async () => (await user('li.lei')).state.name === 'active', 'the user is active');
await press(second, '[data-act=invitation]');
const invitation = await second.page.locator('[data-code]').innerText();
await inspect(second, 'law-user-code-en');
await button(second, 'OK');
const taken = await (await fetch(`${city.url}/v1/invitations`, { method: 'POST', body: JSON.stringify({ login: 'li.lei', code: invitation.trim(), password: city.password }) })).json();
check(taken.totp_seed !== undefined, 'the code of the page is not taken', taken);
await close(second);
// Other roles: asked by one, given by the other. Then a lock.
await admin.page.getByText('li.lei', { exact: true }).click();
await press(admin, '.ant-drawer [data-act=ask-roles]');
await admin.page.getByRole('checkbox', { name: '派出所民警', exact: true }).uncheck();
await button(admin, '提交');
await until(async () => (await user('li.lei')).fields.new_roles === bit('dissuasion'), 'roles are asked for');
await second.page.getByText('li.lei', { exact: true }).click();
await press(second, '.ant-drawer [data-step=give-roles]');
await button(second, 'Confirm');
await until(async () => (await user('li.lei')).fields.roles === bit('dissuasion'), 'roles are given');
await second.page.locator('.ant-drawer [data-step=give-roles]').waitFor({ state: 'hidden' }); // it is shown as it is now
await press(second, '.ant-drawer [data-step=lock]');
await button(second, 'Confirm');
await until(async () => (await user('li.lei')).state.name === 'locked', 'the user is locked');
await close(second);
await close(admin);
await inspect(admin, 'law-users');

// ---- keys: told once, revoked ----
await go(admin, '/admin/keys');
await press(admin, '[data-make=key]');
await choose(admin, admin.page.locator('.ant-modal #key_tenant'), 'police (1)');
await admin.page.getByRole('checkbox', { name: '指标 metrics' }).check();
await admin.page.locator('#key_note').fill('监控机');
await admin.page.locator('#key_why').fill('新建监控');
await button(admin, '建立');
const key = (await admin.page.locator('[data-key]').innerText()).trim();
await picture(admin.page, 'law-key-told');
const metrics = async () => (await fetch(`${city.url}/metrics`, { headers: { Authorization: `Bearer ${key}` } })).status;
check(await metrics() === 200, 'the key of the page is none');
await admin.page.locator('.ant-modal-footer button').last().click();
const id = (await ask('admin', 'keys')).keys.find((k) => k.note === '监控机').id;
await press(admin, `[data-act=revoke-${id}]`);
await reason(admin, '换新');
await until(async () => (await metrics()) === 401, 'the key is revoked');
await inspect(admin, 'law-keys');

// ---- lines, dead letters ----
await go(admin, '/admin/connectors');
await admin.page.getByText('文件交换').waitFor();
await inspect(admin, 'law-connectors');
await go(admin, '/admin/organisations');
await inspect(admin, 'law-organisations');
await go(admin, '/admin/messages');
const letter = await until(async () => (await ask('admin', 'desk/messages?state=dead')).messages[0], 'a dead letter');
await press(admin, `[data-act=resend-${letter.id}]`);
await inspect(admin, 'law-letters');
await reason(admin, '线路已恢复');
const resends = () => ask('auditor', 'audit/access?limit=1').then(() => ask('admin', `desk/messages/${letter.id}`));
await until(async () => { const m = await resends(); return m.changed !== letter.changed; }, 'the letter is sent again');

// ---- health: a snapshot; the walk along the chain; jobs ----
await go(admin, '/admin/health');
await press(admin, '[data-act=snapshot]');
await until(async () => (await ask('admin', 'health/details')).snapshots.written > 0, 'a snapshot');
await press(admin, '[data-act=walk]');
await reason(admin, '例行核验');
await until(async () => (await ask('auditor', 'audit/chain')).verified?.whole, 'the chain is walked');
await admin.page.getByText('每一条记录都与哈希一致').waitFor();
await inspect(admin, 'law-health');
await go(admin, '/admin/jobs');
await admin.page.getByText('核验日志', { exact: true }).waitFor();
await inspect(admin, 'law-jobs');

// ---- quarantine: one mended, one dropped ----
await go(admin, '/admin/quarantine');
const [first, other] = (await ask('admin', 'quarantine')).records;
await admin.page.locator(`tr[data-row-key="${first.number}"]`).click();
await press(admin, '[data-act=look]');
await reason(admin, '修复来文');
const area = admin.page.locator('#record');
check((await area.inputValue()).includes('13800138000'), 'the record is not shown');
await press(admin, '[data-act=mend]'); // still wrong: the complaint stands in its place and nothing is lost
await admin.page.getByRole('alert').filter({ hasText: '仍不能接收' }).waitFor();
await inspect(admin, 'law-mend');
await area.fill((await area.inputValue()).replace('"talk"', '"callee": "13900139000", "talk"'));
await press(admin, '[data-act=mend]');
await until(async () => (await ask('admin', 'quarantine?state=mended')).records.some((r) => r.number === first.number), 'the record is mended');
await admin.page.locator('#record').waitFor({ state: 'hidden' });
await admin.page.locator(`tr[data-row-key="${other.number}"]`).click();
await press(admin, '[data-act=drop]');
await reason(admin, '测试数据');
await until(async () => (await ask('admin', 'quarantine?state=dropped')).records.some((r) => r.number === other.number), 'the record is dropped');

// ---- a limit: asked by one, approved by another ----
await go(admin, '/admin/limits');
await admin.page.getByRole('searchbox').fill('stop_answer');
await press(admin, '[data-ask=stop_answer]');
await inspect(admin, 'law-limit');
await admin.page.locator('#limit_value').fill('20');
await admin.page.locator('#limit_reason').fill('提速');
await button(admin, '提交');
const limit = await until(async () => (await ask('admin', 'limits')).objects.find((o) => o.state.name === 'asked'), 'the limit is asked for');
await go(second, '/admin/limits');
await press(second, `tr[data-row-key="${limit.id}"]`);
await named(second, '.ant-drawer .ant-timeline', 'admin');
await second.page.locator('.ant-drawer .ant-timeline').filter({ hasText: `${called.admin} police` }).waitFor();
await named(second, 'table', 'admin');
await press(second, '.ant-drawer [data-step=approve]');
await button(second, 'Confirm');
await until(async () => (await ask('admin', `limits/${limit.id}`)).state.name === 'in-force', 'the limit is in force');
await close(second);
await inspect(second, 'law-limits-en');

// ---- the ledger ----
const auditor = await seat(browser, city, 'auditor', { path: '/ledger' });
const [measure] = (await ask('auditor', 'measures')).objects;
await auditor.page.getByText('重新实名核验').or(auditor.page.getByText('核验')).first().waitFor();
await choose(auditor, auditor.page.getByRole('combobox', { name: '依据' }), '反电信网络诈骗法第20条');
await auditor.page.getByText('没有符合条件的处置').waitFor();
await auditor.page.getByRole('combobox', { name: '依据' }).press('Backspace');
await auditor.page.locator('.ant-select-clear').last().click({ force: true });
await inspect(auditor, 'law-ledger');
await go(auditor, '/ledger/person');
await choose(auditor, auditor.page.locator('#kind'), '号码');
await auditor.page.locator('#number').fill('13821000001'); // no scope for tokens: the ledger finds it
await auditor.page.locator('#reason').fill('当事人投诉');
await auditor.page.locator('button[type=submit]').click();
await auditor.page.locator('[data-dossier]').waitFor();
check((await auditor.page.locator('[data-dossier]').innerText()).includes(measure.id), 'the measure is not in the dossier');
await named(auditor, '[data-dossier]', 'operator');
await inspect(auditor, 'law-person');
await ask('leader', 'timeline', { kind: 'phone', value: '13895330001', reason: '核查涉案号码' });
await go(auditor, '/ledger/access');
await auditor.page.getByText('当事人投诉').waitFor();
const { acts } = await ask('auditor', 'audit/access');
check(acts.some((a) => a.act === 'audit-person' && a.user === city.ids.auditor), 'the look is not in the audit', acts[0]);
await named(auditor, 'table', 'auditor');
await auditor.page.locator('td button').filter({ hasNotText: city.ids.auditor }).first().waitFor();
await auditor.page.locator('td button', { hasText: city.ids.auditor }).first().click(); // theirs only
check((await auditor.page.locator('#user').inputValue()) === city.ids.auditor, 'the filter does not take who was clicked on');
await auditor.page.locator('td button', { hasText: city.ids.auditor }).first().waitFor();
await auditor.page.locator('td button').filter({ hasNotText: city.ids.auditor }).first().waitFor({ state: 'detached' });
await auditor.page.locator('#user').fill('U-1');
await auditor.page.locator('button[type=submit]').click();
await auditor.page.getByText('没有符合条件的查阅').waitFor();
await go(auditor, '/ledger/chain');
await auditor.page.getByText('每一条记录都与哈希一致').waitFor();
await inspect(auditor, 'law-chain');

// ---- on a telephone, in English, dark ----
const phone = await seat(browser, city, 'leader', { path: '/ledger', size: 'phone', language: 'en', theme: 'dark' });
for (const [path, wait] of [['/ledger', '.ant-table'], ['/ledger/person', '#reason'], ['/ledger/access', '.ant-table'], ['/ledger/chain', '.ant-alert']]) {
	await go(phone, path);
	await phone.page.locator(wait).first().waitFor();
	await inspect(phone, `law${path.replaceAll('/', '-')}-en-phone-dark`);
}
const small = await seat(browser, city, 'second', { path: '/admin/users', size: 'phone', language: 'en', theme: 'dark' });
for (const tab of ['users', 'organisations', 'keys', 'connectors', 'messages', 'health', 'quarantine', 'jobs', 'limits']) {
	await go(small, `/admin/${tab}`);
	await small.page.locator(`[data-part=${tab}][aria-selected=true]`).waitFor();
	await small.page.locator('[role=tabpanel] .ant-table, [role=tabpanel] .ant-alert, [role=tabpanel] .ant-empty').first().waitFor();
	await inspect(small, `law-admin-${tab}-en-phone-dark`);
}

// ---- names are for colleagues: an operator's desk knows its own people, and nobody of the centre ----
const knows = async (login) => (await ask(login, `desk/names?users=${city.ids.operator},${city.ids.leader}`)).users.map((u) => u.name).join();
check(await knows('operator') === called.operator && await knows('leader') === `${called.operator},${called.leader}`, 'not the names that may be known', await knows('operator'));

// ---- who has no business here, and one's own password ----
const station = await seat(browser, city, 'station', { path: '/admin/keys' });
await station.page.getByText('没有权限').waitFor();
await go(station, '/ledger');
await station.page.getByText('没有权限').waitFor();
await press(station, '[data-user]');
await station.page.getByText('修改口令').click();
await station.page.locator('#password_old').fill(city.password);
await station.page.locator('#password_password').fill('another horse entirely');
await station.page.locator('#password_again').fill('another horse entirely!');
await station.page.locator('.ant-modal button[type=submit]').click();
await station.page.getByText('两次输入不一致').waitFor();
await station.page.locator('#password_again').fill('another horse entirely');
await inspect(station, 'law-password');
await station.page.locator('.ant-modal button[type=submit]').click();
await station.page.locator('.ant-modal').waitFor({ state: 'hidden' });
const enter = async (password) => (await fetch(`${city.url}/v1/login`, { method: 'POST', body: JSON.stringify({ login: 'station', password, totp: city.code(city.seeds.station, Date.now() + 30000) }) })).status;
check(await enter(city.password) !== 200, 'the old password still does');
check(await enter('another horse entirely') === 200, 'the new password does not do');

admin.complaints = admin.complaints.filter((c) => !c.includes('/v1/quarantine/') || !c.includes('422')); // the refusal that was asked for
for (const who of [admin, second, auditor, phone, small, station]) done(who);
await browser.close();
await city.end();
console.log(`${checked()} checks`);
