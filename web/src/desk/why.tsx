// why.tsx - why there is a warning: its rule in words, and for who may read alerts the very sentence of the alert.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { get } from '../api/client';
import type { Alert, DeskObject } from '../api/types';
import { both, useLanguage, useTexts, words } from '../i18n';
import { useSession } from '../session';
import { Time } from '../ui/show';

const texts = both({ rule: '规则', hits: (n: number) => `融合 ${n} 次`, entered: '人工录入', more: '依据的事件' }, { rule: 'Rule', hits: (n: number) => `fused from ${n}`, entered: 'Entered by hand', more: 'The events behind it' });

export function Why({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const may = useSession().scope('alerts');
	const rule = typeof warning.fields.rule === 'string' ? warning.fields.rule : null;
	const evidence = Array.isArray(warning.fields.evidence) ? warning.fields.evidence : [];
	const at = evidence[evidence.length - 1];
	const found = useQuery({ queryKey: ['why', at], enabled: may && at !== undefined && rule !== null, staleTime: Infinity, retry: false, queryFn: ({ signal }) => get<{ alerts?: Alert[] }>(`/v1/explain/${at}`, signal) });
	const alert = found.data?.alerts?.find((a) => a.rule === rule) ?? found.data?.alerts?.[0];
	return (
		<div>
			{alert !== undefined && <p style={{ margin: '0 0 4px', fontSize: 16 }} data-because>{alert.because[language]}</p>}
			<div className="row faint">
				<span>{rule === null ? t.entered : <>{t.rule} {words(rule)}</>}</span>
				{typeof warning.fields.hits === 'number' && warning.fields.hits > 1 && <span>{t.hits(warning.fields.hits)}</span>}
				{alert !== undefined && <Time at={alert.time} />}
				{may && at !== undefined && <Link href={`/explain/${at}`}>{t.more}</Link>}
			</div>
		</div>
	);
}
