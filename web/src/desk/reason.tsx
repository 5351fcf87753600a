// reason.tsx - why somebody is looked at: asked once before anything is shown, kept while the page is open, and sent with each question, because each is an act in the journal.
import { Button, Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { both, useTexts } from '../i18n';

export interface Reason { reason: string; case: string }
const texts = both({
	reason: '用途', caseNo: '案件编号', why: '查询会留下记录：谁、为何、查了谁。不要在用途中写号码。', needed: '请写明用途', digits: '不要写号码（连续数字不得超过6位）', look: '查询', placeholder: '如：核查报警人转出的资金',
}, {
	reason: 'Purpose', caseNo: 'Case', why: 'Looking is recorded: who, why, about whom. Write no numbers into the purpose.', needed: 'Say what for', digits: 'No numbers: at most six digits in a row', look: 'Look', placeholder: 'For example: follow the money of a report',
});

/** Two fields that any form can have; `reason` and `case`. */
export function ReasonFields({ optional = false }: { optional?: boolean }) {
	const t = useTexts(texts);
	const digits = { pattern: /^(?!.*\d{7})[\s\S]*$/, message: t.digits };
	return (
		<>
			<Form.Item name="reason" label={t.reason} rules={[{ required: !optional, message: t.needed }, digits]}><Input maxLength={300} placeholder={t.placeholder} autoComplete="off" /></Form.Item>
			<Form.Item name="case" label={t.caseNo} rules={[digits]}><Input maxLength={100} autoComplete="off" className="mono" /></Form.Item>
		</>
	);
}
/** Asks before the first look; then shows what was asked for. */
export function AfterReason({ reason, onReason, children }: { reason: Reason | null; onReason: (r: Reason) => void; children: (r: Reason) => ReactNode }) {
	const t = useTexts(texts);
	if (reason !== null) return <>{children(reason)}</>;
	return (
		<Form layout="vertical" style={{ maxWidth: 480 }} onFinish={(f: Partial<Reason>) => onReason({ reason: f.reason ?? '', case: f.case ?? '' })} requiredMark={false}>
			<p className="faint">{t.why}</p>
			<ReasonFields />
			<Button type="primary" htmlType="submit">{t.look}</Button>
		</Form>
	);
}
/** As the body of a question has it: no case rather than an empty one. */
export const reasonBody = (r: Reason): { reason: string; case?: string } => (r.case === '' ? { reason: r.reason } : r);
