// account.tsx - one's own password, changed in a dialog. The other sessions of the user end with it; this one stays.
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { post } from './api/client';
import { both, useTexts } from './i18n';
import { useRun } from './ui/problems';

const texts = both({
	title: '修改口令', old: '原口令', fresh: '新口令', again: '再输一次', rule: '12 至 128 个字节；越长越好，可用一句话', differ: '两次输入不一致', needed: '请填写', ok: '修改', done: '口令已修改；其他设备上的登录已失效',
}, {
	title: 'Change password', old: 'Present password', fresh: 'New password', again: 'Once more', rule: '12 to 128 bytes; long is good, a sentence will do', differ: 'The two are not the same', needed: 'Needed', ok: 'Change', done: 'Changed; your sessions elsewhere have ended',
});
const bytes = (z: string): number => new TextEncoder().encode(z).length;

export default function Account({ onClose }: { onClose: () => void }) {
	const t = useTexts(texts);
	const run = useRun();
	const [busy, setBusy] = useState(false);
	const change = async (f: { old: string; password: string }) => {
		setBusy(true);
		const done = await run(() => post('/v1/password', { old: f.old, password: f.password }), t.done);
		setBusy(false);
		if (done !== undefined) onClose();
	};
	return (
		<Modal open title={t.title} onCancel={onClose} footer={null} destroyOnHidden>
			<Form name="password" layout="vertical" onFinish={(f: { old: string; password: string }) => void change(f)}>
				<Form.Item name="old" label={t.old} rules={[{ required: true, message: t.needed }]}><Input.Password autoComplete="current-password" autoFocus /></Form.Item>
				<Form.Item name="password" label={t.fresh} extra={t.rule} rules={[{ required: true, message: t.needed }, { validator: (_, v: string | undefined) => (v === undefined || (bytes(v) >= 12 && bytes(v) <= 128) ? Promise.resolve() : Promise.reject(new Error(t.rule))) }]}>
					<Input.Password autoComplete="new-password" />
				</Form.Item>
				<Form.Item name="again" label={t.again} dependencies={['password']} rules={[{ required: true, message: t.needed }, ({ getFieldValue }) => ({ validator: (_, v: string) => (v === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t.differ))) })]}>
					<Input.Password autoComplete="new-password" />
				</Form.Item>
				<Button type="primary" htmlType="submit" loading={busy}>{t.ok}</Button>
			</Form>
		</Modal>
	);
}
