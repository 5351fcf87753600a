// reveal.tsx - asks what somebody wants to see in plain for; the service writes it down before it shows anything.
import { Button, Form, Input, Modal } from 'antd';
import { post } from '../api/client';
import { both, useTexts } from '../i18n';
import { useRun } from '../ui/problems';

const texts = both({ reveal: '查看明文', purpose: '用途', caseNo: '案件编号', purposeHint: '查看会留下记录', ok: '查看' }, { reveal: 'Show in plain', purpose: 'Purpose', caseNo: 'Case', purposeHint: 'That you look is recorded', ok: 'Show' });
export interface Why { purpose: string; case: string }
export interface Revealed { act: number; plain: Record<string, string | null> }

/** onWhy: what is looked at is fetched elsewhere, with the purpose. */
export default function RevealDialog({ object, onClose, onShown, onWhy }: { object: string; onClose: () => void; onShown?: (r: Revealed) => void; onWhy?: (why: Why) => void }) {
	const t = useTexts(texts);
	const run = useRun();
	const look = async (f: Why) => {
		if (onWhy !== undefined) return onWhy(f);
		const got = await run(() => post<Revealed>('/v1/desk/views', { object, ...f }));
		if (got !== undefined) onShown?.(got);
	};
	return (
		<Modal open title={t.reveal} onCancel={onClose} footer={null} destroyOnHidden>
			<p className="faint">{t.purposeHint}</p>
			<Form layout="vertical" onFinish={(f: Why) => void look(f)}>
				<Form.Item name="purpose" label={t.purpose} rules={[{ required: true }]}><Input maxLength={200} autoFocus /></Form.Item>
				<Form.Item name="case" label={t.caseNo} rules={[{ required: true }]}><Input maxLength={200} /></Form.Item>
				<Button type="primary" htmlType="submit">{t.ok}</Button>
			</Form>
		</Modal>
	);
}
