// keys.tsx - seats work by keys: single letters and digits while nobody types and nothing lies over the page. The key stands beside what it does.
import { useEffect, useRef } from 'react';

const TYPING = 'input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=true], [role=combobox]';
const over = (): boolean => [...document.querySelectorAll<HTMLElement>('.ant-modal-wrap, .ant-drawer-open, .ant-select-dropdown, .ant-picker-dropdown')].some((e) => e.offsetParent !== null || (e.offsetWidth > 0 && getComputedStyle(e).visibility !== 'hidden' && getComputedStyle(e).display !== 'none'));

/** `{ u: () => … , 'alt+s': () => … }`: keys by name, in lower case; those with Alt also count while somebody types. */
export function useKeys(keys: Record<string, (() => void) | undefined>): void {
	const now = useRef(keys);
	now.current = keys;
	useEffect(() => {
		const press = (e: KeyboardEvent) => {
			if (e.ctrlKey || e.metaKey || e.repeat || e.isComposing || over()) return;
			const at = e.target instanceof Element ? e.target : null;
			if (!e.altKey && at?.closest(TYPING) != null) return;
			if (e.key === 'Enter' && at?.closest('button, a, [tabindex="0"]') != null) return; // what has the focus is meant
			const name = /^Key[A-Z]$/.test(e.code) ? e.code.slice(3).toLowerCase() : /^(Digit|Numpad)[0-9]$/.test(e.code) ? e.code.slice(-1) : e.key.toLowerCase();
			const run = now.current[e.altKey ? `alt+${name}` : name];
			if (run === undefined) return;
			e.preventDefault();
			run();
		};
		window.addEventListener('keydown', press);
		return () => window.removeEventListener('keydown', press);
	}, []);
}
export function Key({ name }: { name: string }) {
	return <kbd className="key">{name}</kbd>;
}
