// institutions.mjs - what the service believes beside what the institutions did; run by institutions.sh in its folder.
import { readFileSync } from 'node:fs';
const problems = [];
const wrong = (text) => problems.push(text);
const json = (name) => JSON.parse(readFileSync(name, 'utf8'));
const lines = (name) => readFileSync(name, 'utf8').split('\n').filter((l) => l !== '').map((l) => l.split(' '));
const items = (name) => { const j = json(name); return j.objects ?? j.items ?? j[Object.keys(j).find((k) => Array.isArray(j[k]))]; };
const honest = new Set([11, 12, 14, 15]); // good, slow, double, unreachable

// what banks did: application -> what, subject, arrivals, effects
const did = new Map();
for (const org of [11, 12, 13, 14, 15, 16, 21, 22])
	for (const [word, id, what, subject, original, , effect] of lines(`state.${org}`)) {
		const known = did.get(id);
		if (word === 'arrived') known.arrivals++;
		else if (word === 'order' && known !== undefined) wrong(`${id}: taken twice`), known.effects.push(effect);
		else if (word === 'order') did.set(id, { org, what, subject, original, arrivals: 1, effects: effect === '-' ? [] : [effect] });
	}
const application = (id) => 'S' + BigInt(id.slice(2)).toString(16).toUpperCase().padStart(16, '0');

const stops = new Map(items('stops.before').map((o) => [o.id, o]));
for (const [id, org] of lines('ordered')) {
	const o = stops.get(id), there = did.get(application(id));
	if (o === undefined) { wrong(`${id}: lost by the service`); continue; }
	if (['draft', 'sent', 'landed'].includes(o.state.name)) wrong(`${id}: still ${o.state.name}`);
	if (there === undefined) { wrong(`${id}: never reached bank ${org}`); continue; }
	if (there.org !== Number(org)) wrong(`${id}: at bank ${there.org} instead of ${org}`);
	if (there.effects.length > 1) wrong(`${id}: in effect ${there.effects.length} times`);
	const inForce = ['stopped', 'released', 'converted', 'expired'].includes(o.state.name);
	if (honest.has(Number(org)) && inForce !== (there.effects.length === 1)) wrong(`${id}: ${o.state.name}, and the bank did ${there.effects}`);
	if (o.state.name === 'stopped') {
		const end = Date.parse(o.fields.end) - Date.parse(o.fields.stopped);
		if (end !== (o.fields.extension?.name === 'given' ? 96 : 48) * 3600 * 1000) wrong(`${id}: lasts ${end} ms`);
		const due = o.due.find((d) => d.name === 'expire');
		if (due === undefined || due.at !== o.fields.end) wrong(`${id}: does not expire at its end`);
		if (Date.parse(o.fields.stopped) < Date.parse(o.fields.sent)) wrong(`${id}: stopped before it was sent`);
	}
}
const freezes = new Map(items('freezes').map((o) => [o.id, o]));
for (const [id, org] of lines('frozen')) {
	const o = freezes.get(id), there = did.get('F' + application(id).slice(1));
	if (o === undefined || there === undefined) { wrong(`${id}: lost`); continue; }
	if (['draft', 'sent'].includes(o.state.name)) wrong(`${id}: still ${o.state.name}`);
	if (honest.has(Number(org)) && (o.state.name === 'frozen') !== (there.effects.length === 1)) wrong(`${id}: ${o.state.name}, and the bank did ${there.effects}`);
}
// one effect an order, for all kinds; no account stopped a third time, by the desk's count and by the banks'
// (an extension begins at the end of the first stop: one that was let go before did not come into force)
const stopped = new Map(), letGo = new Set([...did.values()].filter((d) => d.effects[0] === 'release').map((d) => d.original));
for (const [id, d] of did) {
	if (d.effects.length > 1) wrong(`${id}: in effect ${d.effects.length} times`);
	for (const e of d.effects) if (e === 'stop' || (e === 'extend' && !letGo.has(d.original))) stopped.set(d.subject, (stopped.get(d.subject) ?? 0) + 1);
}
for (const a of items('accounts')) if ((a.fields.stops ?? 0) > 2) wrong(`${a.id}: stopped ${a.fields.stops} times`);
for (const [subject, n] of stopped) {
	const bank = Number(subject.slice(8, 10));
	if (honest.has(bank) && n > 2) wrong(`${subject.slice(0, 6)}...: stopped ${n} times at bank ${bank}`);
}
// every stop that the desk let go was let go there
for (const m of json('messages').messages) {
	if (m.state === 'dead' && m.kind.startsWith('bank-') && honest.has(Number(m.receiver))) wrong(`${m.id}: a dead letter to an honest bank: ${m.why}`);
	if (m.kind !== 'bank-stop-release' || m.state !== 'done') continue;
	const there = did.get('M' + BigInt(m.id.slice(2)).toString(16).toUpperCase().padStart(16, '0'));
	if (there === undefined || there.effects[0] !== 'release') wrong(`${m.id}: done, and the bank did not release`);
}
for (const c of items('cards.json')) if (c.state.name === 'notified' && c.fields.operator === 22) wrong(`${c.id}: the operator's answer is missing`);
const arrivals = [...did.values()].reduce((n, d) => n + d.arrivals, 0);
console.log(`${stops.size} stop orders, ${did.size} messages arrived ${arrivals} times, ${[...stops.values()].filter((o) => o.state.name === 'stopped').length} in force`);
for (const p of problems) console.error(p);
process.exit(problems.length === 0 ? 0 : 1);
