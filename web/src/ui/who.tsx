// who.tsx - people at the desk and organisations by their names. What the service tells of who did something are numbers (U-65536, organisation 11); whose name the reader may know is asked for here, all that a page
// meets in one request, and the number stays as what the name's title says. Of everybody else the number is shown, with the organisation.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { get, query } from '../api/client';
import { both, useLanguage, useTexts } from '../i18n';
import { useSession } from '../session';

const texts = both(
	{ me: '本人', said: { system: '系统', public: '公众', outbox: '机构回传' } as Record<string, string> },
	{ me: 'you', said: { system: 'the system', public: 'the public', outbox: 'an institution’s answer' } as Record<string, string> },
);
const KEEP_MS = 600_000;

/* ---- people ---- */

interface Colleague { user: string; name: string | null; login: string; organisation: number }
interface Batch { ids: string[]; answer: Promise<Map<string, Colleague>> }
const MOST = 100; // in one request
const GATHER_MS = 20;
let batch: Batch | null = null; // ids only, for a moment: what is told of them is kept with the session's other answers
async function told(ids: string[]): Promise<Map<string, Colleague>> {
	const { users } = await get<{ users: Colleague[] }>(`/v1/desk/names${query({ users: ids.join(',') })}`);
	return new Map(users.map((u) => [u.user, u]));
}
function begun(): Batch {
	const ids: string[] = [];
	const gathered = new Promise<void>((go) => { setTimeout(go, GATHER_MS); });
	return { ids, answer: gathered.then(() => { if (batch?.ids === ids) batch = null; return told(ids); }) };
}
/** Null: the reader may not know who that is, or there is nobody. */
async function colleague(id: string): Promise<Colleague | null> {
	const mine = batch !== null && batch.ids.length < MOST ? batch : begun();
	batch = mine;
	mine.ids.push(id);
	return (await mine.answer).get(id) ?? null;
}

const useColleague = (id: string | null | undefined): Colleague | null | undefined =>
	useQuery({ queryKey: ['name', id], enabled: id != null && /^U-\d+$/.test(id), staleTime: KEEP_MS, retry: false, queryFn: () => colleague(id ?? '') }).data;

/** The name, or what there is of one. */
export function useName(id: string | null | undefined): string {
	const person = useColleague(id);
	const { said } = useTexts(texts);
	return person?.name ?? person?.login ?? said[id ?? ''] ?? id ?? '';
}
/** Who did something. `organisation`: for which, where that is told beside (0: it need not be said); else it is the one that the person is of. */
export function Who({ id, organisation }: { id: string | null | undefined; organisation?: number }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const { me } = useSession();
	const title = useOrganisation();
	const person = useColleague(id);
	const name = useName(id);
	if (id == null) return <span>–</span>;
	const of = title(organisation ?? person?.organisation ?? 0);
	return (
		<span data-who={id} title={[id, person?.login].filter((x) => x !== undefined).join(' · ')}>
			{name === id ? <span className="mono">{id}</span> : name}{id === me?.user && (zh ? `（${t.me}）` : ` (${t.me})`)}{of !== '' && <span className="faint"> {of}</span>}
		</span>
	);
}

/** Somebody whom the desk knows, or a key by its own name. */
export function By({ user, who }: { user: string | null | undefined; who: string | null }) {
	return user == null ? <span className="mono">{who}</span> : <Who id={user} />;
}

/* ---- organisations ---- */

const NONE: { number: number; title: string }[] = [];
/** All that the service knows. */
export function useOrganisations(): { number: number; title: string }[] {
	return useQuery({ queryKey: ['titles'], staleTime: KEEP_MS, retry: false, queryFn: ({ signal }) => get<{ organisations: { number: number; title: string }[] }>('/v1/desk/organisations', signal) }).data?.organisations ?? NONE;
}
/** What an organisation is called; 0: nothing. */
export function useOrganisation(): (number: number) => string {
	const of = useOrganisations();
	return useCallback((number) => (number === 0 ? '' : of.find((o) => o.number === number)?.title ?? String(number)), [of]);
}
export function Organisation({ number }: { number: number | null | undefined }) {
	const title = useOrganisation();
	return number == null ? <span>–</span> : <span title={String(number)}>{title(number)}</span>;
}
