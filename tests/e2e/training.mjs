// training.mjs - what a clerk's page would do, for training.sh: a one-time password from its seed; the letters of an attempt's answers.
//
//   node training.mjs totp SEED
//   node training.mjs letters URL TRAINER-KEY QUESTIONS N      of the attempt's questions (a file), the first N right and the others wrong; a trainer can look up which is right
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [what, ...args] = process.argv.slice(2);

function totp(seed) {
	const bits = [...seed].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const step = Buffer.alloc(8);
	step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
	const mac = createHmac('sha1', key).update(step).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

async function letters(url, key, path, n) {
	let out = '';
	for (const [i, q] of JSON.parse(readFileSync(path, 'utf8')).questions.entries()) {
		const reply = await fetch(`${url}/v1/questions/${q.question}`, { headers: { Authorization: `Bearer ${key}` } });
		const { fields } = await reply.json();
		const right = fields.choices_zh.split('\n')[fields.right - 1];
		out += q.choices.find((c) => (c.zh === right) === (i < n)).letter;
	}
	return out;
}

process.stdout.write(what === 'totp' ? totp(args[0]) : await letters(args[0], args[1], args[2], Number(args[3])));
