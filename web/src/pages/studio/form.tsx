// form.tsx - rules as rows of a form over the very text: each field is a part of the text, and what a field changes are its bytes and no others. The places of parts are asked anew before each edit, so text and form
// can be written in turns.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Input } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { both, useTexts } from '../../i18n';
import { useRun } from '../../ui/problems';
import { Asked, Nothing } from '../../ui/states';
import { Panel } from '../../ui/page';
import { Bar } from './bar';
import { askOutline, outlineKey, useDraft, useOutline, useSettled, useVerdict, useVocabulary, type Draft, type Drafting } from './data';
import { useTests } from './editor';
import { RuleForm } from './rows';
import { Complaints, Costs, Tests } from './said';
import { edited, type Edit } from './spans';
import type { Declaration, Edition, Outline, Vocabulary } from './types';
import { ModeTag } from './words';

const texts = both({
	rules: '规则与豁免', search: '筛选', add: '新建规则', choose: '请选择一条规则', broken: '此处文本不完整，请在“文本”中修改', preview: '文本', exempt: '豁免', wait: '策略中没有可用的事件类型',
}, {
	rules: 'Rules and exemptions', search: 'Filter', add: 'New rule', choose: 'Choose a rule', broken: 'Its text breaks off: mend it as text', preview: 'As text', exempt: 'exemption', wait: 'The policy has no events',
});

/** What a form wants done to a declaration; given where its parts stand now and its file's text. */
export type Change = (d: Declaration, text: string) => Edit[];
const same = (a: Declaration, b: Declaration): boolean => a.kind === b.kind && a.file === b.file && a.name === b.name;

