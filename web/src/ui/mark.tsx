// mark.tsx - a word in a frame of its colour, readable on either theme; the word says it, the colour only helps.
import type { ReactNode } from 'react';
import './mark.css';

export function Mark({ tone = 'plain', title, children }: { tone?: 'plain' | 'good' | 'warn' | 'bad'; title?: string; children: ReactNode }) {
	return <span className={`mark mark-${tone}`} title={title}>{children}</span>;
}
