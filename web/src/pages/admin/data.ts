// data.ts - what the tabs of administration ask for in common.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client';

export interface Organisation {
	name: string; number: number; rate: number; burst: number; budget_ms: number; exception: string; simulate: boolean; sees: string[]; client_cn: string; carriers: string; banks: string; takes: string; districts: string; keys: number;
	events: number; limited: number; shed: number; connector: { kind: string; host: string | null; timeout_ms: number };
	outbox: { due: number; dead: number; next: string | null; circuit: 'open' | 'closed'; failures: number; under_way: number; until: string | null } | null;
}
export const useOrganisations = () => useQuery({ queryKey: ['organisations'], queryFn: ({ signal }) => get<{ organisations: Organisation[] }>('/v1/organisations', signal), refetchInterval: 10_000 });
export const useOrganisationName = (): ((n: number) => string) => {
	const all = useOrganisations().data?.organisations;
	return (n) => { const o = all?.find((x) => x.number === n); return o === undefined ? (n === 0 ? '' : String(n)) : `${o.name} (${n})`; };
};
