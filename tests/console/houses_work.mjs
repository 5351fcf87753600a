// houses_work.mjs - what lies on the desks of banks, operators, outlets, appeals and discipline when their people begin: orders to answer, cards and accounts to verify, an outlet with its kit, a measure with an
// objection, a listing. `node houses_work.mjs` alone stays and prints addresses and sessions.
import { begin, people } from './city.mjs';

Object.assign(people, { inspector: ['inspector', 1, 0], channel: ['channel', 21, 0], trainer: ['trainer', 1, 0] });
export const users = ['leader', 'stop', 'intake', 'analyst', 'station', 'bank', 'teller', 'operator', 'clerk', 'appeals', 'discipline', 'inspector', 'channel', 'trainer', 'admin', 'second', 'auditor'];
const days = (n) => new Date(Date.now() + n * 86_400_000).toISOString();

export async function prepare() {
	const city = await begin({ users });
	const as = (login, path, body) => city.service.ask(city.sessions[login], path, body);
	const step = async (login, route, id, name, body = {}) => (await as(login, `${route}/${id}/${name}`, body)).object;
	const make = async (login, route, body) => (await as(login, route, body)).object;
	const made = { stops: [], cards: [] };

	for (const n of [1, 2, 3]) { // orders to the bank
		const stop = await make('stop', 'stops', { account: `62220210011122233${n}4`, bank: 11, amount: 12000 * n, evidence: [n], basis: 'AFL-20', reason: '受害人报警', account_name: '王五', case_no: `A-2026-${n}` });
		await step('leader', 'stops', stop.id, 'approve');
		made.stops.push(stop.id);
	}
	made.freeze = (await make('stop', 'freezes', { account: '6222021001112229994', bank: 11, scope: 'limited', amount: 5000, case_no: 'A-2026-9', evidence: [4], basis: 'CPL-144', months: 6 })).id;
	await step('leader', 'freezes', made.freeze, 'approve');
	await as('stop', 'queries', { what: 'holder', bank: 11, account: '6222021001112223314', purpose: '核实持卡人', case_no: 'A-2026-1' });
	made.account = (await make('bank', 'accounts', { step: 'watch', account: '6222021001112227774', person: '370202199001010007', basis: 'AFL-18', evidence: [5], level: 2, bank: 11 })).id;

	for (let n = 0; n < 4; n++) { // cards of one person, which an operator verifies
		const card = await make('operator', 'cards', { step: 'list', phone: `1380000${1000 + n}`, person: '370202199001010007', operator: 21, level: n % 4, basis: 'AFL-11', evidence: [6 + n], rule: 'new_card_burst' });
		made.cards.push(card.id);
	}
	await step('operator', 'cards', made.cards[3], 'notify', { method: 'app' });
	await make('operator', 'cards', { step: 'register', phone: '14400001234', operator: 21, thing: 1, scene: 'meter', functions: 'data', level: 0 });

	const kit = await make('inspector', 'kits', { type: 'operator-hall', paper_sign: 4, poster_app: 1, notice_96110: 1, quiz: 1, note: '2026' });
	await step('leader', 'kits', kit.id, 'approve');
	made.outlet = (await make('channel', 'outlets', { type: 'operator-hall', name: '香港中路营业厅', outlet: 'YY-202-01', district: 202, address: '香港中路1号', code: 'YY-202-01', licence: 'L-1', licence_end: days(400) })).id;
	await make('channel', 'outlets', { type: 'agent', name: '台东手机城代理点', agent: 'DL-203-07', outlet: 'DL-203-07', district: 203, address: '威海路9号', code: 'DL-203-07' });
	const { objects: supplies } = await as('channel', `supplies?entity=object:${made.outlet}`);
	for (const s of supplies) await step('channel', 'supplies', s.id, 'order', { pieces: 2 });
	made.inspection = (await make('inspector', 'inspections', { outlet: made.outlet, planned: days(0.01) })).id;
	made.correction = (await make('inspector', 'corrections', { outlet: made.outlet, item: 'notice-96110', fault: 'missing', deadline: days(7), note: '大厅入口' })).id;

	// a card suspended by two people, and the objection of its holder
	await step('operator', 'cards', made.cards[2], 'ask-suspension', { evidence: [9], asked_basis: 'AFL-11' });
	const card = await step('leader', 'cards', made.cards[2], 'suspend');
	made.measure = card.fields.measure;
	made.appeal = (await make('intake', 'appeals', { target: made.measure, reason: '本人使用，未出借', person: '370202199001010007', channel: '96110', contact: '13800001002', by_person: 1 })).id;
	made.listing = (await make('station', 'disciplines', { person: '370202199001010007', ground: 'traded', items: 3, evidence: [10], basis: 'JOINT-2024', case_no: 'A-2026-1', district: 202 })).id;
	return { city, made, as, step, make };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	const { city, made } = await prepare();
	console.log(JSON.stringify({ url: `${city.url}/console/`, all: city.all, sessions: city.sessions, made }, null, 1));
	process.on('SIGINT', () => void city.end().then(() => process.exit(0)));
	await new Promise(() => { setInterval(() => {}, 1e6); });
}
