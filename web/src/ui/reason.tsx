// reason.tsx - a button for what is kept with its reason: it asks why before it does anything.
import { Button, Form, Input, Modal } from 'antd';
import { useState, type ReactNode } from 'react';
import { both, useTexts } from '../i18n';

const texts = both({ why: '理由', kept: '理由与经办人将一并留存', needed: '请填写理由', ok: '确定', cancel: '取消' }, { why: 'Reason', kept: 'The reason is kept with who acted', needed: 'A reason is needed', ok: 'Confirm', cancel: 'Cancel' });

/** `act` gets the reason and tells whether it is done; then the dialog goes. Otherwise it stays with what was typed. */
export function WithReason({ label, title, act, danger = false, primary = false, disabled = false, children, name }: {
	label: string; title?: string; act: (why: string) => Promise<boolean>; danger?: boolean; primary?: boolean; disabled?: boolean; children?: ReactNode; name?: string;
}) {
	const t = useTexts(texts);
	const [open, setOpen] = useState(false);
	const [busy, setBusy] = useState(false);
	const finish = async (why: string) => {
		setBusy(true);
		if (await act(why.trim())) setOpen(false);
		setBusy(false);
	};
	return (
		<>
			<Button size="small" danger={danger} type={primary ? 'primary' : 'default'} disabled={disabled} data-act={name} onClick={(e) => { e.stopPropagation(); setOpen(true); }}>{label}</Button>
			<span role="presentation" onClick={(e) => e.stopPropagation()} onKeyDown={(e) => e.stopPropagation()}>
				{open && (
					<Modal open title={title ?? label} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
						{children}
						<Form layout="vertical" onFinish={(f: { why: string }) => void finish(f.why)}>
							<Form.Item name="why" label={t.why} extra={t.kept} rules={[{ required: true, whitespace: true, message: t.needed }]}><Input.TextArea autoFocus maxLength={300} rows={2} /></Form.Item>
							<div className="row"><Button type="primary" danger={danger} htmlType="submit" loading={busy}>{t.ok}</Button><Button onClick={() => setOpen(false)}>{t.cancel}</Button></div>
						</Form>
					</Modal>
				)}
			</span>
		</>
	);
}