/* One edit after the other, each upon an outline of the text as it is then. */
function useEdits(drafting: Drafting): (d: Declaration, change: Change) => void {
	const queries = useQueryClient();
	const run = useRun();
	const chain = useRef<Promise<unknown>>(Promise.resolve());
	const now = useRef(drafting);
	now.current = drafting;
	return useCallback((d, change) => {
		chain.current = chain.current.then(() => run(async () => {
			const draft = queries.getQueryData<Draft | null>(['studio', 'draft']) ?? now.current.draft;
			const outline = await queries.fetchQuery<Outline>({ queryKey: outlineKey(draft.files), staleTime: Infinity, queryFn: ({ signal }) => askOutline(draft.files, signal) });
			const found = outline.declarations.find((x) => same(x, d)), file = draft.files.find((f) => f.path === d.file);
			if (found !== undefined && file !== undefined) {
				const text = edited(file.text, change(found, file.text));
				if (text !== file.text) now.current.write(file.path, text);
			}
		}));
	}, [queries, run]);
}
const freeName = (declarations: Declaration[]): string => {
	for (let i = 1; ; i++) if (!declarations.some((d) => d.name === `new_rule_${i}`)) return `new_rule_${i}`;
};
function template(name: string, v: Vocabulary): string | null {
	const event = v.events.find((e) => e.name === 'call') ?? v.events[0];
	const field = event?.fields.find((f) => v.entities.some((e) => e.name === f.type));
	return event === undefined || field === undefined ? null
		: `\nrule ${name} shadow on ${event.name} about ${field.name}\n  when count(${event.name} by ${field.name} over 1h) >= 30\n  then alert blue, score 10\n  every 1d\n  because en "{count(${event.name} by ${field.name} over 1h)} within an hour" zh "一小时内{count(${event.name} by ${field.name} over 1h)}次"\n`;
}
function Choice({ all, chosen, choose, add }: { all: Declaration[]; chosen: Declaration | undefined; choose: (d: Declaration) => void; add: () => void }) {
	const t = useTexts(texts);
	const [text, search] = useState('');
	return (
		<Panel title={t.rules} extra={<Button size="small" data-do="new-rule" onClick={add}>{t.add}</Button>}>
			<Input allowClear size="small" aria-label={t.search} placeholder={t.search} value={text} onChange={(e) => search(e.target.value)} />
			<ul className="form-list">{all.filter((d) => (d.name ?? '').includes(text)).map((d) => (
				<li key={`${d.file} ${d.from}`}><button type="button" aria-pressed={d === chosen} data-name={d.name} onClick={() => choose(d)}><span className="mono grow" style={{ overflowWrap: 'anywhere' }}>{d.name ?? '?'}</span>{d.kind === 'exempt' && <span className="faint">{t.exempt}</span>}</button></li>
			))}</ul>
		</Panel>
	);
}
function Builder({ drafting, inForce, vocabulary }: { drafting: Drafting; inForce: Edition; vocabulary: Vocabulary }) {
	const t = useTexts(texts);
	const { draft, place } = drafting;
	const settled = useSettled(draft.files);
	const outline = useOutline(draft.files), verdict = useVerdict(settled);
	const tests = useTests();
	const edit = useEdits(drafting);
	const wanted = useRef<string | null>(null); // a name that a form gave, or a rule just made: it is followed when it is there
	const all = useMemo(() => (outline.data?.declarations ?? []).filter((d) => d.kind === 'rule' || d.kind === 'exempt'), [outline.data]);
	const inFile = all.filter((d) => d.file === draft.path);
	const chosen = inFile.filter((d) => d.line <= draft.line).at(-1) ?? inFile[0];
	useEffect(() => {
		const d = all.find((x) => x.name === wanted.current);
		if (wanted.current !== null && d !== undefined) { wanted.current = null; place(d.file, d.line); }
	}, [all, place]);
	const add = () => {
		const name = freeName(outline.data?.declarations ?? []), text = template(name, vocabulary), file = draft.files.find((f) => f.path === draft.path);
		if (text === null || file === undefined) return;
		wanted.current = name;
		drafting.write(file.path, `${file.text}${file.text.endsWith('\n') || file.text === '' ? '' : '\n'}${text}`);
	};
	const fresh = settled === draft.files && !verdict.isPlaceholderData && verdict.data !== undefined;
	const file = draft.files.find((f) => f.path === chosen?.file);
	return (
		<div className="stack">
			<Bar drafting={drafting} ready={fresh && verdict.data?.ok === true} inForce={inForce} other="editor" />
			<div className="form-split">
				<Choice all={inFile} chosen={chosen} choose={(d) => place(d.file, d.line)} add={add} />
				<div className="studio-split">
					{chosen === undefined || file === undefined ? <Nothing>{t.choose}</Nothing> : (
						<Panel title={<span className="row"><span className="mono">{chosen.name}</span>{chosen.kind === 'rule' && <ModeTag mode={(chosen.parts.find((p) => p.part === 'mode')?.text || 'live') as 'live'} />}</span>}>
							{chosen.whole ? <RuleForm key={`${chosen.file} ${chosen.kind} ${chosen.name ?? ''}`} d={chosen} declarations={outline.data?.declarations ?? []} vocabulary={vocabulary} edit={(change) => edit(chosen, change)} renamed={(name) => { wanted.current = name; }} /> : <Alert type="warning" title={t.broken} />}
						</Panel>
					)}
					<div className="stack">
						<Complaints verdict={verdict.data} fresh={fresh} place={place} />
						<Preview d={chosen} outline={outline.data} />
						<Tests result={tests.result} busy={tests.busy} stale={tests.of !== draft.files} can={verdict.data?.ok !== false} run={() => void tests.start(draft.files)} place={place} />
						<Costs verdict={verdict.data} current={chosen?.name ?? null} />
					</div>
				</div>
			</div>
		</div>
	);
}
/* The text that the form writes, as it stands. */
function Preview({ d, outline }: { d: Declaration | undefined; outline: Outline | undefined }) {
	const t = useTexts(texts);
	const { drafting } = useDraft();
	const text = drafting?.draft.files.find((f) => f.path === d?.file)?.text;
	if (d === undefined || text === undefined || outline === undefined) return null;
	const bytes = new TextEncoder().encode(text).subarray(d.from, d.to);
	return <Panel title={t.preview}><pre className="rule-text" data-preview>{new TextDecoder().decode(bytes)}</pre></Panel>;
}
export function Form() {
	const { of, drafting } = useDraft();
	const vocabulary = useVocabulary();
	return <Asked of={of}>{(inForce) => <Asked of={vocabulary}>{(v) => drafting !== undefined && <Builder drafting={drafting} inForce={inForce} vocabulary={v} />}</Asked>}</Asked>;
}
