// page.tsx - the heading of a page and what stands beside it; the document's title follows.
import type { ReactNode } from 'react';
import { useTitle } from './title';

export function Page({ title, extra, children }: { title: string; extra?: ReactNode; children: ReactNode }) {
	useTitle(title);
	return <section className="page"><header><h1 className="grow">{title}</h1>{extra}</header>{children}</section>;
}
export function Panel({ title, extra, children, className = '' }: { title?: ReactNode; extra?: ReactNode; children: ReactNode; className?: string }) {
	return <section className={`panel ${className}`}>{title !== undefined && <div className="row"><h2 className="grow" style={{ fontSize: 15, margin: '0 0 8px' }}>{title}</h2>{extra}</div>}{children}</section>;
}
