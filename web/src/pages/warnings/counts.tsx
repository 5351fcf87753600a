// counts.tsx - open warnings by grade and state; a cell filters the list below.
import type { DeskObject } from '../../api/types';
import { named, number, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { Grade } from '../../ui/show';
import { texts } from './texts';
import { GRADES, overdue, STATES } from './views';

export interface Cell { grade?: number; state?: string }
export function Counts({ objects, now, chosen, choose }: { objects: DeskObject[]; now: number; chosen: Cell; choose: (c: Cell) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useMachine('warning');
	const of = (c: Cell): DeskObject[] => objects.filter((o) => (c.grade === undefined || o.grade === c.grade) && (c.state === undefined || o.state.name === c.state));
	const cell = (c: Cell) => {
		const those = of(c), late = those.filter((o) => overdue(o, now)).length;
		const on = chosen.grade === c.grade && chosen.state === c.state && (c.grade !== undefined || c.state !== undefined);
		return those.length === 0 ? <span className="faint">·</span> : (
			<button type="button" className="cell mono" aria-pressed={on} onClick={() => choose(on ? {} : c)}>{number(those.length, language)}{late > 0 && <span className="late"> ⚠{number(late, language)}</span>}</button>
		);
	};
	return (
		<div className="scroll" role="region" aria-label={t.counts} tabIndex={0}>
			<table className="counts">
				<caption className="faint">{t.shownOf}</caption>
				<thead><tr><th scope="col">{t.grade}</th>{STATES.map((s) => <th key={s} scope="col">{named(machine.states.find((x) => x.name === s), language)}</th>)}<th scope="col">{t.total}</th></tr></thead>
				<tbody>
					{GRADES.map((g) => <tr key={g}><th scope="row"><Grade grade={g} /></th>{STATES.map((s) => <td key={s}>{cell({ grade: g, state: s })}</td>)}<td>{cell({ grade: g })}</td></tr>)}
					<tr><th scope="row">{t.total}</th>{STATES.map((s) => <td key={s}>{cell({ state: s })}</td>)}<td>{cell({})}</td></tr>
				</tbody>
			</table>
		</div>
	);
}
