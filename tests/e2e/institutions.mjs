// institutions.mjs - what the service believes beside what the institutions did; run by institutions.sh in its folder.
import { readFileSync } from 'node:fs';
import { deeds, freezeFits, messagesFit, neverTwice, stopFits } from './reconcile.mjs';
const problems = [];
const wrong = (text) => problems.push(text);
const json = (name) => JSON.parse(readFileSync(name, 'utf8'));
const lines = (name) => readFileSync(name, 'utf8').split('\n').filter((l) => l !== '').map((l) => l.split(' '));
const items = (name) => json(name).objects;

const did = deeds([11, 12, 13, 14, 15, 16, 21, 22], wrong);
const stops = new Map(items('stops.before').map((o) => [o.id, o]));
for (const [id, org] of lines('ordered')) stopFits(id, Number(org), stops.get(id), did, wrong);
const freezes = new Map(items('freezes').map((o) => [o.id, o]));
for (const [id, org] of lines('frozen')) freezeFits(id, Number(org), freezes.get(id), did, wrong);
neverTwice(did, items('accounts'), stops.values(), wrong);
messagesFit(json('messages').messages, did, wrong);
for (const c of items('cards.json')) if (c.state.name === 'notified' && c.fields.operator === 22) wrong(`${c.id}: the operator's answer is missing`);
const arrivals = [...did.values()].reduce((n, d) => n + d.arrivals, 0);
console.log(`${stops.size} stop orders, ${did.size} messages arrived ${arrivals} times, ${[...stops.values()].filter((o) => o.state.name === 'stopped').length} in force`);
for (const p of problems) console.error(p);
process.exit(problems.length === 0 ? 0 : 1);
