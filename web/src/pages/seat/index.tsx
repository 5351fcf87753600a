// The dissuasion seat: one call at a time. What is in hand comes first, then the most urgent one that nobody has; one key takes it, and after its last step the next one is there.
import { App, Button, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useObject } from '../../desk/object';
import { ScriptView } from '../../desk/script';
import { number, useLanguage, useTexts } from '../../i18n';
import { Grade } from '../../ui/show';
import { Page, Panel } from '../../ui/page';
import { Asked, Nothing } from '../../ui/states';
import { Before, CallCard } from './card';
import { useNext } from './next';
import { texts } from './texts';
import { Work } from './work';
import './seat.css';

export default function Seat() {
	const t = useTexts(texts);
	const language = useLanguage();
	const { message } = App.useApp();
	const { asked, waiting, aside, resting, wake } = useNext();
	const [held, hold] = useState<string | null>(null);
	const id = held ?? waiting?.next ?? null;
	const put = (told?: string) => {
		if (id !== null) aside(id);
		hold(null);
		if (told !== undefined) void message.info(told);
	};
	const counts = [3, 2, 1].map((g) => ({ grade: g, n: waiting?.free.filter((o) => o.grade === g).length ?? 0 }));
	return (
		<Page title={t.title} extra={
			<div className="row" role="status">
				<span>{t.waiting}</span>{counts.map((c) => <span key={c.grade} className="row" style={{ gap: 4 }}><Grade grade={c.grade} /><strong className="mono">{number(c.n, language)}</strong></span>)}
				<Tag variant="outlined">{t.inHand} {number(waiting?.mine.length ?? 0, language)}</Tag>
				{resting.length > 0 && <Button size="small" onClick={wake}>{t.resting} {resting.length} · {t.wake}</Button>}
			</div>
		}>
			<Asked of={asked}>{() => (id === null
				? <Panel><Nothing><strong>{t.none}</strong><br /><span className="faint">{t.noneMore}</span></Nothing></Panel>
				: <Call key={id} id={id} onTake={() => hold(id)} onAside={() => put(t.asideDone)} onEnd={() => put()} />)}</Asked>
		</Page>
	);
}

function Call({ id, onTake, onAside, onEnd }: { id: string; onTake: () => void; onAside: () => void; onEnd: () => void }) {
	const t = useTexts(texts);
	const of = useObject(id);
	const [scam, setScam] = useState<string | null>(null);
	useEffect(() => setScam(null), [id]);
	return (
		<Asked of={of}>{(warning) => {
			const type = scam ?? warning.script ?? 'unknown';
			return (
				<div className="seat">
					<div className="stack seat-call">
						<Panel><CallCard warning={warning} /></Panel>
						<Panel><Work warning={warning} scam={type} onTake={onTake} onAside={onAside} onEnd={onEnd} /></Panel>
					</div>
					<Panel title={t.script} className="seat-script"><ScriptView type={type} onScam={setScam} /></Panel>
					<Panel className="seat-before"><Before warning={warning} /></Panel>
				</div>
			);
		}}</Asked>
	);
}
