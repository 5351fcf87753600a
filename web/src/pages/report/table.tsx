// table.tsx - all figures of the span beside the span before, each with what it counts; its parts are a row each below it. What was not counted in either span can be left out.
import { Grid, Input, Switch } from 'antd';
import { useMemo, useState } from 'react';
import { change, nameOf, plain, told, value, type FiguresAnswer, type FigureValue, type Group, type Meaning } from '../../desk/figures';
import { useLanguage, useTexts } from '../../i18n';
import { Panel } from '../../ui/page';
import { Table, type Column } from '../../ui/table';
import { WHAT } from './meanings';
import { texts } from './texts';

export interface Row { key: string; name: string; what?: string; meaning: Meaning; now: FigureValue | undefined; before: FigureValue | undefined; groups: (FigureValue | undefined)[]; children?: Row[] }
const something = (v: FigureValue | undefined): boolean => (typeof v === 'object' ? Object.values(v).some((n) => typeof n === 'number' && n > 0) : v !== undefined && v !== 0);

export function useRows(answer: FiguresAnswer, meanings: Meaning[]): Row[] {
	const l = useLanguage();
	const t = useTexts(texts);
	return useMemo(() => {
		const before = answer.compared.before?.figures;
		const row = (m: Meaning, part: string, key: string, name: string): Row => ({
			key, name, meaning: m, now: value(answer.figures, m.name, part), before: value(before, m.name, part), groups: (answer.groups ?? []).map((g) => value(g.figures, m.name, part)),
		});
		return meanings.filter((m) => m.name in answer.figures).map((m) => {
			const parts = Object.keys({ ...answer.figures[m.name], ...before?.[m.name] }).filter((p) => p !== 'all');
			return {
				...row(m, 'all', m.name, m[l]), what: `${l === 'zh' ? WHAT[m.name] ?? '' : m.what} (${t[m.counts]})`,
				children: parts.length === 0 ? undefined : parts.map((p) => row(m, p, `${m.name}/${p}`, nameOf(m.parts, p, l))),
			};
		});
	}, [answer, meanings, l, t]);
}

export function FiguresTable({ rows, groups, names }: { rows: Row[]; groups: Group[]; names: string[] }) {
	const t = useTexts(texts);
	const l = useLanguage();
	const [find, setFind] = useState('');
	const [counted, setCounted] = useState(true);
	const number = (title: string, key: string, of: (r: Row) => FigureValue | undefined): Column<Row> => ({ key, title, align: 'right', render: (_, r) => <span className={r.meaning.unit === 'choice' ? 'report-choice' : 'mono'}>{told(of(r), r.meaning, l)}</span> });
	const wide = Grid.useBreakpoint().md === true;
	const columns: Column<Row>[] = [
		{ key: 'name', title: t.figure, fixed: wide ? 'left' : undefined, width: wide ? 300 : 170, render: (_, r) => <span>{r.name}{r.what !== undefined && <><br /><small className="faint">{r.what}</small></>}</span> },
		number(t.now, 'now', (r) => r.now),
		number(t.before, 'before', (r) => r.before),
		{ key: 'change', title: t.change, align: 'right', render: (_, r) => <span className="mono">{r.meaning.unit === 'choice' ? '' : change(plain(r.now, r.meaning.unit), plain(r.before, r.meaning.unit), r.meaning.unit, l) ?? '–'}</span> },
		...groups.map((_, i) => number(names[i] ?? '', `group-${i}`, (r) => r.groups[i])),
	];
	const shown = rows.filter((r) => (!counted || something(r.now) || something(r.before)) && r.name.toLowerCase().includes(find.toLowerCase()));
	return (
		<Panel title={t.figures} extra={<div className="row"><Input allowClear size="small" aria-label={t.find} placeholder={t.find} value={find} onChange={(e) => setFind(e.target.value)} style={{ width: 160 }} /><label className="row"><Switch size="small" checked={counted} onChange={setCounted} aria-label={t.onlyCounted} />{t.onlyCounted}</label></div>}>
			<Table<Row> size="small" rowKey="key" columns={columns} dataSource={shown} scroll={{ x: 'max-content' }} onRow={(r) => ({ 'data-figure': r.key }) as object} />
		</Panel>
	);
}
