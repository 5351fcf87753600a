// batch.tsx - one step on all chosen warnings: issue them to a district, transfer them, agree, review.
import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { DeskObject } from '../../api/types';
import { useBatch } from '../../desk/act';
import { DISTRICTS, named, useLanguage, useTexts } from '../../i18n';
import { useMachine, useSession } from '../../session';
import { texts } from './texts';

const STEPS: { step: string; from: string[]; district?: boolean; note?: boolean }[] = [
	{ step: 'issue', from: ['graded'], district: true },
	{ step: 'transfer', from: ['issued', 'signed', 'contacted', 'visiting'], district: true },
	{ step: 'accept-transfer', from: ['transferring'] },
	{ step: 'refuse-transfer', from: ['transferring'], note: true },
	{ step: 'review', from: ['fed-back'] },
	{ step: 'send-back', from: ['fed-back', 'reviewed'], note: true },
	{ step: 'upgrade', from: ['issued', 'signed', 'contacted', 'visiting'] },
];

export function BatchBar({ chosen, clear }: { chosen: DeskObject[]; clear: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { may } = useSession();
	const machine = useMachine('warning');
	const batch = useBatch('warning');
	const [asking, ask] = useState<(typeof STEPS)[number] | null>(null);
	const [busy, setBusy] = useState(false);
	const fits = (s: (typeof STEPS)[number]): DeskObject[] => chosen.filter((o) => s.from.includes(o.state.name));
	const go = async (s: (typeof STEPS)[number], fields: { district?: number; note?: string }) => {
		const body = s.step === 'transfer' ? { to_district: fields.district } : s.district === true ? { district: fields.district } : { note: fields.note };
		const given = Object.fromEntries(Object.entries(body).filter(([, v]) => v !== undefined && v !== ''));
		setBusy(true);
		const got = await batch(fits(s).map((o) => ({ object: o.id, step: s.step, version: o.version, fields: given })), t.done);
		setBusy(false);
		if (got === undefined) return;
		ask(null);
		clear();
	};
	const name = (step: string): string => named(machine.steps.find((s) => s.name === step), language);
	return (
		<div className="row batch" role="toolbar" aria-label={t.chosen(chosen.length)}>
			<strong>{t.chosen(chosen.length)}</strong>
			{STEPS.filter((s) => may('warning', s.step) && fits(s).length > 0).map((s) => <Button key={s.step} data-batch={s.step} disabled={busy} onClick={() => (s.district === true || s.note === true ? ask(s) : void go(s, {}))}>{name(s.step)} ({fits(s).length})</Button>)}
			<Button type="text" onClick={clear}>{t.clear}</Button>
			<Modal open={asking !== null} title={asking === null ? '' : `${name(asking.step)} (${fits(asking).length})`} footer={null} onCancel={() => ask(null)} destroyOnHidden>
				<Form layout="vertical" onFinish={(f: { district?: number; note?: string }) => { if (asking !== null) void go(asking, f); }}>
					{asking?.district === true && <Form.Item name="district" label={asking.step === 'transfer' ? t.transferTo : t.issueTo} rules={[{ required: asking.step === 'transfer' }]}><Select allowClear autoFocus placeholder={t.keep} options={Object.entries(DISTRICTS).map(([n, d]) => ({ value: Number(n), label: named(d, language) }))} /></Form.Item>}
					{asking?.note === true && <Form.Item name="note" label={t.note} rules={[{ required: true }]}><Input autoFocus maxLength={500} /></Form.Item>}
					<Button type="primary" htmlType="submit" loading={busy}>{t.send}</Button>
				</Form>
			</Modal>
		</div>
	);
}
