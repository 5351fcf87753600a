// later.tsx - a component whose chunk comes when it is first shown. Without Suspense, whose renders may be begun twice: a dialog of which one render was given up keeps the Escape key for itself.
import { createElement, useEffect, useState, type ComponentType } from 'react';

/** `const Dialog = later(() => import('./dialog'))`: nothing, until it is there. What fails is thrown where it is shown. */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
	let known: ComponentType<P> | null = null;
	return function Later(props: P) {
		const [, show] = useState(false);
		useEffect(() => {
			if (known === null) load().then((m) => { known = m.default; show(true); }, (e: unknown) => show(() => { throw e; }));
		}, []);
		return known === null ? null : createElement(known, props);
	};
}
