// next.ts - which call is the next one of this seat: what it has in hand already, then what is most urgent and nobody's. What was put aside (nobody answered) comes again after a while.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { get } from '../../api/client';
import type { DeskObject, DeskPage } from '../../api/types';
import { useMyNumber } from '../../desk/act';
import { listKey, useNow } from '../../live';

const REST_MS = 180_000; // between two calls of somebody who does not answer
const KEY = [...listKey('warning'), 'seat'];

export interface Waiting { next: string | null; free: DeskObject[]; mine: DeskObject[] }
/** Blue ones are a message that goes out by itself. */
function sort(objects: DeskObject[], urgent: DeskObject | null, me: number, aside: (id: string) => boolean): Waiting {
	const here = objects.filter((o) => o.fields.owner === me && ['signed', 'contacted'].includes(o.state.name));
	const free = objects.filter((o) => o.state.name === 'issued' && (o.grade ?? 0) > 0);
	const back = objects.filter((o) => o.state.name === 'reviewed' && (o.grade ?? 0) > 0);
	const first = urgent?.state.name === 'issued' && (urgent.grade ?? 0) > 0 ? [urgent] : [];
	const next = [...here, ...first, ...free, ...back].find((o) => !aside(o.id));
	return { next: next?.id ?? null, free, mine: objects.filter((o) => o.fields.owner === me) };
}

export function useNext() {
	const me = useMyNumber();
	const now = useNow(5000);
	const queries = useQueryClient();
	const [resting, rest] = useState<Record<string, number>>({});
	const asked = useQuery({
		queryKey: KEY,
		queryFn: async ({ signal }) => {
			const [urgent, open] = await Promise.all([get<{ object: DeskObject | null }>('/v1/warnings/next', signal), get<DeskPage>('/v1/warnings?state=issued,signed,contacted,visiting,reviewed&sort=urgency&limit=500', signal)]);
			return { urgent: urgent.object, objects: open.objects };
		},
	});
	const waiting = useMemo(() => asked.data && sort(asked.data.objects, asked.data.urgent, me, (id) => (resting[id] ?? 0) > now), [asked.data, me, resting, now]);
	const aside = useCallback((id: string) => {
		rest((r) => ({ ...r, [id]: Date.now() + REST_MS }));
		void queries.invalidateQueries({ queryKey: KEY });
	}, [queries]);
	const asideNow = Object.entries(resting).filter(([, until]) => until > now);
	return { asked, waiting, aside, resting: asideNow, wake: () => rest({}) };
}
