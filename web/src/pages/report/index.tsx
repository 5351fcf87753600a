// Figures of a day, a week or a month beside the span before; by organisation or district; over time; as a file; and what is printed of a month.
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { get, query } from '../../api/client';
import { change, plain, told, value, type FiguresAnswer, type Group, type Meaning } from '../../desk/figures';
import { district, DISTRICTS, named, time, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { Page } from '../../ui/page';
import { Asked } from '../../ui/states';
import { useOrganisation, useOrganisations } from '../../ui/who';
import { OverTime, PickFigure, SideBySide } from './charts';
import { csv, download } from './csv';
import { Sheets } from './sheets';
import { spanOf, type Length, type Span } from './span';
import { FiguresTable, useRows } from './table';
import { texts } from './texts';
import './report.css';

type By = 'nothing' | 'organisation' | 'district';
interface Choice { span: Span; by: By; organisation?: number; district?: number }
const FIRST = ['warnings', 'contacted_in_time', 'incidents', 'incident_loss', 'stops_in_force', 'stopped_amount', 'measures', 'appeals'];

function useFigures(c: Choice, by: string, compare?: string) {
	const path = `/v1/figures${query({ from: c.span.from, to: c.span.to, by, compare, organisation: c.organisation, district: c.district })}`;
	return useQuery({ queryKey: ['figures', path], queryFn: ({ signal }) => get<FiguresAnswer>(path, signal), refetchInterval: 60_000, placeholderData: (old) => old });
}
const useMeanings = () => useQuery({ queryKey: ['figures-meanings'], staleTime: Infinity, queryFn: async ({ signal }) => (await get<{ meanings: Meaning[] }>('/v1/figures/meanings', signal)).meanings });

function useGroupName(): (g: Group) => string {
	const t = useTexts(texts);
	const l = useLanguage();
	const title = useOrganisation();
	return (g) => (g.district !== undefined ? (g.district === 0 ? t.elsewhere : district(g.district, l)) : g.organisation === 0 ? t.nobodys : title(g.organisation ?? 0));
}

function Cards({ answer, meanings, picked, onPick }: { answer: FiguresAnswer; meanings: Meaning[]; picked: string; onPick: (name: string) => void }) {
	const t = useTexts(texts);
	const l = useLanguage();
	return (
		<div className="report-cards">
			{meanings.filter((m) => FIRST.includes(m.name) && m.name in answer.figures).map((m) => {
				const [now, before] = [value(answer.figures, m.name), value(answer.compared.before?.figures, m.name)];
				const moved = change(plain(now, m.unit), plain(before, m.unit), m.unit, l);
				return (
					<button key={m.name} type="button" className="panel" aria-pressed={picked === m.name} onClick={() => onPick(m.name)}>
						<span>{m[l]}</span><strong>{told(now, m, l)}</strong><small className="faint">{t.before} {told(before, m, l)} {moved ?? ''}</small>
					</button>
				);
			})}
		</div>
	);
}

function Answer({ answer, meanings, choice }: { answer: FiguresAnswer; meanings: Meaning[]; choice: Choice }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const groupName = useGroupName();
	const [picked, pick] = useState('warnings');
	const rows = useRows(answer, meanings);
	const series = useFigures(choice, choice.span.length === 'day' ? 'hour' : 'day');
	const groups = answer.groups ?? [];
	const names = groups.map(groupName);
	const meaning = meanings.find((m) => m.name === picked) ?? meanings[0];
	if (meaning === undefined) return null;
	const save = () => download(`duanka-${choice.span.from}-${choice.span.length}.csv`, csv(rows, [t.figure, t.name, t.unit, t.now, t.before, ...names]));
	return (
		<div className="stack">
			<div className="faint row"><span className="grow">{new Date(answer.to) > new Date(answer.time) && t.notYet}{t.until} <time dateTime={answer.time}>{time(answer.time, l)}</time></span>
				<PickFigure meanings={meanings.filter((m) => m.name in answer.figures)} name={picked} onPick={pick} /><Button onClick={save} data-csv>{t.csv}</Button></div>
			<Cards answer={answer} meanings={meanings} picked={picked} onPick={pick} />
			<div className="report-charts">
				<Asked of={series}>{(a) => <OverTime answer={a} meaning={meaning} />}</Asked>
				{groups.length > 0 && <SideBySide groups={groups} names={names} meaning={meaning} />}
			</div>
			<FiguresTable rows={rows} groups={groups} names={names} />
		</div>
	);
}

function Choices({ at, length, choice, set, setAt, setLength }: { at: Dayjs; length: Length; choice: Choice; set: (c: Partial<Choice>) => void; setAt: (d: Dayjs) => void; setLength: (l: Length) => void }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const all = useSession().role('leader', 'city-leader', 'analyst', 'auditor');
	const organisations = useOrganisations();
	return (
		<div className="row report-choices">
			<Segmented aria-label={t.length} value={length} onChange={setLength} options={(['day', 'week', 'month'] as const).map((v) => ({ value: v, label: t[v] }))} />
			<Button aria-label={t.previous} onClick={() => setAt(at.subtract(1, length))}>‹</Button>
			<DatePicker aria-label={t.at} picker={length === 'day' ? 'date' : length} allowClear={false} value={at} onChange={(d) => { if (d !== null) setAt(d); }} disabledDate={(d) => d.isAfter(dayjs(), 'day')} />
			<Button aria-label={t.next} disabled={!dayjs(choice.span.to).isBefore(dayjs())} onClick={() => setAt(at.add(1, length))}>›</Button>
			<Select aria-label={t.by} value={choice.by} onChange={(by) => set({ by })} style={{ minWidth: 130 }} options={[{ value: 'nothing', label: t.none }, { value: 'organisation', label: t.organisation }, { value: 'district', label: t.district }]} />
			{all && <Select aria-label={t.district} allowClear placeholder={t.anyDistrict} value={choice.district} onChange={(d: number | undefined) => set({ district: d })} style={{ minWidth: 130 }} options={Object.entries(DISTRICTS).map(([n, d]) => ({ value: Number(n), label: named(d, l) }))} />}
			{all && <Select aria-label={t.organisation} allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t.anyOrganisation} value={choice.organisation} onChange={(organisation: number | undefined) => set({ organisation })} style={{ minWidth: 150 }} options={organisations.map((o) => ({ value: o.number, label: o.title }))} />}
		</div>
	);
}

export default function Report() {
	const t = useTexts(texts);
	const [at, setAt] = useState<Dayjs>(() => dayjs());
	const [length, setLength] = useState<Length>('month');
	const [narrow, setNarrow] = useState<Omit<Choice, 'span'>>({ by: 'nothing' });
	const choice: Choice = { ...narrow, span: spanOf(length, at) };
	const answer = useFigures(choice, choice.by, 'before');
	const meanings = useMeanings();
	return (
		<Page title={t.title}>
			<div className="stack">
				<Choices at={at} length={length} choice={choice} set={(c) => setNarrow({ ...narrow, ...c })} setAt={setAt} setLength={setLength} />
				<Asked of={answer}>{(a) => <Asked of={meanings}>{(m) => <Answer answer={a} meanings={m} choice={choice} />}</Asked>}</Asked>
				<Sheets organisation={choice.organisation} district={choice.district} />
			</div>
		</Page>
	);
}
