// rows.tsx - the rows of a rule's or an exemption's form: whom it watches, each condition, each action, the reason. A field is kept when it is left or Enter is pressed.
import { AutoComplete, Button, Input, InputNumber, Select } from 'antd';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { both, useLanguage, useTexts } from '../../i18n';
import { AddCondition, Condition } from './condition';
import type { Change } from './form';
import { addAction, addCondition, oneLine, partOf, partsOf, quoted, removeAction, removeCondition, replaced, setClause, setCondition, setMode, setReason, unquoted } from './spans';
import type { Declaration, Mode, Part, Vocabulary } from './types';
import { words } from './words';

const texts = both({
	name: '名称', mode: '状态', on: '事件', about: '针对', until: '截止', from: '豁免规则', when: '条件（同时满足）', then: '动作', every: '同一对象最短间隔', source: '依据来源', scam: '诈骗类别', zh: '理由（中文，{…} 为数值）', en: '理由（英文）', why: '理由与其他',
	alert: '预警等级', score: '分值', notify: '通知', basis: '法律依据', target: '对象', duration: '时长', remove: '删除', measure: '增加措施', addScore: '增加分值', addNotify: '增加通知', condition: (n: number) => `条件 ${n}`, and: '且', when1: '当', head: '基本信息', whom: '通知谁',
}, {
	name: 'Name', mode: 'Mode', on: 'Event', about: 'About', until: 'Until', from: 'From rules', when: 'Conditions (all hold)', then: 'Actions', every: 'At most once in', source: 'Source', scam: 'Class of fraud', zh: 'Reason in Chinese ({…} is a value)', en: 'Reason in English', why: 'Reason and more',
	alert: 'Grade', score: 'Score', notify: 'Notify', basis: 'Legal basis', target: 'Whom', duration: 'How long', remove: 'Remove', measure: 'Add a measure', addScore: 'Add a score', addNotify: 'Add a notice', condition: (n: number) => `Condition ${n}`, and: 'and', when1: 'when', head: 'Basics', whom: 'Who is told',
});

/** A text that is kept when it is left; what the text says meanwhile shows if nothing is being typed. */
export function Kept({ value, keep, label, mono = true, area = false, options, className }: { value: string; keep: (v: string) => void; label: string; mono?: boolean; area?: boolean; options?: { value: string }[]; className?: string }) {
	const [typed, type] = useState<string | null>(null);
	const waiting = useRef<string | null>(null);
	useEffect(() => { type((now) => (waiting.current !== null && now === waiting.current ? null : now)); waiting.current = null; }, [value]);
	const leave = (now: string | null) => {
		if (now === null) return;
		if (oneLine(now) === value) type(null);
		else { waiting.current = now; keep(oneLine(now)); }
	};
	const shared = { 'aria-label': label, value: typed ?? value, className: `${mono ? 'mono' : ''} ${className ?? ''}`, onBlur: () => leave(typed) };
	if (options !== undefined) return <AutoComplete {...shared} style={{ width: '100%' }} options={options} showSearch={{ filterOption: (text, o) => o?.value.includes(text) ?? false }} onChange={(v: string) => type(v)} onSelect={(v: string) => { type(v); leave(v); }} />;
	if (area) return <Input.TextArea {...shared} rows={1} onChange={(e) => type(e.target.value)} onPressEnter={(e) => { e.preventDefault(); leave(typed); }} />;
	return <Input {...shared} onChange={(e) => type(e.target.value)} onPressEnter={() => leave(typed)} />;
}
function Labelled({ label, children }: { label: string; children: ReactNode }) {
	return <div className="form-pair"><label><span aria-hidden="true">{label}</span>{children}</label></div>;
}
export interface FormProps { d: Declaration; declarations: Declaration[]; vocabulary: Vocabulary; edit: (change: Change) => void }

/** Sets the nth part of a name, or of the nth action's own parts. */
const set = (name: string, text: string, nth = 0): Change => (d) => {
	const p = partsOf(d, name)[nth];
	return p === undefined ? [] : replaced(p, text);
};
const setInner = (action: number, name: string, text: string): Change => (d) => {
	const p = partsOf(d, 'action')[action]?.parts?.find((x) => x.part === name);
	return p === undefined ? [] : replaced(p, text);
};
/** Paths that begin with a field of the event: caller, caller.holder. */
export function pathsOf(v: Vocabulary, event: string | undefined, entities: boolean): { value: string }[] {
	const kinds = new Map(v.entities.map((e) => [e.name, e]));
	const fields = v.events.find((e) => e.name === event)?.fields ?? [];
	return fields.flatMap((f) => [
		...(entities && !kinds.has(f.type) ? [] : [{ value: f.name }]),
		...(kinds.get(f.type)?.attributes ?? []).filter((a) => !entities || kinds.has(a.type)).map((a) => ({ value: `${f.name}.${a.name}` })),
	]);
}

