// session.tsx - who is here, the desk's tables, language and theme: what every page may ask for. Nothing of it is kept in the browser but language and theme.
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { ask, askStillHere, get, keepCsrf, post, Problem } from './api/client';
import type { Machine, Me, Named, Permissions } from './api/types';
import { both, LanguageContext, useTexts, type Language } from './i18n';
import { forgetKept, onlyDraftsOf, unsaved } from './kept';

export type Theme = 'light' | 'dark';
export interface Session {
	me: Me | null;
	machines: Map<string, Machine>; // by kind
	roles: Named[]; // in the order of their bits in a user's field `roles`
	may(kind: string, step: string): boolean; // by role; the object decides whether it is in reach and in the right state
	scope(name: string): boolean;
	role(...names: string[]): boolean;
	login(login: string, password: string, totp: string): Promise<void>;
	logout(): Promise<void>; // throws when the service did not hear of it: then one is still logged in
}
export interface Look { language: Language; theme: Theme; set(l: Partial<{ language: Language; theme: Theme }>): void }
const SessionContext = createContext<Session | null>(null);
const LookContext = createContext<Look | null>(null);
export function useSession(): Session {
	const s = useContext(SessionContext);
	if (s === null) throw new Error('outside of Session');
	return s;
}
export function useLook(): Look {
	const l = useContext(LookContext);
	if (l === null) throw new Error('outside of Look');
	return l;
}
export function useMachine(kind: string): Machine {
	const m = useSession().machines.get(kind);
	if (m === undefined) throw new Error(`no kind ${kind}`);
	return m;
}

const remembered = <T extends string>(name: string, from: readonly T[], otherwise: T): T => {
	const z = localStorage.getItem(name);
	return from.includes(z as T) ? (z as T) : otherwise;
};

