// tabs.tsx - parts of a page under one address each, so that they can be linked to and gone back to. The bar wraps where it is narrow: no part hides behind a button of "more".
import { Tabs } from 'antd';
import { useId, type KeyboardEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';

export interface Part { key: string; label: string; content: ReactNode }
/** `at`: the page's path; the part is behind it. The first part is shown when none is named. */
export function Parts({ at, part, parts }: { at: string; part: string | undefined; parts: Part[] }) {
	const [, go] = useLocation();
	const id = useId();
	const active = parts.find((p) => p.key === part)?.key ?? parts[0]?.key;
	const arrow = (e: KeyboardEvent) => {
		const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
		const to = parts[(parts.findIndex((p) => p.key === active) + by + parts.length) % parts.length];
		if (by === 0 || to === undefined) return;
		e.preventDefault();
		go(`${at}/${to.key}`);
	};
	const bar = () => (
		<div role="tablist" className="tabs" onKeyDown={arrow}>
			{parts.map((p) => <button key={p.key} type="button" role="tab" id={`${id}-tab-${p.key}`} aria-selected={p.key === active} aria-controls={p.key === active ? `${id}-panel-${p.key}` : undefined} tabIndex={p.key === active ? 0 : -1} onClick={() => go(`${at}/${p.key}`)}>{p.label}</button>)}
		</div>
	);
	return <Tabs id={id} activeKey={active} renderTabBar={bar} destroyOnHidden items={parts.map((p) => ({ key: p.key, label: p.label, children: p.content }))} />;
}
