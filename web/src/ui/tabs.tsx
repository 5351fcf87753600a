// tabs.tsx - parts of a page under one address each, so that they can be linked to and gone back to. On a telephone the row of them scrolls; arrows go from one to the next.
import { useId, type KeyboardEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { NoPage } from './states';

export interface Part { key: string; label: string; content: ReactNode }
/** `at`: the page's path; the part is behind it. The first part is shown when none is named. */
export function Parts({ at, part, parts }: { at: string; part: string | undefined; parts: Part[] }) {
	const [, go] = useLocation();
	const id = useId();
	const active = part === undefined ? 0 : parts.findIndex((p) => p.key === part);
	const shown = parts[active];
	const move = (e: KeyboardEvent<HTMLElement>) => {
		const to = e.key === 'ArrowRight' ? active + 1 : e.key === 'ArrowLeft' ? Math.max(0, active) - 1 : e.key === 'Home' ? 0 : e.key === 'End' ? parts.length - 1 : null;
		if (to === null) return;
		const n = (to + parts.length) % parts.length;
		e.preventDefault();
		go(`${at}/${parts[n]?.key ?? ''}`);
		e.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[n]?.focus();
	};
	return (
		<>
			<div role="tablist" className="parts" onKeyDown={move}>
				{parts.map((p, i) => <button key={p.key} type="button" role="tab" data-part={p.key} id={`${id}-tab-${p.key}`} aria-selected={i === active} aria-controls={i === active ? `${id}-panel` : undefined} tabIndex={i === Math.max(0, active) ? 0 : -1} onClick={() => go(`${at}/${p.key}`)}>{p.label}</button>)}
			</div>
			<div role="tabpanel" id={`${id}-panel`} aria-labelledby={shown === undefined ? undefined : `${id}-tab-${shown.key}`} key={shown?.key}>{shown === undefined ? <NoPage /> : shown.content}</div>
		</>
	);
}
