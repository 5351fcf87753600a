// outcome.tsx - what came of a call: the outcome is chosen by its digit, a note may be written, Enter sends.
import { Form, Input, InputNumber, Modal, Select } from 'antd';
import { useState } from 'react';
import { named, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { texts } from './texts';

export interface Fed { note?: string; scam?: string; amount?: number }
export default function OutcomeDialog({ outcome, scam, onClose, onSend }: { outcome: string; scam: string; onClose: () => void; onSend: (fed: Fed) => Promise<boolean> }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { fields } = useMachine('warning');
	const [form] = Form.useForm<Fed>();
	const [busy, setBusy] = useState(false);
	const choices = (name: string) => fields.find((f) => f.name === name)?.choices ?? [];
	const finish = async (fed: Fed) => {
		setBusy(true);
		if (await onSend(fed)) onClose();
		setBusy(false);
	};
	return (
		<Modal open title={`${t.outcome}: ${named(choices('outcome').find((c) => c.name === outcome), language)}`} okText={t.send} cancelText={t.cancel} onCancel={onClose} onOk={() => form.submit()} confirmLoading={busy} destroyOnHidden>
			<Form form={form} layout="vertical" preserve={false} initialValues={{ scam: scam === 'unknown' ? undefined : scam }} onFinish={(f) => void finish(f)}>
				<Form.Item name="note" label={t.note} extra={t.noteHint}><Input autoFocus maxLength={500} autoComplete="off" onPressEnter={() => form.submit()} /></Form.Item>
				<Form.Item name="scam" label={t.scam}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={choices('scam').map((c) => ({ value: c.name, label: named(c, language) }))} /></Form.Item>
				<Form.Item name="amount" label={t.amountAsked}><InputNumber prefix="¥" min={0} precision={2} style={{ width: '100%' }} /></Form.Item>
			</Form>
		</Modal>
	);
}
