// act.ts - steps without a form (a key, a button), and many at once: sent, told, and everything on the page follows.
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useCallback } from 'react';
import { ask, once } from '../api/client';
import type { DeskObject, Done } from '../api/types';
import { useLanguage } from '../i18n';
import { listKey, objectKey } from '../live';
import { useSession } from '../session';
import { useRun } from '../ui/problems';
import { useStepped } from './object';
import { send } from './step';

/** The user's number as fields of the type integer have it (`owner`). */
export const useMyNumber = (): number => Number(useSession().me?.user?.replace(/^U-/, '') ?? 0);

/** A step on an object as the reader saw it; undefined if it was refused, which has been said then. */
export function useStep(): (object: DeskObject, step: string, fields?: Record<string, unknown>, done?: string) => Promise<Done | undefined> {
	const { machines } = useSession();
	const run = useRun();
	const stepped = useStepped();
	const queries = useQueryClient();
	return useCallback(async (object, step, fields = {}, told) => {
		const machine = machines.get(object.kind);
		if (machine === undefined) return undefined;
		const done = await run(() => send(machine, step, fields, object), told);
		if (done !== undefined) stepped(done);
		else void queries.invalidateQueries({ queryKey: objectKey(object.id) }); // somebody was faster, perhaps
		return done;
	}, [machines, run, stepped, queries]);
}

export interface Line { object: string; step: string; version: number; fields?: Record<string, unknown> }
interface Told { line?: number; object?: string; refused?: string; wrong?: string; message_en?: string; message_zh?: string; accepted?: number }
/** Many steps; each succeeds or is refused by itself: how many did, and what was said of the others. */
export function useBatch(kind: string): (lines: Line[], done: (n: number) => string) => Promise<{ accepted: number; refused: string[] } | undefined> {
	const run = useRun();
	const zh = useLanguage() === 'zh';
	const queries = useQueryClient();
	const { message } = App.useApp();
	return useCallback(async (lines, done) => {
		const body = new Blob([lines.map((l) => JSON.stringify(l)).join('\n')], { type: 'application/x-ndjson' });
		const got = await run(() => ask<string>('POST', '/v1/commands', { body, key: once(), headers: { 'Content-Type': 'application/x-ndjson', Accept: 'application/x-ndjson' } }));
		if (got === undefined) return undefined;
		const told = String(got.data).split('\n').filter((l) => l.trim() !== '').map((l) => JSON.parse(l) as Told);
		const refused = told.filter((l) => l.refused !== undefined && typeof l.refused === 'string').map((l) => `${lines[(l.line ?? 1) - 1]?.object ?? ''}: ${(zh ? l.message_zh : l.message_en) ?? l.refused ?? ''}`);
		const accepted = lines.length - refused.length - told.filter((l) => typeof l.wrong === 'string').length;
		if (accepted > 0) void message.success(done(accepted));
		if (refused.length > 0) void message.error(refused.slice(0, 3).join('\n'), 8);
		void queries.invalidateQueries({ queryKey: listKey(kind) });
		return { accepted, refused };
	}, [run, zh, queries, message, kind]);
}
