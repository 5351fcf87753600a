// pages_browser.mjs - the public pages as people meet them: each in Chinese and English, on a telephone and a desk, light and dark; what a member, a reader who points at a post, and somebody with a restriction do there;
// errors; paper. All of it has to be accessible (axe), as wide as the window, without a complaint of the console and without a request to anybody else.
import { readdirSync, readFileSync } from 'node:fs';
import { check, checked, done, inspect, launch, picture, visit } from '../console/browser.mjs';
import { Service, png, until } from '../console/service.mjs';

const [spool, ...options] = process.argv.slice(2);
const { MODERATOR, MEDIA, APPEALS, OPERATOR } = process.env;
const service = await new Service(...options).start();
const { url } = service;
const browser = await launch();
const say = (language, zh, en) => (language === 'zh' ? zh : en);
const text = (who) => who.page.locator('main').innerText();
const says = async (who, words) => check((await text(who)).includes(words), `the page does not say: ${words}`, await text(who));
const open = async (who, path, status = 200) => {
	const r = await who.page.goto(url + path);
	check(r.status() === status, `${path}: HTTP ${r.status()} instead of ${status}`);
};
// Sends the form whose button says so.
const press = async (who, name) => {
	await Promise.all([who.page.waitForNavigation(), who.page.getByRole('button', { name, exact: true }).first().click()]);
};
const file = (name) => ({ name, mimeType: 'image/png', buffer: png(640, 400) });

// ---- what there is to see ----
const topic = (await service.ask(MEDIA, 'topics', {
	step: 'post', title: '反诈宣传周：四十八小时内全市一百二十四个网点与您面对面，欢迎带家里的老人一起来 Anti-fraud week at 124 outlets',
	body: '周六上午九点到下午五点。\n\n带上手机，志愿者帮您检查：\n1. 是否装了不认识的应用\n2. 是否开了屏幕共享\n\nAVeryLongWordWithoutAnyBlankInItThatHasToBeBrokenSomewhereOnANarrowTelephoneBecauseItDoesNotFit_0123456789',
})).object.id;
await service.ask(MODERATOR, `topics/${topic}/pin`, {});
for (let i = 1; i <= 21; i++) await service.ask(MEDIA, 'topics', { step: 'post', title: `案例通报 ${i}`, body: `第 ${i} 例。` });
await service.ask(MEDIA, 'replies', { step: 'reply', topic, body: '到场领取宣传册。' });

