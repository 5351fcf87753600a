// tiles.tsx - the day's numbers so far, large; and below, up to the end of the last full hour, beside the same span of yesterday and of a week ago.
import { money } from '../../desk/figures';
import { number, useLanguage, useTexts, type Language } from '../../i18n';
import { comparable, figure, fullHours, sum, type Day, type Get, type Situation } from './situation';
import { texts } from './texts';

type Text = typeof texts['zh'];
interface Tile { key: string; label: string; get: Get; show?: (n: number, l: Language) => string; tone?: string; more?: (s: Situation) => string | undefined }
const added = (a: Get, b: Get): Get => (d: Day) => { const [x, y] = [a(d), b(d)]; return x === undefined && y === undefined ? undefined : (x ?? 0) + (y ?? 0); };

function tiles(t: Text, l: Language): Tile[] {
	const beside = (label: string, get: Get, show = number as (n: number, l: Language) => string) => (s: Situation): string | undefined => {
		const n = get(s.today);
		return n === undefined ? undefined : `${label} ${show(n, l)}`;
	};
	return [
		{ key: 'events', label: t.events, get: sum('events') },
		{ key: 'alerts', label: t.alerts, get: sum('alerts') },
		{ key: 'measures', label: t.measures, get: figure('measures'), more: beside(t.proposed, sum('proposed')) },
		{ key: 'warnings', label: t.warnings, get: figure('warnings'), more: (s) => `${t.open} ${number(s.open.warnings.all, l)}` },
		{ key: 'stops', label: t.stops, get: figure('stops_in_force'), tone: 'good', more: beside(t.sent, figure('stops')) },
		{ key: 'money', label: t.money, get: added(figure('stopped_amount'), figure('frozen_amount')), show: money, tone: 'good', more: beside(t.frozen, figure('frozen_amount'), money) },
		{ key: 'incidents', label: t.incidents, get: figure('incidents') },
		{ key: 'loss', label: t.loss, get: figure('incident_loss'), show: money, tone: 'bad', more: beside(t.lossOf, figure('incident_amount'), money) },
	];
}

export function Tiles({ s }: { s: Situation }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const hours = fullHours(s);
	return (
		<section className="wall-tiles" aria-label={t.today}>
			{tiles(t, l).filter((x) => x.get(s.today) !== undefined).map((x) => {
				const show = x.show ?? number;
				const then = (day: 'yesterday' | 'week_ago'): string | undefined => {
					const n = hours > 0 && comparable(s, day) ? x.get(s[day]) : undefined;
					return n === undefined ? undefined : show(n, l);
				};
				const [yesterday, week] = [then('yesterday'), then('week_ago')];
				return (
					<div key={x.key} className="panel wall-tile" data-tile={x.key}>
						<h2>{x.label}</h2>
						<strong className={x.tone}>{show(x.get(s.today) ?? 0, l)}</strong>
						<p>{x.more?.(s) ?? ' '}</p>
						<p className="faint">{(yesterday ?? week) !== undefined && <span data-compared>{t.upTo(hours, show(x.get(s.today_full_hours) ?? 0, l))}</span>} {yesterday !== undefined && <span>{t.yesterdayDay} {yesterday}</span>} {week !== undefined && <span>{t.weekDay} {week}</span>}</p>
					</div>
				);
			})}
		</section>
	);
}
