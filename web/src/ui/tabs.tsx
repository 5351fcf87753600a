// tabs.tsx - parts of a page under one address each, so that they can be linked to and gone back to.
import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';

export interface Part { key: string; label: string; content: ReactNode }
/** `at`: the page's path; the part is behind it. The first part is shown when none is named. */
export function Parts({ at, part, parts }: { at: string; part: string | undefined; parts: Part[] }) {
	const [, go] = useLocation();
	const active = parts.find((p) => p.key === part)?.key ?? parts[0]?.key;
	return <Tabs activeKey={active} onChange={(k) => go(`${at}/${k}`)} destroyOnHidden items={parts.map((p) => ({ key: p.key, label: p.label, children: p.content }))} />;
}