export function LookProvider({ children }: { children: ReactNode }) {
	const [language, setLanguage] = useState<Language>(() => remembered('duanka.language', ['zh', 'en'], 'zh'));
	const [theme, setTheme] = useState<Theme>(() => remembered('duanka.theme', ['light', 'dark'], matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
	useEffect(() => {
		document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
		document.documentElement.dataset.theme = theme;
	}, [language, theme]);
	const look = useMemo<Look>(() => ({
		language, theme,
		set: (l) => {
			if (l.language !== undefined) { localStorage.setItem('duanka.language', l.language); setLanguage(l.language); }
			if (l.theme !== undefined) { localStorage.setItem('duanka.theme', l.theme); setTheme(l.theme); }
		},
	}), [language, theme]);
	return <LookContext.Provider value={look}><LanguageContext.Provider value={language}>{children}</LanguageContext.Provider></LookContext.Provider>;
}

interface Known { me: Me; machines: Map<string, Machine>; roles: Named[]; steps: Set<string> }
const texts = both({ changed: (login: string) => `此浏览器中已由“${login}”登录，原先显示的内容已清除。` }, { changed: (login: string) => `“${login}” has logged in in this browser; what was shown before is gone.` });
/* The cookie can't be read by scripts; this tells whether it is worth asking. */
const HERE = 'duanka.here';
export const maybeHere = (): boolean => localStorage.getItem(HERE) !== null;
async function whoIsThere(): Promise<Me | null> {
	if (!maybeHere()) return null;
	try {
		return await get<Me>('/v1/me');
	} catch (e) {
		if (e instanceof Problem && (e.status === 401 || e.status === 403)) {
			localStorage.removeItem(HERE);
			return null;
		}
		throw e;
	}
}
async function whoIsHere(): Promise<Known | null> {
	const me = await whoIsThere();
	keepCsrf(me?.csrf ?? '');
	if (me === null) return null;
	const [tables, permissions] = await Promise.all([get<{ machines: Machine[]; roles: Named[] }>('/v1/desk/machines'), get<Permissions>('/v1/desk/permissions')]); // not before: each refusal counts against this address
	return {
		me,
		machines: new Map(tables.machines.map((m) => [m.name, m])),
		roles: tables.roles,
		steps: new Set(permissions.permissions.flatMap((p) => p.steps.filter((s) => Object.keys(s.reach).length > 0).map((s) => `${p.kind}/${s.name}`))),
	};
}

/* Nobody is here any more: whoever looks hears of it first, then everything that was read goes. `waiting`: whose drafts wait for them to come back. */
function forget(queries: QueryClient, waiting: string | null): void {
	keepCsrf('');
	queries.setQueryData(['me'], null);
	forgetKept(queries);
	onlyDraftsOf(queries, waiting);
}

/* Windows of one browser share a cookie: each says who comes and goes, and the others follow. */
const CHANNEL = 'duanka-session';
function announce(what: 'in' | 'out' | 'over'): void {
	const channel = new BroadcastChannel(CHANNEL);
	channel.postMessage(what);
	channel.close();
}
/** Looks whether it is still the same one, once for all who ask meanwhile; if not, nothing of the former stays. */
function useStillHere(queries: QueryClient): () => Promise<boolean> {
	const t = useTexts(texts);
	const { message } = App.useApp();
	const looking = useRef<Promise<boolean> | null>(null);
	const look = useCallback(async () => {
		const before = queries.getQueryData<Known | null>(['me'])?.me;
		const me = await whoIsThere();
		if (me !== null && before?.user === me.user && before.login === me.login) {
			keepCsrf(me.csrf ?? '');
			return true;
		}
		if (before !== undefined) forget(queries, me === null ? before.user : null); // a session that has run out is not somebody else's
		if (me === null) return false;
		await queries.refetchQueries({ queryKey: ['me'] });
		if (before !== undefined) void message.warning(t.changed(me.login ?? me.user ?? ''), 10);
		return false;
	}, [queries, message, t]);
	return useCallback(() => {
		looking.current ??= look().finally(() => { looking.current = null; });
		return looking.current;
	}, [look]);
}

/** `waiting` while it is not known who is here, `failed` when it can't be found out. */
export function SessionProvider({ children, waiting, failed }: { children: ReactNode; waiting: ReactNode; failed: (e: Error, again: () => void) => ReactNode }) {
	const queries = useQueryClient();
	const known = useQuery({ queryKey: ['me'], queryFn: whoIsHere, staleTime: Infinity, gcTime: Infinity, retry: 1 });
	const stillHere = useStillHere(queries);
	const login = useCallback(async (login: string, password: string, totp: string) => {
		await post('/v1/login', { login, password, totp });
		localStorage.setItem(HERE, 'yes');
		await queries.invalidateQueries({ queryKey: ['me'] });
		onlyDraftsOf(queries, queries.getQueryData<Known | null>(['me'])?.me.user ?? null);
		announce('in');
	}, [queries]);
	const logout = useCallback(async () => {
		try {
			await ask('POST', '/v1/logout', { body: {} });
		} catch (e) {
			if (!(e instanceof Problem && e.status === 401)) throw e; // there is no session: that is what was asked for
		}
		localStorage.removeItem(HERE);
		forget(queries, null);
		announce('out');
	}, [queries]);
	useEffect(() => {
		const over = () => {
			const me = queries.getQueryData<Known | null>(['me'])?.me;
			if (me !== undefined) forget(queries, me.user);
		};
		const tellOver = () => { over(); announce('over'); }; // one has heard of it: not each window asks, refusals are counted
		const leave = (e: BeforeUnloadEvent) => { if (unsaved(queries)) e.preventDefault(); };
		const channel = new BroadcastChannel(CHANNEL);
		channel.onmessage = (e) => { if (e.data === 'out') forget(queries, null); else if (e.data === 'over') over(); else void stillHere().catch(() => undefined); };
		askStillHere(stillHere);
		window.addEventListener('duanka-session-over', tellOver);
		window.addEventListener('beforeunload', leave);
		return () => {
			channel.close();
			window.removeEventListener('duanka-session-over', tellOver);
			window.removeEventListener('beforeunload', leave);
		};
	}, [queries, stillHere]);
	const session = useMemo<Session>(() => {
		const k = known.data ?? null;
		return {
			me: k?.me ?? null,
			machines: k?.machines ?? new Map<string, Machine>(),
			roles: k?.roles ?? [],
			may: (kind, step) => k?.steps.has(`${kind}/${step}`) ?? false,
			scope: (name) => k?.me.scopes?.includes(name) ?? false,
			role: (...names) => names.some((n) => k?.me.roles.includes(n) ?? false),
			login, logout,
		};
	}, [known.data, login, logout]);
	if (known.isPending) return waiting;
	if (known.isError) return failed(known.error, () => void known.refetch());
	return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
