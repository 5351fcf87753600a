// stream.ts - a stream of the service (Server-Sent Events) that is there whenever the window is seen. A browser has six connections for each service, and all windows share them; so one window has the stream and
// tells the others what comes: the one that holds the lock of the stream's name. A window that is hidden for some seconds takes no part, and gives the lock back; whoever waited longest has the stream then.
import { get } from './api/client';

const HIDDEN_MS = 5_000;
const FIRST_MS = 1_000, LAST_MS = 30_000; // between attempts; half of it by chance, so that not all seats come at once
interface What {
	event: string; // its name
	each(data: string): void;
	tell?(on: boolean): void;
	missed(): void; // it is there, and there was a time in which it was not: something may have happened that was not told
}
interface Ear { on(is: boolean): void; each(data: string): void }

/** A connection of this window's own. A browser connects again by itself where one breaks, and for ever closes a stream that was answered with anything but 200; here that one is opened anew, later each time. */
function connect(path: string, event: string, ear: Ear): () => void {
	let source: EventSource;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let wait = FIRST_MS;
	const open = () => {
		source = new EventSource(path);
		source.onopen = () => { wait = FIRST_MS; ear.on(true); };
		source.onerror = () => {
			ear.on(false);
			if (source.readyState !== EventSource.CLOSED) return; // it connects again by itself
			if (wait === FIRST_MS) void get('/v1/me').catch(() => undefined); // a session that is over is told of here: a stream can't say why it was refused
			timer = setTimeout(open, wait / 2 + (Math.random() * wait) / 2);
			wait = Math.min(LAST_MS, wait * 2);
		};
		source.addEventListener(event, (e: MessageEvent<string>) => ear.each(e.data));
	};
	open();
	return () => { clearTimeout(timer); source.close(); };
}

/* What the window with the stream says to the others; what one says that comes, and one that has the stream now in place of another. */
type Said = { on: boolean } | { each: string } | 'is it there?' | 'it is mine';
const FORM = 1; // of what is said: windows of two releases may be open
const LIFE_MS = 10_000; // between signs of life
const DEAF = 3; // so many of them missed
const UNTOLD_MS = 2_000; // of one that comes

/** This window's part in a connection of all windows: it listens, and has the connection once the lock is its. Where nothing is said for long (whoever has it stands still), it has one of its own. */
function share(who: string, path: string, event: string, ear: Ear): () => void {
	const name = `duanka ${FORM} ${who} ${path}`;
	const begun = performance.now();
	const channel = new BroadcastChannel(name);
	const say = (s: Said) => channel.postMessage(s);
	const leaving = new AbortController();
	let [leads, quiet, known] = [false, 0, null as boolean | null]; // known: whether it is there, as far as was told
	let own: (() => void) | null = null;
	const on = (is: boolean) => { known = is; ear.on(is); };
	const leave = () => {
		clearInterval(life);
		clearTimeout(untold);
		leaving.abort();
		channel.close();
	};
	const alone = () => {
		if (leaving.signal.aborted) return;
		leave();
		on(false);
		own = connect(path, event, ear);
	};
	const life = setInterval(() => {
		if (leads) say(known === null ? 'it is mine' : { on: known });
		else if (++quiet === DEAF) alone();
	}, LIFE_MS);
	const untold = setTimeout(() => { if (known === null) on(false); }, UNTOLD_MS);
	channel.onmessage = ({ data }: MessageEvent<Said>) => {
		if (data === 'is it there?') { if (leads && known !== null) say({ on: known }); return; }
		if (leads) return;
		quiet = 0;
		if (data === 'it is mine') on(false); // who had it before may have gone without a word
		else if ('each' in data) ear.each(data.each);
		else on(data.on);
	};
	const lead = () => new Promise<void>((given) => {
		leads = true;
		if (known !== null || performance.now() - begun > 200) on(false); // it has waited
		say('it is mine');
		const end = connect(path, event, { on: (is) => { say({ on: is }); on(is); }, each: (data) => { say({ each: data }); ear.each(data); } });
		leaving.signal.addEventListener('abort', () => { end(); given(); });
	});
	say('is it there?');
	navigator.locks.request(name, { signal: leaving.signal }, lead).catch(alone); // refused; or it left before its turn came
	return () => { leave(); own?.(); };
}

/** Until what it answers is called. `who` sees it: windows of one person share a connection. */
export function follow(path: string, who: string, what: What): () => void {
	let gone = false; // what was read since may be older than what comes
	const ear: Ear = {
		on: (is) => {
			if (is && gone) what.missed();
			gone = !is;
			what.tell?.(is);
		},
		each: what.each,
	};
	const shared = 'locks' in navigator; // not where a console is served without TLS to other machines
	let end: (() => void) | null = null;
	let hiding: ReturnType<typeof setTimeout> | undefined;
	const begin = () => { end ??= shared ? share(who, path, what.event, ear) : connect(path, what.event, ear); };
	const leave = () => {
		clearTimeout(hiding);
		end?.();
		end = null;
	};
	const seen = () => {
		clearTimeout(hiding);
		if (document.visibilityState !== 'hidden') begin();
		else hiding = setTimeout(() => { leave(); ear.on(false); }, HIDDEN_MS);
	};
	document.addEventListener('visibilitychange', seen);
	seen();
	return () => {
		document.removeEventListener('visibilitychange', seen);
		leave();
	};
}