function Basics({ d, declarations, vocabulary, edit, renamed }: FormProps & { renamed: (name: string) => void }) {
	const t = useTexts(texts), w = useTexts(words);
	const on = partOf(d, 'on')?.text;
	const rules = declarations.flatMap((x) => (x.kind === 'rule' && x.name !== null ? [x.name] : []));
	const exempts = (partOf(d, 'from')?.text ?? '').split(',').map((x) => x.trim());
	return (
		<fieldset className="form-rows"><legend>{t.head}</legend>
			<div className="form-pair">
				<label><span aria-hidden="true">{t.name}</span><Kept value={partOf(d, 'name')?.text ?? ''} label={t.name} keep={(v) => { renamed(v); edit(set('name', v)); }} /></label>
				{d.kind === 'rule' && <label><span aria-hidden="true">{t.mode}</span><Select<Mode> aria-label={t.mode} value={(partOf(d, 'mode')?.text || 'live') as Mode} onChange={(m) => edit((x) => setMode(x, m))} options={vocabulary.modes.map((m) => ({ value: m, label: w.mode[m] }))} /></label>}
				<label><span aria-hidden="true">{t.on}</span><Select aria-label={t.on} value={on} showSearch onChange={(v: string) => edit(set('on', v))} options={vocabulary.events.map((e) => ({ value: e.name, label: e.name }))} /></label>
				<label><span aria-hidden="true">{t.about}</span><Kept value={partOf(d, 'about')?.text ?? ''} label={t.about} options={pathsOf(vocabulary, on, true)} keep={(v) => edit(set('about', v))} /></label>
				{d.kind === 'exempt' && <label><span aria-hidden="true">{t.until}</span><Kept value={partOf(d, 'until')?.text ?? ''} label={t.until} keep={(v) => edit(set('until', v))} /></label>}
				{d.kind === 'exempt' && <label><span aria-hidden="true">{t.from}</span><Select mode="multiple" aria-label={t.from} value={exempts} onChange={(v: string[]) => { if (v.length > 0) edit(set('from', v.includes('all') && !exempts.includes('all') ? 'all' : v.filter((x) => x !== 'all' || v.length === 1).join(', '))); }} options={['all', ...rules].map((r) => ({ value: r, label: r }))} /></label>}
			</div>
		</fieldset>
	);
}
function Conditions({ d, vocabulary, declarations, edit }: FormProps) {
	const t = useTexts(texts);
	const all = partsOf(d, 'condition'), on = partOf(d, 'on')?.text;
	const lets = declarations.flatMap((x) => (x.kind === 'let' && x.name !== null ? [x.name] : []));
	return (
		<fieldset className="form-rows"><legend>{t.when}</legend>
			{all.map((c, i) => (
				<div key={`${i} ${all.length}`} className="form-row" data-condition={i}>
					<span className="join">{i === 0 ? t.when1 : t.and}</span>
					<Condition text={c.text} label={t.condition(i + 1)} vocabulary={vocabulary} on={on} lets={lets} keep={(v) => edit((x) => setCondition(x, i, v))} />
					<Button size="small" type="text" disabled={all.length === 1} aria-label={`${t.remove} ${t.condition(i + 1)}`} onClick={() => edit((x) => removeCondition(x, i))}>✕</Button>
				</div>
			))}
			<AddCondition vocabulary={vocabulary} on={on} lets={lets} add={(text) => edit((x) => addCondition(x, text))} />
		</fieldset>
	);
}
function Action({ p, i, d, vocabulary, edit }: FormProps & { p: Part; i: number }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const inner = (name: string): string | undefined => p.parts?.find((x) => x.part === name)?.text;
	const measure = vocabulary.measures.find((m) => m.name === p.action);
	const severity = vocabulary.severities.find((s) => s.name === inner('severity') || s.zh === inner('severity'))?.name;
	const on = partOf(d, 'on')?.text;
	return (
		<div className="form-row" data-action={p.action}>
			<span style={{ minWidth: 84 }}>{measure !== undefined ? (zh ? measure.zh : measure.name) : p.action === 'alert' ? t.alert : p.action === 'score' ? t.score : t.notify}</span>
			{p.action === 'alert' && <Select aria-label={t.alert} style={{ minWidth: 110 }} value={severity} onChange={(v: string) => edit(setInner(i, 'severity', v))} options={vocabulary.severities.map((s) => ({ value: s.name, label: <span className={`grade severity-${s.name}`}>{zh ? s.zh : s.name}</span> }))} />}
			{p.action === 'score' && <InputNumber aria-label={t.score} min={0} max={1000} precision={0} value={Number(inner('score'))} changeOnWheel={false} onChange={(v) => { if (v !== null) edit(setInner(i, 'score', String(v))); }} />}
			{p.action === 'notify' && <Kept className="wide" mono={false} value={unquoted(inner('whom') ?? '')} label={t.whom} keep={(v) => edit(setInner(i, 'whom', quoted(v)))} />}
			{measure !== undefined && <div style={{ width: 150 }}><Kept value={inner('target') ?? ''} label={t.target} options={pathsOf(vocabulary, on, true)} keep={(v) => edit(setInner(i, 'target', v))} /></div>}
			{inner('duration') !== undefined && <div style={{ width: 80 }}><Kept value={inner('duration') ?? ''} label={t.duration} keep={(v) => edit(setInner(i, 'duration', v))} /></div>}
			{measure !== undefined && <Kept className="wide" mono={false} value={unquoted(inner('basis') ?? '')} label={t.basis} keep={(v) => edit(setInner(i, 'basis', quoted(v)))} />}
			{p.action !== 'alert' && <Button size="small" type="text" aria-label={`${t.remove} ${p.text}`} onClick={() => edit((x) => removeAction(x, i))}>✕</Button>}
		</div>
	);
}
function Actions(props: FormProps) {
	const { d, vocabulary, edit } = props;
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const all = partsOf(d, 'action'), about = partOf(d, 'about')?.text ?? '';
	const add = (text: string) => edit((x) => addAction(x, text));
	return (
		<fieldset className="form-rows"><legend>{t.then}</legend>
			{all.map((p, i) => <Action key={`${i} ${p.action ?? ''} ${all.length}`} {...props} p={p} i={i} />)}
			<div className="form-row">
				<Select size="small" aria-label={t.measure} placeholder={t.measure} style={{ minWidth: 150 }} value={null} onChange={(m: string | null) => { if (m !== null) add(`propose ${m}(${about}${m === 'delay' ? ', 24h' : ''}) basis "反电信网络诈骗法"`); }} options={vocabulary.measures.map((m) => ({ value: m.name, label: zh ? m.zh : m.name }))} />
				{!all.some((p) => p.action === 'score') && <Button size="small" onClick={() => add('score 10')}>{t.addScore}</Button>}
				<Button size="small" onClick={() => add('notify "bank-desk"')}>{t.addNotify}</Button>
			</div>
		</fieldset>
	);
}
function Reasons({ d, edit }: FormProps) {
	const t = useTexts(texts);
	const value = (name: string): string => partOf(d, name)?.text ?? '';
	const text = (v: string): string => (v === '' ? '' : quoted(v));
	return (
		<fieldset className="form-rows"><legend>{t.why}</legend>
			<Labelled label={t.zh}><Kept area mono={false} value={unquoted(value('because_zh'))} label={t.zh} keep={(v) => edit((x, file) => setReason(x, 'zh', text(v), file))} /></Labelled>
			<Labelled label={t.en}><Kept area mono={false} value={unquoted(value('because_en'))} label={t.en} keep={(v) => edit((x, file) => setReason(x, 'en', text(v), file))} /></Labelled>
			<div className="form-pair">
				<label><span aria-hidden="true">{t.every}</span><Kept value={value('every')} label={t.every} keep={(v) => edit((x, file) => setClause(x, 'every', v, file))} /></label>
				<label><span aria-hidden="true">{t.scam}</span><Kept mono={false} value={unquoted(value('scam'))} label={t.scam} keep={(v) => edit((x, file) => setClause(x, 'scam', text(v), file))} /></label>
			</div>
			<Labelled label={t.source}><Kept area mono={false} value={unquoted(value('source'))} label={t.source} keep={(v) => edit((x, file) => setClause(x, 'source', text(v), file))} /></Labelled>
		</fieldset>
	);
}
export function RuleForm(props: FormProps & { renamed: (name: string) => void }) {
	return (
		<div className="stack">
			<Basics {...props} />
			<Conditions {...props} />
			{props.d.kind === 'rule' && <Actions {...props} />}
			{props.d.kind === 'rule' && <Reasons {...props} />}
		</div>
	);
}
