// history.tsx - who did what with an object, and where it stood then; a part of its own, because a seat that works through a list looks at few histories.
import { useQuery } from '@tanstack/react-query';
import { Timeline } from 'antd';
import { get } from '../api/client';
import type { DeskObject, Named } from '../api/types';
import { named, time, useLanguage } from '../i18n';
import { useSession } from '../session';
import { Asked } from '../ui/states';
import { Who } from '../ui/who';

interface Row { version: number; position: number; time: string; step: Named; before: string; state: Named; user: string | null; roles: string[]; organisation: number }
export default function History({ object }: { object: DeskObject }) {
	const language = useLanguage();
	const { machines, roles } = useSession();
	const machine = machines.get(object.kind);
	const rows = useQuery({ queryKey: ['history', object.id, object.version], queryFn: ({ signal }) => get<{ history: Row[] }>(`/v1/${machine?.route ?? ''}/${object.id}/history?limit=200`, signal) });
	return (
		<Asked of={rows}>{({ history }) => (
			<Timeline items={history.map((h) => ({
				key: h.version,
				content: <><strong>{named(h.step, language)}</strong> → {named(h.state, language)} <span className="faint">{time(h.time, language)} {h.user === null || h.roles.includes(h.user) ? '' : <Who id={h.user} organisation={h.organisation} />} {h.roles.map((r) => named(roles.find((x) => x.name === r) ?? { name: r, zh: r }, language)).join(language === 'zh' ? '、' : ', ')} <span className="mono">#{h.position}</span></span></>,
			}))} />
		)}</Asked>
	);
}