// ---- a member, on each kind of device ----
async function member(language, size, theme) {
	const who = await visit(browser, url, { language, size, theme });
	const p = `/${language}`, name = (page) => `${page}-${language}-${size}-${theme}`, login = `reader.${size}`;
	await open(who, `${p}/register`);
	await inspect(who, name('register'));
	await who.page.getByLabel(say(language, '登录名', 'Login')).fill(login);
	await who.page.getByLabel(say(language, '昵称', 'Name'), { exact: true }).fill(say(language, '海边的人', 'Sea reader'));
	await who.page.locator('#password').fill('short');
	await press(who, say(language, '注册', 'Register'));
	await inspect(who, name('register-wrong'));
	await who.page.locator('#password').fill('long-enough-1');
	await press(who, say(language, '注册', 'Register'));
	check(new URL(who.page.url()).pathname === `${p}/me`, 'registered, and sent elsewhere', who.page.url());

	await open(who, `${p}/new`);
	await inspect(who, name('new'));
	await who.page.locator('#title').fill(say(language, '我妈接到的电话', 'A call my mother had'));
	await who.page.locator('#body').fill('自称客服，号码 13912345678。\n\n<b>不是粗体</b>');
	await who.page.locator('#picture_1').setInputFiles(file('IMG_0001.png'));
	await press(who, say(language, '发表', 'Post'));
	await inspect(who, name('me-waiting'));
	const [mine] = (await service.ask(MODERATOR, 'topics?state=waiting')).objects;
	await service.ask(MODERATOR, `topics/${mine.id}/approve`, {});
	await open(who, `${p}/board/${mine.id}`);
	await inspect(who, name('topic-own'));
	check(await who.page.locator('figure img').evaluate((i) => i.complete && i.naturalWidth === 640), 'the picture is not shown');
	await who.page.locator('#body').fill(say(language, '第二天又打来了', 'They called again'));
	await press(who, say(language, '发表回复', 'Reply'));
	await inspect(who, name('topic-replied'));

	// Another name, another password; what is wrong is said at its field.
	await open(who, `${p}/me`);
	await who.page.getByRole('link', { name: say(language, '更改昵称', 'Change the name') }).click();
	await inspect(who, name('me-name'));
	await who.page.locator('#name').fill(say(language, '市反诈中心', 'Police'));
	await press(who, say(language, '更改', 'Change'));
	await inspect(who, name('me-name-wrong'));
	await who.page.locator('#name').fill(say(language, '新昵称', 'Another name'));
	await press(who, say(language, '更改', 'Change'));
	check((await who.page.locator('h1').innerText()) === say(language, '新昵称', 'Another name'), 'the name is not changed');
	await who.page.getByRole('link', { name: say(language, '更改口令', 'Change the password') }).click();
	await inspect(who, name('me-password'));
	await who.page.locator('#old').fill('not-the-one-I-have');
	await who.page.locator('#password').fill('long-enough-2');
	await press(who, say(language, '更改', 'Change'));
	check((await who.page.locator('#old').getAttribute('aria-invalid')) === 'true', 'nothing says which password is wrong');
	await inspect(who, name('me-password-wrong'));
	await who.page.locator('#old').fill('long-enough-1');
	await who.page.locator('#password').fill('long-enough-2');
	await press(who, say(language, '更改', 'Change'));
	await says(who, say(language, '口令已更改', 'The password is changed'));
	await press(who, say(language, '退出登录', 'Log out'));
	await open(who, `${p}/login`);
	await inspect(who, name('login'));
	await who.page.locator('#login').fill(login);
	await who.page.locator('#password').fill('long-enough-1');
	await press(who, say(language, '登录', 'Log in'));
	await inspect(who, name('login-wrong'));
	await who.page.locator('#login').fill(login);
	await who.page.locator('#password').fill('long-enough-2');
	await press(who, say(language, '登录', 'Log in'));
	check(new URL(who.page.url()).pathname === `${p}/me`, 'the new password does not open', await text(who));

	// A ban, and the objection to it with a picture.
	const id = (await service.ask(MODERATOR, `topics/${mine.id}`)).fields.member;
	await service.ask(MODERATOR, `members/${id}/ban`, { basis: 'COMMENTS-2022', evidence: [1], reason: '广告', until: new Date(Date.now() + 2 * 86400000).toISOString() });
	await open(who, `${p}/me`);
	await inspect(who, name('me-banned'));
	await who.page.locator('#text').fill(say(language, '不是广告', 'It is no advertisement'));
	await who.page.locator('#paper_1').setInputFiles(file('screen.png'));
	await press(who, say(language, '提交申诉', 'Object'));
	await inspect(who, name('me-objected'));
	done(who);
	await who.context.close();
	return mine.id;
}
const theirs = await member('zh', 'phone', 'dark');
await member('en', 'desk', 'light');

// ---- a reader points at posts; moderators see them in their list ----
async function reader(language, post) {
	const who = await visit(browser, url, { language, size: 'phone' });
	await open(who, `/${language}/board/${topic}`);
	await who.page.getByRole('link', { name: say(language, post === topic ? '举报此主题' : '举报此回复', post === topic ? 'Report this topic' : 'Report this reply') }).first().click();
	await inspect(who, `tell-${language}-${post === topic ? 'topic' : 'reply'}`);
	await who.page.getByLabel(say(language, '泄露个人信息', 'personal data')).check();
	await press(who, say(language, '举报', 'Report this post'));
	await says(who, say(language, '谢谢', 'Thank you'));
	await inspect(who, `told-${language}`);
	done(who);
	await who.context.close();
}
const [reply] = (await service.ask(MODERATOR, `replies?entity=object:${topic}`)).objects;
const due = () => encodeURIComponent(new Date(Date.now() + 2 * 86400000).toISOString());
await reader('zh', topic);
await reader('en', topic);
await reader('zh', reply.id);
const seen = await service.ask(MODERATOR, `topics?due=${due()}`);
check(seen.objects.length === 1 && seen.objects[0].id === topic && seen.objects[0].fields.pointed === 2 && seen.objects[0].fields.pointed_as.name === 'personal-data', 'moderators do not see it', seen);
check((await service.ask(MODERATOR, `replies?due=${due()}`)).objects[0]?.fields.pointed === 1, 'moderators do not see the reply');
await service.ask(MODERATOR, `topics/${topic}/keep`, {});
check((await service.ask(MODERATOR, `topics?due=${due()}`)).objects.length === 0, 'what was looked at is still to be looked at');

