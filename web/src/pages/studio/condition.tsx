// condition.tsx - one condition of a rule: as three fields where it compares two things, as text where it does more; and a maker of conditions for whoever does not know the language by heart.
import { AutoComplete, Button, Input, Select } from 'antd';
import { useState } from 'react';
import { both, useLanguage, useTexts } from '../../i18n';
import { Kept, pathsOf } from './rows';
import type { Vocabulary } from './types';

const texts = both({
	value: '比较值', op: '比较', left: '左', add: '增加条件', what: '数什么', of: '的值', by: '按', over: '最近', write: '加入', field: '字段', text: '自写', condition: '条件', aggregate: '窗口函数', event: '事件',
}, {
	value: 'Value', op: 'Comparison', left: 'Left', add: 'Add a condition', what: 'What', of: 'of', by: 'by', over: 'over', write: 'Add', field: 'Field', text: 'Own words', condition: 'Condition', aggregate: 'Over a window', event: 'Event',
});
const LONG = 32; // characters: more of them are shown on several lines
const OPERATORS = ['>=', '<=', '=', '!=', '>', '<'];
const options = (values: string[]): { value: string; label: string }[] => values.map((v) => ({ value: v, label: v }));

/** left, operator, right of a plain comparison; null: it is more than that. */
export function compared(text: string): { left: string; op: string; right: string } | null {
	let depth = 0, at: { index: number; op: string } | null = null;
	for (const m of text.matchAll(/"(?:\\.|[^"\\])*"?|#.*|->|>=|<=|!=|[=<>()]|[\p{L}_][\p{L}\p{N}_]*/gu)) {
		const [token] = m;
		if (token === '#' || token.startsWith('#')) return null;
		if (token === '(') depth++;
		else if (token === ')') depth--;
		else if (depth === 0 && OPERATORS.includes(token)) { if (at !== null) return null; at = { index: m.index, op: token }; }
		else if (depth === 0 && ['or', 'not', 'between', 'in', 'is', 'else', 'and', 'preceded'].includes(token)) return null;
	}
	return at === null ? null : { left: text.slice(0, at.index).trim(), op: at.op, right: text.slice(at.index + at.op.length).trim() };
}
interface Context { vocabulary: Vocabulary; on: string | undefined; lets: string[] }
export function Condition({ text, label, keep, vocabulary, on, lets }: Context & { text: string; label: string; keep: (v: string) => void }) {
	const t = useTexts(texts);
	const c = text.includes('\n') ? null : compared(text);
	if (c === null) return <div className="wide"><Kept area value={text.replaceAll(/\s*\n\s*/g, ' ')} label={label} keep={keep} /></div>;
	return (
		<>
			<div className="wide"><Kept value={c.left} label={`${label} ${t.left}`} area={c.left.length > LONG} options={c.left.length > LONG ? undefined : [...lets.map((value) => ({ value })), ...pathsOf(vocabulary, on, false)]} keep={(v) => keep(`${v} ${c.op} ${c.right}`)} /></div>
			<Select aria-label={`${label} ${t.op}`} style={{ width: 70 }} value={c.op} onChange={(op: string) => keep(`${c.left} ${op} ${c.right}`)} options={options(OPERATORS)} />
			<div style={{ width: 150 }}><Kept value={c.right} label={`${label} ${t.value}`} keep={(v) => keep(`${c.left} ${c.op} ${v}`)} /></div>
		</>
	);
}

/* What a maker has chosen so far. `what`: field, text, or a function over a window. */
interface Made { what: string; event: string; value: string; key: string; window: string; op: string; right: string; text: string }
const counts = (what: string): boolean => what === 'count' || what.startsWith('gap_');
function written(m: Made): string {
	if (m.what === 'text') return m.text.trim();
	const left = m.what === 'field' ? m.value : counts(m.what) ? `${m.what}(${m.event} by ${m.key} over ${m.window})` : `${m.what}(${m.value} of ${m.event} by ${m.key} over ${m.window})`;
	return `${left} ${m.op} ${m.right.trim()}`;
}
const ready = (m: Made): boolean => (m.what === 'text' ? m.text.trim() !== '' : m.right.trim() !== '' && (m.what === 'field' ? m.value !== '' : m.key !== '' && m.event !== '' && (counts(m.what) || m.value !== '')));

export function AddCondition({ vocabulary, on, lets, add }: Context & { add: (text: string) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [m, set] = useState<Made | null>(null);
	const fields = (event: string | undefined): string[] => vocabulary.events.find((e) => e.name === event)?.fields.map((f) => f.name) ?? [];
	if (m === null) return <div><Button size="small" data-do="add-condition" onClick={() => set({ what: 'count', event: on ?? '', value: '', key: fields(on)[0] ?? '', window: '1h', op: '>=', right: '', text: '' })}>+ {t.add}</Button></div>;
	const put = (more: Partial<Made>) => set({ ...m, ...more });
	const windowed = m.what !== 'field' && m.what !== 'text';
	return (
		<div className="form-row" data-making>
			<Select aria-label={t.what} style={{ minWidth: 150 }} value={m.what} onChange={(what: string) => put({ what })} options={[
				{ value: 'field', label: t.field }, { value: 'text', label: t.text },
				{ label: t.aggregate, options: vocabulary.functions.filter((f) => f.class === 'aggregate' && f.name !== 'share').map((f) => ({ value: f.name, label: `${f.name} · ${language === 'zh' ? f.zh : f.en}` })) },
			]} popupMatchSelectWidth={false} />
			{m.what === 'text' && <Input className="mono wide" aria-label={t.condition} value={m.text} onChange={(e) => put({ text: e.target.value })} />}
			{m.what === 'field' && <AutoComplete className="wide" aria-label={t.field} value={m.value} onChange={(value: string) => put({ value })} options={[...lets.map((value) => ({ value })), ...pathsOf(vocabulary, on, false)]} />}
			{windowed && !counts(m.what) && <><Select aria-label={t.field} style={{ minWidth: 110 }} value={m.value || undefined} onChange={(value: string) => put({ value })} options={options(fields(m.event))} /><span className="faint">{t.of}</span></>}
			{windowed && <Select aria-label={t.event} style={{ minWidth: 110 }} value={m.event} onChange={(event: string) => put({ event, value: '', key: fields(event)[0] ?? '' })} options={options(vocabulary.events.map((e) => e.name))} />}
			{windowed && <><span className="faint">{t.by}</span><Select aria-label={t.by} style={{ minWidth: 100 }} value={m.key} onChange={(key: string) => put({ key })} options={options(fields(m.event))} /><span className="faint">{t.over}</span><AutoComplete aria-label={t.over} style={{ width: 80 }} value={m.window} onChange={(window: string) => put({ window })} options={['10min', '1h', '1d', '7d', '30d'].map((value) => ({ value }))} /></>}
			{m.what !== 'text' && <><Select aria-label={t.op} style={{ width: 70 }} value={m.op} onChange={(op: string) => put({ op })} options={options(OPERATORS)} /><Input className="mono" aria-label={t.value} style={{ width: 110 }} value={m.right} onChange={(e) => put({ right: e.target.value })} /></>}
			<Button type="primary" size="small" disabled={!ready(m)} data-do="put-condition" onClick={() => { add(written(m)); set(null); }}>{t.write}</Button>
			<Button size="small" type="text" aria-label="✕" onClick={() => set(null)}>✕</Button>
		</div>
	);
}
