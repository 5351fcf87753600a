// service.mjs - a running service for tests that drive a browser: it is started, asked over its API, stopped, and started again where it was.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { deflateSync } from 'node:zlib';
import { check, fail } from './browser.mjs';

export class Service {
	// options: of `duanka serve`, without --listen. DUANKA names the program.
	constructor(...options) {
		this.options = options;
		this.listen = '127.0.0.1:0';
	}

	// Ready when this is: at the same address each time.
	async start() {
		this.child = spawn(process.env.DUANKA, ['serve', ...this.options, '--listen', this.listen], { stdio: ['ignore', 'ignore', 'pipe'] });
		this.ended = new Promise((resolve) => this.child.on('exit', resolve));
		process.on('exit', () => this.child.kill('SIGKILL'));
		const said = [];
		for await (const line of createInterface({ input: this.child.stderr })) {
			said.push(line);
			const at = line.indexOf('listening on ');
			if (at < 0) continue;
			this.listen = line.slice(at + 'listening on '.length).trim();
			this.url = `http://${this.listen}`;
			this.child.stderr.resume();
			return this;
		}
		return fail('the service does not start', said.join('\n'));
	}

	async stop() {
		this.child.kill();
		check((await this.ended) === 0, 'the service did not stop well');
	}

	// JSON of an answer of the API; whatever is no 2xx fails.
	async ask(key, path, body, method = body === undefined ? 'GET' : 'POST') {
		const r = await fetch(`${this.url}/v1/${path}`, {
			method, headers: { Authorization: `Bearer ${key}`, 'If-Match': '*' }, body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await r.text();
		check(r.ok, `HTTP ${r.status}: ${path}`, text);
		return JSON.parse(text);
	}
}

// Asks again until what it answers is something.
const PATIENCE_MS = 120_000; // as browser.mjs has
export async function until(ask, what) {
	for (const begun = Date.now(); Date.now() - begun < PATIENCE_MS;) {
		const found = await ask();
		if (found) return found;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	return fail(`it does not come: ${what}`);
}

// A PNG of stripes, as bytes.
export function png(width, height) {
	const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
	const chunk = (type, body) => {
		const b = Buffer.concat([Buffer.from(type), body]), out = Buffer.alloc(b.length + 8);
		out.writeUInt32BE(body.length, 0);
		b.copy(out, 4);
		out.writeUInt32BE((~b.reduce((c, x) => table[(c ^ x) & 255] ^ (c >>> 8), ~0)) >>> 0, b.length + 4);
		return out;
	};
	const head = Buffer.alloc(13), rows = Buffer.alloc(height * (1 + 3 * width));
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 2], 8);
	for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows.set([x * 7 & 255, y * 5 & 255, (x + y) % 32 < 16 ? 220 : 60], y * (1 + 3 * width) + 1 + 3 * x);
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
