// propose.tsx - a change of the policy as a proposal: what differs from what is in force, and why. Somebody else approves it.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Form, Input, Modal } from 'antd';
import { useLocation } from 'wouter';
import { post } from '../../api/client';
import { both, useTexts } from '../../i18n';
import { FilesDiff } from '../../ui/diff';
import { useRun } from '../../ui/problems';
import type { Change, File } from './types';

const texts = both(
	{ title: '提交变更', why: '变更理由', hint: '提交后由另一人核对差异并审批，审批前现行策略不变。', send: '提交审批', cancel: '取消', needed: '请说明理由', sent: '已提交，等待他人审批' },
	{ title: 'Propose a change', why: 'Why', hint: 'Somebody else compares and approves it; until then the policy in force stays.', send: 'Propose', cancel: 'Cancel', needed: 'Say why', sent: 'Proposed; somebody else has to approve it' },
);
export interface Asking { change: Change; what: string; old?: File[]; now?: File[] }
export function Propose({ ask, onClose }: { ask: Asking | null; onClose: () => void }) {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const [, go] = useLocation();
	const [form] = Form.useForm<{ why: string }>();
	const send = async ({ why }: { why: string }) => {
		if (ask === null) return;
		const made = await run(() => post<{ id: number }>('/v1/policies/proposals', { ...ask.change, why }), t.sent);
		if (made === undefined) return;
		await queries.invalidateQueries({ queryKey: ['policies', 'proposals'] });
		onClose();
		go(`/studio/proposals`);
	};
	return (
		<Modal open={ask !== null} title={t.title} width={ask?.now === undefined ? 520 : 960} okText={t.send} cancelText={t.cancel} onCancel={onClose} onOk={form.submit} destroyOnHidden>
			<div className="stack">
				<strong>{ask?.what}</strong>
				<Alert type="info" title={t.hint} />
				{ask?.now !== undefined && <FilesDiff old={ask.old ?? []} now={ask.now} />}
				<Form form={form} layout="vertical" onFinish={(f: { why: string }) => void send(f)}>
					<Form.Item name="why" label={t.why} rules={[{ required: true, whitespace: true, message: t.needed }]}><Input.TextArea autoFocus maxLength={300} rows={2} /></Form.Item>
				</Form>
			</div>
		</Modal>
	);
}
