// The situation wall: one screen, no scrolling, read from across a room. Letters and charts grow with the screen; on a phone it is a column. F shows it on the whole screen.
import { Button } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { district, time, useLanguage, useTexts } from '../../i18n';
import { Asked } from '../../ui/states';
import { useTitle } from '../../ui/title';
import { useOrganisation } from '../../ui/who';
import { Bulletins, Funnel, Grades, Rates } from './lists';
import { CityMap } from './map';
import { counted, useSituation, type Situation } from './situation';
import { texts } from './texts';
import { Tiles } from './tiles';
import { Trends } from './trends';
import './wall.css';

/** The size of letters there, in pixels: what is drawn follows what is written. */
function useLetters(): [(e: HTMLElement | null) => void, number] {
	const [size, set] = useState(14);
	const watching = useRef<ResizeObserver | null>(null);
	const at = useCallback((e: HTMLElement | null) => {
		watching.current?.disconnect();
		if (e === null) return;
		watching.current = new ResizeObserver(() => set(Math.round(parseFloat(getComputedStyle(e).fontSize))));
		watching.current.observe(e);
	}, []);
	return [at, size];
}

function Board({ s, size }: { s: Situation; size: number }) {
	return <><Tiles s={s} /><Grades s={s} /><Rates s={s} /><CityMap s={s} size={size} /><Funnel s={s} /><Bulletins s={s} /><Trends s={s} size={size} /></>;
}

export default function Wall() {
	const t = useTexts(texts);
	const l = useLanguage();
	const of = useSituation();
	const whole = useRef<HTMLElement>(null);
	const [full, setFull] = useState(false);
	const [letters, size] = useLetters();
	const toggle = useCallback(() => void (document.fullscreenElement === null ? whole.current?.requestFullscreen() : document.exitFullscreen()), []);
	useTitle(t.title);
	useEffect(() => {
		const changed = () => setFull(document.fullscreenElement !== null);
		const key = (e: KeyboardEvent) => {
			if (e.key.toLowerCase() !== 'f' || e.ctrlKey || e.metaKey || e.altKey) return; // nobody types on a wall
			e.preventDefault();
			toggle();
		};
		document.addEventListener('fullscreenchange', changed);
		window.addEventListener('keydown', key);
		return () => { document.removeEventListener('fullscreenchange', changed); window.removeEventListener('keydown', key); };
	}, [toggle]);
	const title = useOrganisation();
	const s = of.data;
	return (
		<section className="wall" ref={whole}>
			<div className="wall-board" ref={letters}>
				<header>
					<h1>{t.title}</h1>
					{s !== undefined && s.district !== null && <span>{t.mineDistrict} {district(s.district, l)}</span>}
					{s !== undefined && s.organisation !== null && <span>{t.mine} {title(s.organisation)}</span>}
					{s !== undefined && !counted(s, 'today') && s.since !== null && <span className="faint">{t.events} {t.since} {time(s.since, l)} {t.sinceWhat}</span>}
					<span className="grow" />
					{s !== undefined && <span className={of.isError ? 'wall-stale' : 'faint'} role="status">{of.isError ? t.stale : t.until} <time className="mono" dateTime={s.time}>{time(s.time, l)}</time></span>}
					<Button size="small" onClick={toggle} aria-pressed={full}>{full ? t.leave : t.full} <kbd>{t.key}</kbd></Button>
				</header>
				<Asked of={of}>{(data) => <Board s={data} size={size} />}</Asked>
			</div>
		</section>
	);
}
