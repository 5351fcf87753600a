// duplicates.tsx - what the desk has about an account or a number already: asked once it is whole, because each question about a plain identifier is an act that is recorded.
import { useQuery } from '@tanstack/react-query';
import { Alert, Spin } from 'antd';
import { useEffect, useState } from 'react';
import { get, query } from '../../api/client';
import type { DeskObject, DeskPage } from '../../api/types';
import { named, useLanguage, useTexts } from '../../i18n';
import { EntityName, ShowValue, StateTag, Time } from '../../ui/show';
import { texts } from './texts';

/** A value once it has rested. */
export function useRested<T>(value: T, ms = 500): T {
	const [rested, set] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => set(value), ms);
		return () => clearTimeout(timer);
	}, [value, ms]);
	return rested;
}
async function about(kinds: string[], entity: string, signal: AbortSignal): Promise<DeskObject[]> {
	const pages = await Promise.all(kinds.map((k) => get<DeskPage>(`/v1/${k}${query({ entity, sort: 'changed', limit: 5 })}`, signal)));
	return pages.flatMap((p) => p.objects);
}

export function Duplicates({ kind, value, except, open }: { kind: 'account' | 'phone'; value: string | null; except: (string | undefined)[]; open: (id: string) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const rested = useRested(value);
	const asked = useQuery({
		queryKey: ['duplicates', kind, rested], enabled: rested !== null, retry: false, staleTime: 30_000, gcTime: 60_000,
		queryFn: ({ signal }) => about(kind === 'account' ? ['incidents', 'stops'] : ['incidents'], `${kind}:${rested ?? ''}`, signal),
	});
	if (value === null) return null;
	if (asked.isPending || rested !== value) return <div className="dup faint" role="status"><Spin size="small" /> {t.dupWait}</div>;
	if (asked.error !== null) return <div className="dup faint" role="status">{t.dupFail}</div>;
	const rows = asked.data.filter((o) => !except.includes(o.id));
	if (rows.length === 0) return kind === 'account' ? <div className="dup" role="status" style={{ color: 'var(--good)' }}>✓ {t.dupNone}</div> : null;
	return (
		<Alert className="dup" type="warning" showIcon data-duplicates={rows.length} title={kind === 'account' ? t.dup : t.dupCaller} description={
			<ul className="plain">{rows.map((o) => (
				<li key={o.id} className="row">
					<button type="button" className="link mono" onClick={() => open(o.id)}>{o.id}</button>
					<span>{language === 'zh' ? o.kind_zh : named({ name: o.kind, zh: '' }, language)}</span><StateTag state={o.state} /><ShowValue value={o.fields.amount} type="money" />
					{o.subject !== null && <EntityName entity={o.subject} plain />}<Time at={o.made} />
				</li>
			))}</ul>} />
	);
}