// ---- a restriction, the objection with papers, and what follows ----
async function restricted(language, size, phone) {
	const who = await visit(browser, url, { language, size });
	const p = `/${language}`, before = readdirSync(spool).length;
	const card = (await service.ask(OPERATOR, 'cards', { step: 'list', phone, operator: 21, level: 1, basis: 'AFL-11', evidence: [1] })).object.id;
	await service.ask(OPERATOR, `cards/${card}/notify`, { method: 'counter', reason: '短时间大量呼叫陌生人' });
	const code = await until(() => readdirSync(spool).slice().sort().slice(before).map((f) => readFileSync(`${spool}/${f}`, 'utf8')).join('').match(/Code: ([MD][-0-9A-Z]*)/)?.[1], 'the notice');
	await open(who, `${p}/restriction`);
	await who.page.locator('#code').fill(code);
	await who.page.locator('#digits').fill(phone.slice(-4));
	await press(who, say(language, '查询', 'Show'));
	await says(who, '短时间大量呼叫陌生人');
	await inspect(who, `restriction-shown-${language}-${size}`);
	await who.page.locator('#text').fill(say(language, '是我母亲在用', 'My mother uses it'));
	await who.page.locator('#paper_1').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('GIF89a') });
	await press(who, say(language, '提交申诉', 'Object'));
	await inspect(who, `appeal-wrong-${language}-${size}`);
	await who.page.locator('#paper_1').setInputFiles(file('id.png'));
	await who.page.locator('#paper_2').setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer: png(1400, 900) });
	await press(who, say(language, '提交申诉', 'Object'));
	await inspect(who, `appeal-filed-${language}-${size}`);
	const receipt = await who.page.locator('.answer strong').innerText();
	const { objects } = await service.ask(APPEALS, 'appeals?state=filed');
	const { id } = objects.find((o) => o.fields.paper_2) ?? {};
	check(id !== undefined, 'no objection with two papers', objects);
	const paper = (query) => fetch(`${url}/v1/appeals/${id}/files/paper_2${query}`, { headers: { Authorization: `Bearer ${APPEALS}` } });
	check((await paper('')).status === 422, 'a paper is read without saying why');
	const read = await paper('?purpose=decide&case=A-2026-7');
	check(read.status === 200 && read.headers.get('content-type') === 'image/png', `a paper can not be read: HTTP ${read.status}`);

	// A person shall decide; that denies; once more; and it is taken back.
	await service.ask(APPEALS, `appeals/${id}/accept`, {});
	await open(who, `${p}/status`);
	await who.page.locator('#receipt').fill(receipt);
	await press(who, say(language, '查询', 'Ask'));
	await inspect(who, `status-accepted-${language}-${size}`);
	await press(who, say(language, '要求人工办理', 'A person has to decide'));
	await inspect(who, `status-person-${language}-${size}`);
	for (const gone of [['要求人工办理', 'A person has to decide'], ['申请复核', 'Ask for reconsideration']])
		check(await who.page.getByRole('button', { name: say(language, ...gone) }).count() === 0, `a button that leads nowhere: ${gone[1]}`);
	await service.ask(APPEALS, `appeals/${id}/check`, {});
	await service.ask(APPEALS, `appeals/${id}/deny`, { decision: '不成立，号码仍有风险' });
	await who.page.locator('#receipt').fill(receipt);
	await press(who, say(language, '查询', 'Ask'));
	await says(who, '不成立，号码仍有风险');
	await inspect(who, `status-denied-${language}-${size}`);
	await press(who, say(language, '申请复核', 'Ask for reconsideration'));
	await press(who, say(language, '撤回申诉', 'Withdraw the objection'));
	await inspect(who, `status-withdrawn-${language}-${size}`);
	check((await service.ask(APPEALS, `appeals/${id}`)).state.name === 'withdrawn', 'the steps were not taken');
	done(who);
	await who.context.close();
}
await restricted('zh', 'phone', '13912345678');
await restricted('en', 'desk', '13912345679');

