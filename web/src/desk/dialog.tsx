// dialog.tsx - a step as a form, made from the tables: which fields it needs and takes, of which type, with which choices. What the service refuses is shown in its own words, and what was typed stays.
import { App, Button, Form, Input, InputNumber, Modal, Select, Upload } from 'antd';
import { useMemo, useState, type ReactNode } from 'react';
import { once, Problem } from '../api/client';
import type { Field, Machine, OpenStep } from '../api/types';
import { both, DISTRICTS, named, useLanguage, useTexts } from '../i18n';
import DatePicker from '../ui/date-picker';
import { send, uploadFile, type StepDialogProps } from './step';

const texts = both({
	confirm: '确定', cancel: '取消', needed: '请填写', upload: '选择文件', done: '已完成', identifier: '号码、账号或编号', positions: '日志序号，逗号分隔', id: '对象编号', basis: '依据', eyes: '提交后需另一人审批',
	changed: '已被他人修改，请核对最新状态后再操作', nobody: '提示', seconds: '秒',
}, {
	confirm: 'Confirm', cancel: 'Cancel', needed: 'Needed', upload: 'Choose a file', done: 'Done', identifier: 'Number, account or id', positions: 'Positions of the journal, with commas', id: 'Id of an object', basis: 'Basis', eyes: 'Somebody else has to approve it',
	changed: 'Somebody else was faster: look at the present state first', nobody: 'Note', seconds: 's',
});

const ONE_LINE = /^(title|name|place|signed|chair|receipt|holder|victim_name|payee_name)/; // texts that are never longer
function FileInput({ value, onChange, id }: { value?: string; onChange?: (v: string) => void; id?: string }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const { message } = App.useApp();
	return (
		<Upload id={id} maxCount={1} accept="image/jpeg,image/png,application/pdf" showUploadList={false}
			beforeUpload={async (f) => {
				try { onChange?.(await uploadFile(f)); } catch (e) { void message.error(e instanceof Problem ? e.says(zh) : String(e)); }
				return Upload.LIST_IGNORE;
			}}>
			<Button>{value === undefined ? t.upload : `✓ ${value.slice(0, 8)}`}</Button>
		</Upload>
	);
}

/** The control of a field; Form.Item gives it value and onChange. */
export function useControl(): (field: Field) => ReactNode {
	const language = useLanguage();
	const t = useTexts(texts);
	return (field) => {
		if (field.name === 'district') return <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={Object.entries(DISTRICTS).map(([n, d]) => ({ value: Number(n), label: named(d, language) }))} />;
		if (field.type === 'integer' && field.min === 0 && field.max === 1) return <Select allowClear options={[{ value: 1, label: language === 'zh' ? '是' : 'Yes' }, { value: 0, label: language === 'zh' ? '否' : 'No' }]} />;
		switch (field.type) {
			case 'choice': return <Select allowClear showSearch={{ optionFilterProp: 'label' }} options={(field.choices ?? []).map((c) => ({ value: c.name, label: named(c, language) }))} />;
			case 'money': return <InputNumber prefix="¥" min={0} precision={2} style={{ width: '100%' }} />;
			case 'integer': return <InputNumber min={field.min} max={field.max} precision={0} style={{ width: '100%' }} />;
			case 'duration': return <InputNumber suffix={t.seconds} min={0} precision={0} style={{ width: '100%' }} />;
			case 'time': return <DatePicker showTime style={{ width: '100%' }} />;
			case 'file': return <FileInput />;
			case 'sealed': case 'text': return ONE_LINE.test(field.name) ? <Input /> : <Input.TextArea rows={2} />;
			case 'positions': return <Input placeholder={t.positions} className="mono" />;
			case 'entity': return <Input placeholder={t.identifier} className="mono" autoComplete="off" />;
			case 'object': return <Input placeholder={t.id} className="mono" />;
			default: return <Input />;
		}
	};
}

/** Fields of a form, those that a step needs first. */
export function StepFields({ machine, step, hidden }: { machine: Machine; step: OpenStep; hidden?: Record<string, unknown> }) {
	const language = useLanguage();
	const t = useTexts(texts);
	const control = useControl();
	const field = (name: string): Field | undefined => machine.fields.find((f) => f.name === name);
	return <>{[...step.needs, ...step.takes].filter((n) => !(hidden !== undefined && n in hidden)).map((n) => {
		const f = field(n);
		if (f === undefined) return null;
		return <Form.Item key={n} name={n} label={named(f, language)} rules={step.needs.includes(n) ? [{ required: true, message: t.needed }] : []}>{control(f)}</Form.Item>;
	})}</>;
}

export default function StepForm({ ask, onDone, onClose }: StepDialogProps) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { message } = App.useApp();
	const [form] = Form.useForm<Record<string, unknown>>();
	const [busy, setBusy] = useState(false);
	const key = useMemo(() => (ask === null ? '' : once()), [ask]); // one intention, however often it is sent
	const step = ask === null ? undefined : ask.object?.steps?.find((s) => s.name === ask.step) ?? ask.machine.steps.find((s) => s.name === ask.step);
	const table = ask?.machine.steps.find((s) => s.name === ask.step);
	if (ask === null || step === undefined) return null;
	const finish = async (fields: Record<string, unknown>) => {
		setBusy(true);
		try {
			const done = await send(ask.machine, ask.step, { ...fields, ...ask.hidden }, ask.object, key);
			if (done.warning !== undefined) void message.warning(language === 'zh' ? done.warning.message_zh : done.warning.message_en, 8);
			else void message.success(t.done);
			onDone(done);
		} catch (e) {
			if (e instanceof Problem && e.status === 412) void message.error(t.changed, 6);
			else if (e instanceof Problem && typeof e.body.field === 'string' && form.getFieldInstance(e.body.field) !== undefined) form.setFields([{ name: e.body.field, errors: [e.says(language === 'zh')] }]);
			else void message.error(e instanceof Problem ? e.says(language === 'zh') : String(e), 8);
		}
		setBusy(false);
	};
	return (
		<Modal open title={<>{named(step, language)}{ask.object !== undefined && <span className="faint mono"> {ask.object.id}</span>}</>} okText={t.confirm} cancelText={t.cancel} onCancel={onClose} onOk={() => form.submit()} confirmLoading={busy} destroyOnHidden>
			{table?.proposes === true && <p className="faint">{t.eyes}</p>}
			{table?.article != null && <p className="faint">{t.basis}: {table.article}</p>}
			<Form form={form} layout="vertical" initialValues={ask.initial} onFinish={(f) => void finish(f)} preserve={false}>
				<StepFields machine={ask.machine} step={step} hidden={ask.hidden} />
			</Form>
		</Modal>
	);
}
