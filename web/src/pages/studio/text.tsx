// text.tsx - a policy's file in an editor: colours, completion, errors where they stand. Ctrl+S and Ctrl+Enter are the page's; Tab leaves the editor after Escape, as for any field that takes tabs.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { useLanguage } from '../../i18n';
import { nonce } from '../../nonce';
import { completer, policyColours, policyLanguage } from './language';
import type { Complaint, Declaration, Vocabulary } from './types';

const look = EditorView.theme({
	'&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--front)', color: 'var(--text)' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
	'.cm-content': { caretColor: 'var(--text)' },
	'.cm-cursor': { borderLeftColor: 'var(--text)' },
	'.cm-gutters': { backgroundColor: 'var(--back)', color: 'var(--faint)', border: 'none', borderRight: '1px solid var(--line)' },
	'.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
	'.cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 12%, transparent)', color: 'var(--text)' },
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)' },
	'.cm-tooltip': { backgroundColor: 'var(--front)', color: 'var(--text)', border: '1px solid var(--line)', maxWidth: 'min(560px, 92vw)' },
	'.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--front)' },
	'.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': { color: 'var(--front)' },
	'.cm-completionDetail': { color: 'var(--faint)', fontStyle: 'normal' },
	'.cm-completionInfo': { whiteSpace: 'pre-wrap' },
	'.cm-matchingBracket': { outline: '1px solid var(--accent)' },
});

/* Columns are characters from 1; the editor counts UTF-16 units. What is marked goes to the end of the word. */
function diagnosticsOf(state: EditorState, complaints: Complaint[]): Diagnostic[] {
	return complaints.flatMap((c): Diagnostic[] => {
		if (c.line === undefined || c.line > state.doc.lines) return [];
		const line = state.doc.line(c.line);
		const from = Math.min(line.to, line.from + [...line.text].slice(0, (c.column ?? 1) - 1).join('').length);
		const length = /^(?:"(?:\\.|[^"\\])*"?|[\p{L}\p{N}_.]+|\S)/u.exec(state.sliceDoc(from, line.to))?.[0].length ?? 0;
		return [{ from, to: from + length, severity: c.kind === 'note' ? 'warning' : 'error', message: c.message }];
	});
}

export interface TextProps {
	path: string; text: string; line: number; label: string; readOnly: boolean;
	complaints: Complaint[]; vocabulary: Vocabulary | undefined; declarations: Declaration[];
	onText(text: string): void;
	onLine(line: number): void;
}
export default function Text(p: TextProps) {
	const language = useLanguage();
	const at = useRef<HTMLDivElement>(null);
	const view = useRef<EditorView | null>(null);
	const now = useRef({ ...p, language });
	now.current = { ...p, language };
	useEffect(() => {
		if (at.current === null) return;
		const made = new EditorView({
			parent: at.current,
			state: EditorState.create({
				doc: now.current.text,
				extensions: [
					EditorView.cspNonce.of(nonce), lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(), bracketMatching(), closeBrackets(),
					policyLanguage, syntaxHighlighting(policyColours), look, indentUnit.of('  '), EditorView.lineWrapping, EditorState.readOnly.of(p.readOnly),
					EditorView.contentAttributes.of({ 'aria-label': p.label, spellcheck: 'false', tabindex: '0' }),
					autocompletion({ override: [completer(() => (now.current.vocabulary === undefined ? null : { vocabulary: now.current.vocabulary, declarations: now.current.declarations, language: now.current.language }))] }),
					keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap.filter((k) => k.key !== 'Mod-Enter'), indentWithTab]),
					EditorView.updateListener.of((u) => {
						if (u.docChanged) now.current.onText(u.state.doc.toString());
						else if (u.selectionSet) now.current.onLine(u.state.doc.lineAt(u.state.selection.main.head).number);
					}),
				],
			}),
		});
		view.current = made;
		return () => { made.destroy(); view.current = null; };
	}, [p.path, p.label, p.readOnly]);
	useEffect(() => { // what a form or a reset wrote
		const v = view.current;
		if (v !== null && v.state.doc.toString() !== p.text) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: p.text } });
	}, [p.text]);
	useEffect(() => {
		const v = view.current;
		if (v !== null) v.dispatch(setDiagnostics(v.state, diagnosticsOf(v.state, p.complaints)));
	}, [p.complaints, p.path, p.label]);
	useEffect(() => { // where somebody asked to look
		const v = view.current;
		if (v === null || p.line > v.state.doc.lines || v.state.doc.lineAt(v.state.selection.main.head).number === p.line) return;
		const from = v.state.doc.line(p.line).from;
		v.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'start', yMargin: 40 }) });
	}, [p.line, p.path, p.label]);
	return <div ref={at} className="editor" data-editor={p.path} />;
}
