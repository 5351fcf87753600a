// later.tsx - a component whose chunk comes when it is first shown. Without Suspense and React.lazy: renders of the one may be begun twice (a dialog of which one render was given up keeps the Escape key for
// itself), and the other never asks again for what has failed once.
import { createElement, useEffect, useState, type ComponentType } from 'react';
import { Lost } from './lost';

export type Later<P> = ComponentType<P> & { begin(): void }; // begin: to come, before it is shown

/** `const Dialog = later(() => import('./dialog'))`: `waiting`, else nothing, until it is there; what fails says so in its place and can be asked for again. `part`: it is not the page, but in it. */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, waiting?: ComponentType<P>, part = waiting === undefined): Later<P> {
	let known: ComponentType<P> | null = null;
	const Late = (props: P) => {
		const [state, set] = useState<'waiting' | 'there' | 'lost'>('waiting');
		const [asked, ask] = useState(false);
		useEffect(() => {
			if (state === 'lost') return undefined;
			if (known !== null) { set('there'); return undefined; } // another one of it was quicker
			let gone = false;
			load().then((m) => { known = m.default; if (!gone) set('there'); }, () => { if (!gone) set('lost'); });
			return () => { gone = true; };
		}, [state]);
		if (known !== null) return createElement(known, props);
		if (state === 'lost') return <Lost small={part} asked={asked} again={() => { ask(true); set('waiting'); }} />;
		return waiting === undefined ? null : createElement(waiting, props);
	};
	return Object.assign(Late, { begin: () => { load().then((m) => { known ??= m.default; }, () => undefined); } });
}