// ---- every page for everybody ----
for (const [language, size, theme] of [['zh', 'phone', 'light'], ['zh', 'desk', 'dark'], ['en', 'phone', 'dark'], ['en', 'desk', 'light']]) { // any two of them meet
	const who = await visit(browser, url, { language, size, theme });
	for (const page of ['board', 'board?page=2', 'board?q=%E4%B8%8D%E5%AD%98%E5%9C%A8', `board/${topic}`, `board/${topic}/print`, 'check', 'report', 'status', 'restriction', '96110']) {
		await open(who, `/${language}/${page}`);
		await inspect(who, `${page.replace(topic, 'topic').replaceAll(/[^a-z0-9]+/g, '-')}-${language}-${size}-${theme}`);
	}
	await open(who, `/${language}/nothing-there`, 404);
	await inspect(who, `404-${language}-${size}-${theme}`);
	done(who);
	await who.context.close();
}

// ---- forms with answers and errors, keyboard, paper, a right page for a wrong form ----
const who = await visit(browser, url, { language: 'zh', size: 'phone' });
await open(who, '/zh/board');
await who.page.keyboard.press('Tab');
check(await who.page.evaluate(() => document.activeElement.className) === 'skip', 'the first thing that Tab reaches leads not to the content');
await inspect(who, 'board-skip');
for (const [path, field, value, button, answer] of [['check', 'phone', '13800138001', '查询', '已公布的涉诈信息'], ['check', 'phone', '13912345678', '查询', '公开名单中没有'], ['check', 'phone', 'x', '查询', '无法识别'],
	['check', 'message', '我是公安局民警，您涉嫌洗钱，请把资金转到安全账户配合调查', '查询', '像这类诈骗'], ['report', 'text', '有人冒充客服', '提交举报', '回执号'], ['report', 'amount', '1,2,3', '提交举报', '至少填写'],
	['status', 'receipt', 'L-1-0000', '查询', '没有相符的信息']]) {
	await open(who, `/zh/${path}`);
	await who.page.locator(`#${field}`).fill(value);
	await press(who, button);
	await says(who, answer);
	await inspect(who, `${path}-answer-${field}-${answer.length}`);
}
await open(who, '/zh/96110');
await who.page.locator('#code').fill('123456');
await who.page.locator('#digits').fill('5678');
await press(who, '核验');
await inspect(who, '96110-answer');
await open(who, '/zh/check');
await who.page.evaluate(() => { document.querySelector('[name=csrf]').value = '0'; });
await press(who, '查询');
await inspect(who, '403-form');
await who.page.emulateMedia({ media: 'print' });
for (const path of [`board/${topic}`, `board/${theirs}/print`]) {
	await open(who, `/zh/${path}`);
	await picture(who.page, `paper-${path.endsWith('print') ? 'print-view' : 'topic'}`);
	for (const away of ['header.top', 'nav', 'form', '.skip', 'main a[href*=login]', 'main a[href*=tell]']) check(await who.page.locator(away).filter({ visible: true }).count() === 0, `on paper: ${away}`);
	check(await who.page.evaluate(() => getComputedStyle(document.body).color) === 'rgb(0, 0, 0)', 'paper is not black on white');
}
done(who);
await browser.close();
await service.stop();
console.log(`${checked()} checks`);
