// verdict.tsx - what somebody found of an alert, right or wrong, with why: the service makes a label of it, so rules learn how often they were right. T and F on the keyboard.
import { useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { post } from '../api/client';
import { both, time, useLanguage, useTexts } from '../i18n';
import { useSession } from '../session';
import { useKeys } from '../ui/keys';
import { Mark } from '../ui/mark';
import { useRun } from '../ui/problems';
import type { Verdict } from './alert';
import { useName } from '../ui/who';

const texts = both({
	right: '报对了', wrong: '误报', title: '反馈', why: '理由', save: '提交', cancel: '取消', saved: '已反馈，计入规则的准确率', none: '未反馈', hint: '会留下记录，并作为标注计入规则。', needed: '请写明理由',
	rightWhy: ['电话核实，确系诈骗', '当事人确认被骗', '与已立案件一致', '银行核实异常'], wrongWhy: ['本人正常办理', '正常业务往来', '家人之间转账', '数据有误'],
}, {
	right: 'Right', wrong: 'False alarm', title: 'Verdict', why: 'Why', save: 'Send', cancel: 'Cancel', saved: 'Noted; it counts for the rule', none: 'No verdict', hint: 'It is recorded, and counts as a label for the rule.', needed: 'Say why',
	rightWhy: ['Confirmed by phone: a fraud', 'The person confirms the loss', 'Fits a case on file', 'The bank confirms it'], wrongWhy: ['Done by the holder, as usual', 'Ordinary business', 'A transfer in the family', 'The data are wrong'],
});

/** Those whom the service lets judge. */
export const useMayJudge = (): boolean => useSession().role('analyst', 'leader', 'quality');

export function VerdictTag({ verdict }: { verdict: Verdict | null | undefined }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const by = useName(verdict?.by);
	if (verdict === null || verdict === undefined) return <span className="faint">{t.none}</span>;
	return <Mark tone={verdict.verdict === 'true' ? 'good' : 'plain'} title={`${by} ${time(verdict.time, language)}`}>{verdict.verdict === 'true' ? `✓ ${t.right}` : `✗ ${t.wrong}`}</Mark>;
}

export interface Judging { id: string; verdict: 'true' | 'false' }
/** The dialog; `onDone` gets the verdict as it stands then. */
export function VerdictDialog({ judging, onClose, onDone }: { judging: Judging | null; onClose: () => void; onDone: (id: string, v: Verdict) => void }) {
	return judging === null ? null : <Dialog key={judging.id + judging.verdict} judging={judging} onClose={onClose} onDone={onDone} />;
}
function Dialog({ judging, onClose, onDone }: { judging: Judging; onClose: () => void; onDone: (id: string, v: Verdict) => void }) {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const [verdict, setVerdict] = useState(judging.verdict);
	const [why, setWhy] = useState('');
	const [busy, setBusy] = useState(false);
	const send = async () => {
		if (why.trim() === '' || busy) return;
		setBusy(true);
		const got = await run(() => post<{ verdict: Verdict }>(`/v1/alerts/${encodeURIComponent(judging.id)}/verdict`, { verdict, why: why.trim() }), t.saved);
		setBusy(false);
		if (got === undefined) return;
		void queries.invalidateQueries({ queryKey: ['explain'] });
		onDone(judging.id, got.verdict);
		onClose();
	};
	return (
		<Modal open title={<>{t.title} <span className="mono faint">{judging.id}</span></>} onCancel={onClose} onOk={() => void send()} okText={t.save} cancelText={t.cancel} confirmLoading={busy} okButtonProps={{ disabled: why.trim() === '' }} destroyOnHidden>
			<div className="stack">
				<Segmented block value={verdict} onChange={setVerdict} options={[{ value: 'true', label: `✓ ${t.right}` }, { value: 'false', label: `✗ ${t.wrong}` }]} />
				<label htmlFor="verdict-why">{t.why}</label>
				<Input.TextArea id="verdict-why" autoFocus maxLength={300} rows={3} value={why} placeholder={t.needed} onChange={(e) => setWhy(e.target.value)} onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void send(); }} />
				<div className="row">{(verdict === 'true' ? t.rightWhy : t.wrongWhy).map((w) => <Button key={w} size="small" onClick={() => setWhy(w)}>{w}</Button>)}</div>
				<p className="faint" style={{ margin: 0 }}>{t.hint}</p>
			</div>
		</Modal>
	);
}

/** Two buttons and their keys for one alert. */
export function VerdictButtons({ id, onDone }: { id: string; onDone?: (v: Verdict) => void }) {
	const t = useTexts(texts);
	const may = useMayJudge();
	const [judging, judge] = useState<Judging | null>(null);
	useKeys(may ? { t: () => judge({ id, verdict: 'true' }), f: () => judge({ id, verdict: 'false' }) } : {});
	if (!may) return null;
	return (
		<span className="row">
			<Button data-verdict="true" onClick={() => judge({ id, verdict: 'true' })}>✓ {t.right} <kbd className="key">T</kbd></Button>
			<Button data-verdict="false" onClick={() => judge({ id, verdict: 'false' })}>✗ {t.wrong} <kbd className="key">F</kbd></Button>
			<VerdictDialog judging={judging} onClose={() => judge(null)} onDone={(_, v) => onDone?.(v)} />
		</span>
	);
}
