// stream.ts - a stream of the service (Server-Sent Events) that is there whenever the window is seen. A browser connects again by itself where a connection breaks, and for ever closes a stream that was answered
// with anything but 200; here that one is opened anew, later each time. A window that is hidden for some seconds gives its connection back, because a browser has six for each service and all windows share them.
import { get } from './api/client';

const HIDDEN_MS = 5_000;
const FIRST_MS = 1_000, LAST_MS = 30_000; // between attempts; half of it by chance, so that not all seats come at once
interface What {
	event: string; // its name
	each(data: string): void;
	tell?(on: boolean): void;
	missed(): void; // it is open, and there was a time in which it was not: something may have happened that was not told
}

/** Until what it answers is called. */
export function follow(path: string, what: What): () => void {
	let source: EventSource | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let [begun, broken, wait] = [false, false, FIRST_MS];
	const close = () => {
		clearTimeout(timer);
		source?.close();
		source = null;
	};
	const open = () => {
		close();
		source = new EventSource(path);
		const mine = source;
		mine.onopen = () => {
			if (begun && broken) what.missed();
			[begun, broken, wait] = [true, false, FIRST_MS];
			what.tell?.(true);
		};
		mine.onerror = () => {
			what.tell?.(false);
			broken = true;
			if (mine.readyState !== EventSource.CLOSED) return; // it connects again by itself
			begun = true; // what was read meanwhile may be older than what comes
			if (wait === FIRST_MS) void get('/v1/me').catch(() => undefined); // a session that is over is told of here: a stream can't say why it was refused
			timer = setTimeout(open, wait / 2 + (Math.random() * wait) / 2);
			wait = Math.min(LAST_MS, wait * 2);
		};
		mine.addEventListener(what.event, (e: MessageEvent<string>) => what.each(e.data));
	};
	const seen = () => {
		if (document.visibilityState !== 'hidden') {
			if (source === null) open();
			else clearTimeout(hiding);
		} else {
			clearTimeout(hiding);
			hiding = setTimeout(() => { close(); broken = true; what.tell?.(false); }, HIDDEN_MS);
		}
	};
	let hiding: ReturnType<typeof setTimeout> | undefined;
	document.addEventListener('visibilitychange', seen);
	seen();
	return () => {
		document.removeEventListener('visibilitychange', seen);
		clearTimeout(hiding);
		close();
	};
}
