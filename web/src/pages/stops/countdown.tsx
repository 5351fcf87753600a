// countdown.tsx - what is left of an order in force: a bar with the marks at which the desk reminds, and the time in figures.
import type { DeskObject } from '../../api/types';
import { time, useLanguage, useTexts } from '../../i18n';
import { useNow } from '../../live';
import { Countdown } from '../../ui/show';
import { ALARMS, texts } from './texts';

const HOUR = 3_600_000;
const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
/** Hours beyond a day, too: an order of 48 hours is read in hours. */
const clock = (hours: number): string => `${Math.floor(hours)}:${two((hours * 60) % 60)}:${two((hours * 3600) % 60)}`;
export function Left({ order, wide = false }: { order: DeskObject; wide?: boolean }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const now = useNow();
	const answer = order.due.find((d) => d.name === 'answer');
	if (typeof order.fields.end === 'string' && typeof order.fields.stopped === 'string' && order.state.name === 'stopped') {
		const ends = new Date(order.fields.end).getTime();
		const whole = Math.max(1, Math.ceil((ends - new Date(order.fields.stopped).getTime()) / HOUR / 48)) * 48;
		const hours = Math.max(0, (ends - now) / HOUR);
		const level = hours < 1 ? 3 : hours < 4 ? 2 : hours < 12 ? 1 : 0;
		return (
			<div className="left" data-level={level}>
				<span className="mono" title={time(order.fields.end, language)}>{clock(hours)}</span>{level > 0 && <strong className="level">T-{ALARMS[level - 1]}h</strong>}
				<div className="bar-of" style={wide ? { width: '100%' } : undefined} aria-hidden="true"><i style={{ width: `${(100 * hours) / whole}%` }} />{ALARMS.map((a) => <b key={a} style={{ left: `${(100 * a) / whole}%` }} />)}</div>
			</div>
		);
	}
	if (typeof order.fields.end === 'string' && order.state.name === 'frozen') return <Countdown to={order.fields.end} />;
	return answer === undefined ? null : <Countdown to={answer.at} label={t.answerBy} />;
}
