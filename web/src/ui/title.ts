// title.ts - the window's title is that of the page; what stands in its place (not for you, no such page, a problem) has its own while it stands there.
import { useEffect } from 'react';

interface Shown { title: string; instead: boolean }
const shown: Shown[] = []; // only what is on the page now
function follow(): void {
	const last = shown.filter((s) => s.instead).at(-1) ?? shown.at(-1);
	if (last !== undefined) document.title = `${last.title} · 断卡 duanka`;
}
export function useTitle(title: string, instead = false): void {
	useEffect(() => {
		const mine = { title, instead };
		shown.push(mine);
		follow();
		return () => {
			shown.splice(shown.indexOf(mine), 1);
			follow();
		};
	}, [title, instead]);
}
