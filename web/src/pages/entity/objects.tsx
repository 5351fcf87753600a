// objects.tsx - everything of the desk about somebody, of all kinds that the reader may see, newest first: warnings, cards, accounts, stops, freezes, measures, appeals.
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { get, query } from '../../api/client';
import type { DeskObject, DeskPage, Machine } from '../../api/types';
import { ObjectDrawer } from '../../desk/object';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { listKey } from '../../live';
import { useSession } from '../../session';
import { PlainTable } from '../../ui/plain-table';
import { Countdown, ShowValue, StateTag, Time } from '../../ui/show';
import { Loading, Nothing } from '../../ui/states';

const texts = both({
	kind: '类别', id: '编号', state: '状态', what: '要点', due: '时限', changed: '更新', label: '相关办理', none: '没有相关的预警、措施或办理', open: '打开',
}, {
	kind: 'Kind', id: 'Id', state: 'State', what: 'Gist', due: 'Runs out', changed: 'Changed', label: 'What is done about it', none: 'No warnings, measures or other work about it', open: 'Open',
});
const ABOUT = ['person', 'phone', 'account', 'device', 'cell', 'net', 'outlet', 'agent'];
const GIST = new Set(['choice', 'money', 'code']);

function Gist({ object, machine }: { object: DeskObject; machine: Machine }) {
	const language = useLanguage();
	const fields = machine.fields.filter((f) => GIST.has(f.type) && object.fields[f.name] !== undefined && object.fields[f.name] !== null).slice(0, 3);
	return <>{fields.map((f) => <span key={f.name} style={{ marginRight: 10 }}><span className="faint">{named(f, language)} </span><ShowValue value={object.fields[f.name]} type={f.type} name={f.name} /></span>)}</>;
}

export function ObjectsAbout({ kind, token }: { kind: string; token: string }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines } = useSession();
	const [shown, show] = useState<string | null>(null);
	const kinds = ABOUT.includes(kind) ? [...machines.values()].filter((m) => m.fields.some((f) => f.type === 'entity' && f.of === kind)) : [];
	const filter = { entity: `${kind}:${token}`, sort: 'changed', limit: 50 };
	const lists = useQueries({
		queries: kinds.map((m) => ({
			queryKey: listKey(m.name, filter), retry: false,
			queryFn: ({ signal }: { signal: AbortSignal }) => get<DeskPage>(`/v1/${m.route}${query(filter)}`, signal),
		})),
	});
	const objects = lists.flatMap((l) => l.data?.objects ?? []).sort((a, b) => b.changed.localeCompare(a.changed));
	if (lists.some((l) => l.isPending)) return <Loading />;
	if (objects.length === 0) return <Nothing>{t.none}</Nothing>;
	return (
		<>
			<PlainTable label={t.label} head={[t.kind, t.id, t.state, t.what, t.due, t.changed]} rows={objects.map((o) => {
				const machine = machines.get(o.kind);
				return {
					key: o.id, 'data-object': o.id,
					cells: [language === 'zh' ? o.kind_zh : named({ name: o.kind, zh: '' }, language), <button key="i" type="button" className="as-link mono" onClick={() => show(o.id)}>{o.id}</button>, <StateTag key="s" state={o.state} />,
						machine === undefined ? '' : <Gist key="g" object={o} machine={machine} />, o.due[0] === undefined ? '' : <Countdown key="d" to={o.due.reduce((a, b) => (a.at < b.at ? a : b)).at} />, <Time key="c" at={o.changed} />],
				};
			})} />
			<ObjectDrawer id={shown} onClose={() => show(null)} />
		</>
	);
}
