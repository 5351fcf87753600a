// client.ts - requests to the service that served this page: same origin, the session's cookie, the token against requests of other sites, and problems (RFC 9457)
// as errors that say in the reader's language what is wrong.

/** What a problem, or a job's error, says of itself. */
export interface Told { title?: unknown; title_zh?: unknown; detail?: unknown; detail_zh?: unknown }
const said = (of: 'title' | 'detail', told: Told, zh: boolean): unknown => (zh ? told[`${of}_zh`] : undefined) ?? told[of];
/** Title and detail in the reader's language, as far as they are there in it. */
export function inWords(told: Told, zh: boolean): string {
	return [said('title', told, zh), said('detail', told, zh)].filter((s) => s !== undefined && s !== '').map(String).join(': ');
}

export class Problem extends Error {
	readonly status: number;
	readonly type: string;
	readonly body: Record<string, unknown>;
	constructor(status: number, body: Record<string, unknown>) {
		super(String(body.title ?? `HTTP ${status}`));
		this.status = status;
		this.type = String(body.type ?? '').replace('urn:duanka:problem:', '');
		this.body = body;
	}
	/** What to show: title and detail have both languages or a Chinese one beside them; the message of a refusal has one member for each. */
	says(zh: boolean): string {
		const message = this.body[zh ? 'message_zh' : 'message_en'];
		const field = typeof this.body.field === 'string' ? ` (${this.body.field})` : '';
		const detail = message === undefined || this.body.why !== undefined ? said('detail', this.body, zh) : undefined; // a refusal has one where there is more to say
		return `${String(message ?? said('title', this.body, zh) ?? this.message)}${field}${detail === undefined ? '' : `: ${String(detail)}`}`;
	}
}
export const NO_NETWORK = 0;

let csrf = '';
export function keepCsrf(token: string): void {
	csrf = token;
}
/* Asks whether it is still the same one who is logged in, and takes the new token if it is. The session tells how (session.tsx). */
let stillHere: () => Promise<boolean> = () => Promise.resolve(false);
export function askStillHere(how: () => Promise<boolean>): void {
	stillHere = how;
}
const SOMEBODY_ELSE = { type: 'urn:duanka:problem:changed', title: '此浏览器已换了登录用户，未提交 Somebody else is logged in in this browser now; nothing was sent', message_zh: '此浏览器已换了登录用户，本次操作未提交', message_en: 'Somebody else is logged in in this browser now; nothing was sent' };

export interface Asked {
	body?: unknown; // JSON; a Blob or FormData goes as it is
	version?: number | '*'; // If-Match
	key?: string; // Idempotency-Key
	signal?: AbortSignal;
	headers?: Record<string, string>;
}
export interface Answer<T> { data: T; status: number; etag: string | null }

/** What the token did not fit is refused before anything is done: it may be sent again with the right one, but never as somebody else. */
export async function ask<T>(method: string, path: string, o: Asked = {}): Promise<Answer<T>> {
	try {
		return await askOnce<T>(method, path, o);
	} catch (e) {
		if (!(e instanceof Problem && e.status === 403 && e.type === 'csrf')) throw e;
		if (!(await stillHere())) throw new Problem(403, SOMEBODY_ELSE);
		return askOnce<T>(method, path, o);
	}
}
async function askOnce<T>(method: string, path: string, o: Asked): Promise<Answer<T>> {
	const headers: Record<string, string> = { Accept: 'application/json', ...o.headers };
	let body: BodyInit | undefined;
	if (o.body instanceof Blob || o.body instanceof FormData) {
		body = o.body;
	} else if (o.body !== undefined) {
		body = JSON.stringify(o.body);
		headers['Content-Type'] ??= 'application/json';
	}
	if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
	if (o.version !== undefined) headers['If-Match'] = o.version === '*' ? '*' : `"${o.version}"`;
	if (o.key !== undefined) headers['Idempotency-Key'] = o.key;
	let answer: Response;
	try {
		answer = await fetch(path, { method, headers, body, signal: o.signal, credentials: 'same-origin', cache: 'no-store' });
	} catch (e) {
		if (o.signal?.aborted) throw e;
		throw new Problem(NO_NETWORK, { title: '连接不上服务 The service can’t be reached' });
	}
	const text = await answer.text();
	const json = /[/+]json\b/.test(answer.headers.get('content-type') ?? ''); // lines of JSON are a text
	const data: unknown = json && text !== '' ? JSON.parse(text) : text;
	if (!answer.ok) {
		if (answer.status === 401) window.dispatchEvent(new Event('duanka-session-over'));
		throw new Problem(answer.status, json ? (data as Record<string, unknown>) : {});
	}
	return { data: data as T, status: answer.status, etag: answer.headers.get('etag') };
}
export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> => (await ask<T>('GET', path, { signal })).data;
export const post = async <T>(path: string, body: unknown, o: Asked = {}): Promise<T> => (await ask<T>('POST', path, { ...o, body })).data;

/** A query string of what is set. */
export function query(q: Record<string, string | number | boolean | null | undefined>): string {
	const p = new URLSearchParams();
	for (const [name, value] of Object.entries(q)) if (value !== undefined && value !== null && value !== '' && value !== false) p.set(name, String(value));
	const text = p.toString();
	return text === '' ? '' : `?${text}`;
}
export const once = (): string => crypto.randomUUID(); // an Idempotency-Key for one intention
