// bank.tsx - whose account it is. The service knows it by the account's first digits: as soon as the number is whole, the bank is chosen, and whoever knows better chooses another one.
import { useQuery } from '@tanstack/react-query';
import { InputNumber, Select } from 'antd';
import { useEffect, useRef } from 'react';
import { get, post } from '../../api/client';
import { useTexts } from '../../i18n';
import { whole } from './facts';
import { texts } from './texts';

interface Institution { number: number; name: string; banks: string[]; carriers: string[] }
interface Whose { house: string | null; organisation: number | null }

export function BankSelect({ id, value, onChange, account }: { id?: string; value?: number; onChange?: (v: number | undefined) => void; account: string | undefined }) {
	const t = useTexts(texts);
	const digits = whole(account);
	const found = useRef<number | undefined>(undefined); // what was chosen here, not by a person
	const all = useQuery({ queryKey: ['institutions'], staleTime: 60_000, queryFn: ({ signal }) => get<{ institutions: Institution[] }>('/v1/desk/institutions', signal) });
	const of = useQuery({ queryKey: ['whose', digits], enabled: digits !== null, staleTime: Infinity, retry: false, queryFn: () => post<Whose>('/v1/desk/whose', { account: digits }) });
	const whose = digits === null ? undefined : of.data;
	const number = whose?.organisation ?? undefined;
	useEffect(() => {
		if (whose === undefined || number === value || (value !== undefined && value !== found.current)) return;
		found.current = number;
		onChange?.(number);
	}, [whose, number, value, onChange]);
	const banks = all.data?.institutions.filter((i) => i.banks.length > 0) ?? [];
	return (
		<>
			{banks.length === 0
				? <InputNumber id={id} value={value} onChange={(v) => onChange?.(v ?? undefined)} min={1} max={65535} precision={0} style={{ width: '100%' }} />
				: <Select id={id} value={value} onChange={onChange} allowClear showSearch={{ optionFilterProp: 'label' }} options={banks.map((b) => ({ value: b.number, label: `${b.number} ${b.banks.join('、')}` }))} />}
			{whose != null && whose.house !== null && <span className="faint" data-whose={whose.organisation ?? ''}>{number === undefined ? t.notHere(whose.house) : t.bySign(whose.house)}</span>}
			{whose?.house === null && <span className="faint">{t.unknownBank}</span>}
		</>
	);
}
