// editor.tsx - the policy as text: checked while one types, tests at a key, what each rule costs beside it. Ctrl+S checks at once, Ctrl+Enter runs the tests.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { both, useTexts } from '../../i18n';
import { useRun } from '../../ui/problems';
import { later } from '../../ui/later';
import { Asked, Loading, Nothing } from '../../ui/states';
import { Bar } from './bar';
import { askVerdict, numberOf, runTests, useDraft, useOutline, useSettled, useVerdict, useVocabulary, type Drafting } from './data';
import { Complaints, Costs, Tests } from './said';
import type { Edition, File, TestRun } from './types';

const Text = later(() => import('./text'), Loading);
const texts = both({ keys: 'Ctrl+S 检查 · Ctrl+Enter 运行测试 · Ctrl+空格 补全 · Esc 后 Tab 离开编辑器', label: (p: string) => `策略文本 ${p}`, noFile: '没有文件；可新建一个' }, { keys: 'Ctrl+S checks · Ctrl+Enter runs tests · Ctrl+Space completes · Esc then Tab leaves the editor', label: (p: string) => `Policy text ${p}`, noFile: 'There is no file; make one' });

/** Runs tests of the files as they stand; what they said is kept with the files it is about. */
export function useTests(): { result: TestRun | null; of: File[] | null; busy: boolean; start: (files: File[]) => Promise<void> } {
	const run = useRun();
	const [state, set] = useState<{ result: TestRun | null; of: File[] | null; busy: boolean }>({ result: null, of: null, busy: false });
	const busy = useRef(false);
	const start = useCallback(async (files: File[]) => {
		if (busy.current) return;
		busy.current = true;
		set((s) => ({ ...s, busy: true }));
		const result = await run(() => runTests(files));
		busy.current = false;
		set((s) => (result === undefined ? { ...s, busy: false } : { result, of: files, busy: false }));
	}, [run]);
	return { ...state, start };
}
function useStudioKeys(check: () => void, test: () => void): void {
	useEffect(() => {
		const key = (e: KeyboardEvent) => {
			if (!(e.ctrlKey || e.metaKey) || e.altKey || e.shiftKey) return;
			if (e.key === 's') check();
			else if (e.key === 'Enter') test();
			else return;
			e.preventDefault();
			e.stopPropagation();
		};
		window.addEventListener('keydown', key, true);
		return () => window.removeEventListener('keydown', key, true);
	}, [check, test]);
}
function Writing({ drafting, inForce }: { drafting: Drafting; inForce: Edition }) {
	const t = useTexts(texts);
	const queries = useQueryClient();
	const run = useRun();
	const { draft, place, write } = drafting;
	const settled = useSettled(draft.files);
	const verdict = useVerdict(settled), outline = useOutline(settled), vocabulary = useVocabulary();
	const tests = useTests();
	const known = verdict.isPlaceholderData ? undefined : verdict.data;
	const fresh = settled === draft.files && known !== undefined;
	const check = useCallback(() => {
		const key = ['studio', 'verdict', numberOf(draft.files)];
		void run(async () => queries.setQueryData(key, await askVerdict(draft.files)));
	}, [draft.files, queries, run]);
	const start = tests.start;
	const test = useCallback(() => void start(draft.files), [start, draft.files]);
	useStudioKeys(check, test);
	const file = draft.files.find((f) => f.path === draft.path);
	const complaints = verdict.data?.ok === false ? verdict.data.errors.filter((c) => c.path === draft.path) : NONE;
	const declarations = outline.data?.declarations ?? NO_DECLARATIONS;
	const current = declarations.filter((d) => d.file === draft.path && d.kind === 'rule' && d.line <= draft.line).at(-1)?.name ?? null;
	return (
		<div className="stack">
			<Bar drafting={drafting} ready={fresh && known.ok} inForce={inForce} other="form" />
			<div className="studio-split">
				<div>
					{file === undefined ? <Nothing>{t.noFile}</Nothing> : <Text key={file.path} path={file.path} text={file.text} line={draft.line} label={t.label(file.path)} readOnly={false} complaints={complaints} vocabulary={vocabulary.data} declarations={declarations} onText={(text) => write(file.path, text)} onLine={(line) => place(file.path, line)} />}
					<p className="faint">{t.keys}</p>
				</div>
				<div className="stack">
					<Complaints verdict={verdict.data} fresh={fresh} place={place} />
					<Tests result={tests.result} busy={tests.busy} stale={tests.of !== draft.files} can={verdict.data?.ok !== false} run={test} place={place} />
					<Costs verdict={verdict.data} current={current} />
				</div>
			</div>
		</div>
	);
}
const NONE: never[] = [], NO_DECLARATIONS: never[] = [];
export function Editor() {
	const { of, drafting } = useDraft();
	return <Asked of={of}>{(inForce) => drafting !== undefined && <Writing drafting={drafting} inForce={inForce} />}</Asked>;
}
