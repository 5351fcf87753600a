// ranks.tsx - the accounts of a trail by what is left in them, the most first: where to stop what.
import { useQueries } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'wouter';
import { get } from '../../api/client';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { Mark } from '../../ui/mark';
import { PlainTable } from '../../ui/plain-table';
import type { State } from '../entity/state';
import { leftOf, money, useMark } from './graph';
import type { TrailAccount } from './trail';

const texts = both({
	label: '按留存金额排序的账户', account: '账户', bank: '开户行', level: '级', left: '已知留存', in: '转入', out: '转出', cash: '取现', state: '控制', stop: '止付', details: '详情', more: (n: number) => `其余 ${n} 个账户留存更少，未列出`,
}, {
	label: 'Accounts by what is left', account: 'Account', bank: 'Bank', level: 'Level', left: 'Known left', in: 'In', out: 'Out', cash: 'Cash', state: 'Held', stop: 'Stop', details: 'Details', more: (n: number) => `${n} more with less left are not listed`,
});
const LISTED = 100;
const NAMED = 24; // whose bank is asked for

/** The bank tells itself by the account; who may not see entities is told nothing. */
function useBanks(accounts: TrailAccount[]): Map<string, string> {
	const asked = useQueries({
		queries: accounts.slice(0, NAMED).map((a) => ({
			queryKey: ['entity', 'account', a.token], staleTime: 60_000, retry: false, queryFn: ({ signal }: { signal: AbortSignal }) => get<State>(`/v1/entities/account/${a.token}`, signal),
		})),
	});
	return new Map(asked.flatMap((q) => (q.data?.identifier.bank === undefined ? [] : [[q.data.token, String(q.data.identifier.bank)] as const])));
}

export function Ranks({ accounts, chosen, onChoose, onStop }: { accounts: TrailAccount[]; chosen: string | null; onChoose: (token: string) => void; onStop: ((a: TrailAccount) => void) | null }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const mark = useMark();
	const ranked = [...accounts].sort((a, b) => b.left_known - a.left_known);
	const banks = useBanks(ranked);
	return (
		<>
			<PlainTable label={t.label} height={560} right={[2, 3, 4]} head={[t.account, t.level, t.left, t.in, t.out, t.state, ...(onStop === null ? [] : [''])]} rows={ranked.slice(0, LISTED).map((a) => {
				const m = mark(a);
				return {
					key: a.token, 'data-ranked': a.token,
					cells: [
						<span key="a"><button type="button" className="as-link mono" aria-pressed={a.token === chosen} onClick={() => onChoose(a.token)}>{a.shown ?? a.token.slice(0, 8)}</button><br /><span className="faint">{banks.get(a.token) ?? ''}</span> <Link href={`/entity/account/${a.token}`} className="as-link" aria-label={`${t.details} ${a.shown ?? ''}`}>{t.details}</Link></span>,
						number(a.level, language), <strong key="l" className="mono" style={{ color: a.left_known > 0 ? 'var(--red)' : undefined }}>{leftOf(a, language)}</strong>, <span key="i" className="mono">{money(a.in, language)}</span>,
						<span key="o" className="mono">{money(a.out, language)}{a.cash > 0 && <><br /><span className="faint">{t.cash} {money(a.cash, language)}</span></>}</span>,
						m === null ? '' : <Link key="m" href={`/object/${(a.freeze ?? a.stop)?.object ?? ''}`}><Mark tone={m.kind === 'held' ? 'good' : 'warn'}>{m.text}</Mark></Link>,
						...(onStop === null ? [] : [a.stop === null && a.freeze === null ? <Button key="s" size="small" danger data-stop={a.token} onClick={() => onStop(a)}>{t.stop}</Button> : '']),
					],
				};
			})} />
			{ranked.length > LISTED && <p className="faint">{t.more(ranked.length - LISTED)}</p>}
		</>
	);
}
