// attention.ts - whether anybody is here: the window is seen, and keyboard or mouse were used in the last ten minutes. The cache of questions asks nothing by the clock while nobody is (its focusManager), and what
// the stream tells waits; so a seat that somebody has left becomes idle, and the service ends its session. The wall alone goes on: it is meant to stand (pages/wall/situation.ts).
import { focusManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';

const LEFT_MS = 600_000;
const USES = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'] as const;

export function watchAttention(): void {
	focusManager.setEventListener((set) => {
		let used = Date.now();
		const look = () => set(document.visibilityState !== 'hidden' && Date.now() - used < LEFT_MS);
		const use = () => { used = Date.now(); if (!focusManager.isFocused()) look(); };
		const timer = setInterval(look, 10_000);
		for (const u of USES) window.addEventListener(u, use, { passive: true, capture: true });
		document.addEventListener('visibilitychange', look);
		return () => {
			clearInterval(timer);
			for (const u of USES) window.removeEventListener(u, use, { capture: true });
			document.removeEventListener('visibilitychange', look);
		};
	});
}
export const attended = (): boolean => focusManager.isFocused();
export const useAttended = (): boolean => useSyncExternalStore((changed) => focusManager.subscribe(changed), attended);
/** For what is looked at without being touched. */
const onSight = (changed: () => void): (() => void) => {
	document.addEventListener('visibilitychange', changed);
	return () => document.removeEventListener('visibilitychange', changed);
};
export const useSeen = (): boolean => useSyncExternalStore(onSight, () => document.visibilityState !== 'hidden');
