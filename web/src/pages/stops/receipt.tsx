// receipt.tsx - what a bank said about an order and what follows from it: in words first, in figures behind.
import { useQuery } from '@tanstack/react-query';
import { Alert, Descriptions } from 'antd';
import { get, query } from '../../api/client';
import type { DeskObject, DeskPage } from '../../api/types';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { listKey } from '../../live';
import { useMachine } from '../../session';
import { ShowValue } from '../../ui/show';
import { STOPS_MAX, texts } from './texts';

const nothing = both({ dash: '–' }, { dash: '–' });
export function useCode(): (code: number) => string {
	const t = useTexts(texts);
	return (code) => `${code} ${t.codes[code] ?? (code >= 200004 && code <= 200009 ? t.unauthorised : '')}`;
}
function Row({ object, names }: { object: DeskObject; names: string[] }) {
	const language = useLanguage();
	const code = useCode();
	const d = useTexts(nothing);
	const { fields } = useMachine(object.kind);
	return <Descriptions size="small" column={{ xs: 1, sm: 2 }} items={names.flatMap((name) => {
		const field = fields.find((f) => f.name === name), value = object.fields[name];
		return field === undefined || value === undefined ? [] : [{ key: name, label: named(field, language), children: name === 'result' && typeof value === 'number' ? code(value) : value === null ? d.dash : <ShowValue value={value} type={field.type} name={name} /> }];
	})} />;
}

function Said({ stop }: { stop: DeskObject }) {
	const t = useTexts(texts);
	const account = useQuery({
		queryKey: listKey('account', 'of', stop.subject?.token), enabled: stop.subject !== null, retry: false,
		queryFn: ({ signal }) => get<DeskPage>(`/v1/accounts${query({ entity: `account:${stop.subject?.token ?? ''}`, open: true, limit: 1 })}`, signal),
	});
	const used = account.data?.objects[0]?.fields.stops;
	const n = typeof used === 'number' ? used : account.data === undefined ? null : 0;
	const missing = typeof stop.fields.papers === 'object' && stop.fields.papers !== null && 'name' in stop.fields.papers && stop.fields.papers.name === 'missing';
	return (
		<div className="stack">
			{stop.state.name === 'mismatch' && <Alert type="error" showIcon title={t.mismatch} description={stop.fields.stopped !== undefined ? t.repaired : undefined} />}
			{stop.state.name === 'not-found' && <Alert type="error" showIcon title={t['not-found']} />}
			{stop.state.name === 'failed' && <Alert type="error" showIcon title={n !== null && n >= STOPS_MAX ? t.noMore : t.failedWhy} />}
			{stop.state.name === 'stopped' && n !== null && n >= STOPS_MAX && <Alert type="warning" showIcon title={t.lastOne} />}
			{missing && stop.state.name === 'stopped' && <Alert type="warning" showIcon title={t.papersMissing} />}
			<p style={{ margin: 0 }}>{n !== null && <strong data-used={n}>{t.used(n, STOPS_MAX)}</strong>} <span className="faint">{t.law}</span></p>
			{typeof stop.fields.tries === 'number' && <p style={{ margin: 0 }}>{t.triesOf(stop.fields.tries)}</p>}
		</div>
	);
}
export function Receipt({ order }: { order: DeskObject }) {
	const t = useTexts(texts);
	return order.kind === 'stop'
		? <><Said stop={order} /><Row object={order} names={['result', 'match', 'balance', 'stopped', 'end', 'papers', 'extension', 'bank_remark', 'bank_officer']} /></>
		: <><p style={{ marginTop: 0 }} className="faint">{t.freezeLaw}</p><Row object={order} names={['result', 'frozen_amount', 'available', 'frozen', 'end', 'renewals', 'renewal', 'behind', 'earlier_freezer', 'earlier_amount', 'earlier_until', 'bank_remark']} /></>;
}
/** In a row of a table: what the bank said, in a word. */
export function Word({ order }: { order: DeskObject }) {
	const language = useLanguage();
	const t = useTexts(texts);
	const code = useCode();
	const m = order.fields.match, r = order.fields.result;
	if (typeof m === 'object' && m !== null && 'zh' in m) return <span style={{ color: m.name === 'matched' ? 'var(--good)' : 'var(--red)' }}>{m.name === 'matched' ? '✓ ' : '✗ '}{named(m, language)}</span>;
	if (typeof r === 'number') return <span style={{ color: r === 100000 || r === 200003 ? 'var(--good)' : 'var(--red)' }}>{code(r)}</span>;
	return <span className="faint">{t.none0}</span>;
}
const money = (o: DeskObject): number => [o.fields.frozen_amount, o.fields.amount].find((v) => typeof v === 'number') ?? 0;
export const sum = (orders: DeskObject[]): number => orders.reduce((all, o) => all + money(o), 0);
