// reconcile.mjs - what the service believes beside what institutions did, for tests that let both run and be killed. Institutions keep a line for each thing that took effect (`duanka
// simulate bank|operator --state`); the service tells its objects and messages. Nothing here is asked of a clock.
import { readFileSync } from 'node:fs';

export const honest = new Set([11, 12, 14, 15]); // good, slow, double, unreachable banks; 13 is wrong and 16 lies
const hex = (id) => BigInt(id.slice(2)).toString(16).toUpperCase().padStart(16, '0');
export const application = (letter, id) => letter + hex(id);

// What institutions did: id of the order -> org, what, subject, original, arrivals, effects.
export const deeds = (orgs, wrong, folder = '.') => {
	const did = new Map();
	for (const org of orgs)
		for (const line of readFileSync(`${folder}/state.${org}`, 'utf8').split('\n').filter((l) => l !== '')) {
			const [word, id, what, subject, original, , effect] = line.split(' ');
			const known = did.get(id);
			if (word === 'arrived') known.arrivals++;
			else if (word === 'order' && known !== undefined) wrong(`${id}: taken twice`), known.effects.push(effect);
			else if (word === 'order') did.set(id, { org, what, subject, original, arrivals: 1, effects: effect === '-' ? [] : [effect] });
		}
	return did;
};

// One effect an order, for all kinds; no account stopped a third time, by the desk's count and by the banks'.
// (An extension begins at the end of the first stop: of one that was let go before, or whose place a freeze took, it did
// not come into force. stops: what the desk says of them.)
const FIRST_MS = 48 * 3_600_000;
export const neverTwice = (did, accounts, stops, wrong) => {
	const stopped = new Map(), letGo = new Set([...did.values()].filter((d) => d.effects[0] === 'release').map((d) => d.original));
	for (const o of stops) if (o.state.name === 'converted' && Date.parse(o.changed) < Date.parse(o.fields.stopped) + FIRST_MS) letGo.add(application('S', o.id));
	for (const [id, d] of did) {
		if (d.effects.length > 1) wrong(`${id}: in effect ${d.effects.length} times`);
		for (const e of d.effects)
			if (e === 'stop' || (e === 'extend' && !letGo.has(d.original))) stopped.set(`${d.org} ${d.subject}`, (stopped.get(`${d.org} ${d.subject}`) ?? 0) + 1);
	}
	for (const a of accounts) if ((a.fields.stops ?? 0) > 2) wrong(`${a.id}: stopped ${a.fields.stops} times`);
	for (const [at, n] of stopped) if (honest.has(Number(at.split(' ')[0])) && n > 2) wrong(`bank ${at.slice(0, 9)}...: an account stopped ${n} times`);
};

// An order for a stop that was approved: it arrived at its bank, and what the desk says of it is what the bank did.
export const stopFits = (id, org, o, did, wrong) => {
	const there = did.get(application('S', id));
	if (o === undefined) return wrong(`${id}: lost by the service`);
	if (['draft', 'sent', 'landed'].includes(o.state.name)) wrong(`${id}: still ${o.state.name}`);
	if (there === undefined) return wrong(`${id}: never reached bank ${org}`);
	if (there.org !== org) wrong(`${id}: at bank ${there.org} instead of ${org}`);
	const inForce = ['stopped', 'released', 'converted', 'expired'].includes(o.state.name);
	if (honest.has(org) && inForce !== (there.effects.length === 1)) wrong(`${id}: ${o.state.name}, and the bank did ${there.effects}`);
	if (o.state.name === 'stopped') stopLasts(o, wrong);
};

// Its end follows from its start, however often the service was down between.
export const stopLasts = (o, wrong) => {
	const ms = Date.parse(o.fields.end) - Date.parse(o.fields.stopped), due = o.due.find((d) => d.name === 'expire');
	if (ms !== (o.fields.extension?.name === 'given' ? 96 : 48) * 3600 * 1000) wrong(`${o.id}: lasts ${ms} ms`);
	if (due === undefined || due.at !== o.fields.end) wrong(`${o.id}: does not expire at its end`);
	if (o.fields.sent !== undefined && Date.parse(o.fields.stopped) < Date.parse(o.fields.sent)) wrong(`${o.id}: stopped before it was sent`);
};

export const freezeFits = (id, org, o, did, wrong) => {
	const there = did.get(application('F', id));
	if (o === undefined || there === undefined) return wrong(`${id}: lost`);
	if (['draft', 'sent'].includes(o.state.name)) wrong(`${id}: still ${o.state.name}`);
	// queued: one of ours is in force before it, which the desk counts and a simulated bank does not
	const inForce = ['frozen', 'queued', 'released', 'expired'].includes(o.state.name);
	if (honest.has(org) && inForce !== (there.effects.length === 1)) wrong(`${id}: ${o.state.name}, and the bank did ${there.effects}`);
};

// Every stop that the desk let go was let go there; an honest bank gets no dead letters.
export const messagesFit = (messages, did, wrong) => {
	for (const m of messages) {
		if (m.state === 'dead' && m.kind.startsWith('bank-') && honest.has(Number(m.receiver))) wrong(`${m.id}: a dead letter to an honest bank: ${m.why}`);
		if (m.kind !== 'bank-stop-release' || m.state !== 'done') continue;
		if (did.get(application('M', m.id))?.effects[0] !== 'release') wrong(`${m.id}: done, and the bank did not release`);
	}
};
