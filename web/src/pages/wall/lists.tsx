// lists.tsx - warnings by grade, what was done in time, the way from contact to loss, the newest methods.
import { Link } from 'wouter';
import { count, rate } from '../../desk/figures';
import { named, number, percent, time, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Grade } from '../../ui/show';
import type { Situation } from './situation';
import { texts } from './texts';

const GRADES = ['purple', 'red', 'yellow', 'blue'] as const;

export function Grades({ s }: { s: Situation }) {
	const t = useTexts(texts);
	const l = useLanguage();
	return (
		<section className="panel wall-grades">
			<h2>{t.byGrade}</h2>
			<table>
				<thead><tr><th scope="col">{t.grade}</th><th scope="col">{t.made}</th><th scope="col">{t.openNow}</th></tr></thead>
				<tbody>
					{GRADES.map((g, i) => (
						<tr key={g} data-grade={g}>
							<th scope="row"><Grade grade={GRADES.length - 1 - i} /></th>
							<td>{number(count(s.today.figures, 'warnings', g) ?? 0, l)}</td>
							<td>{number(s.open.warnings[g], l)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}

const RATES = ['signed_in_time', 'contacted_in_time', 'settled_in_time'] as const;
export function Rates({ s }: { s: Situation }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const names = [t.signed, t.contacted, t.settled];
	return (
		<section className="panel wall-rates">
			<h2>{t.rates}</h2>
			<ul>
				{RATES.map((name, i) => {
					const r = rate(s.today.figures, name);
					const known = r !== undefined && r.all > 0;
					return (
						<li key={name}>
							<span>{names[i]}</span>
							<span className="wall-bar" aria-hidden="true"><i style={{ width: known ? `${(100 * r.hit) / r.all}%` : 0 }} /></span>
							<span className="wall-number">{known ? <><b>{percent(r.hit, r.all, l)}</b> <small className="faint">{t.ofN(r.hit, r.all)}</small></> : <span className="faint">{t.none}</span>}</span>
						</li>
					);
				})}
			</ul>
		</section>
	);
}

export function Funnel({ s }: { s: Situation }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const most = Math.max(1, ...s.funnel.map((x) => x.n));
	return (
		<section className="panel wall-funnel">
			<h2>{t.funnel}</h2>
			<ol>
				{s.funnel.map((x) => (
					<li key={x.step} data-step={x.step}>
						<span className="wall-step" aria-hidden="true" style={{ width: `${(100 * x.n) / most}%` }} />
						<span>{l === 'zh' ? x.zh : x.en}</span><b>{number(x.n, l)}</b>
					</li>
				))}
			</ol>
		</section>
	);
}

export function Bulletins({ s }: { s: Situation }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const reads = useSession().machines.has('bulletin');
	return (
		<section className="panel wall-bulletins">
			<h2>{t.bulletins}</h2>
			{s.bulletins.length === 0 && <p className="faint">{t.noBulletins}</p>}
			<ul>
				{s.bulletins.map((b) => {
					const what = b.scam === null ? b.object : named(b.scam, l);
					return (
						<li key={b.object}>
							{reads ? <Link href={`/object/${b.object}`}>{what}</Link> : what}
							{b.sign !== null && <span className="faint"> {named(b.sign, l)}</span>}
							{b.published !== null && <time className="faint" dateTime={b.published}> {time(b.published, l).slice(0, -3)}</time>}
						</li>
					);
				})}
			</ul>
		</section>
	);
}
