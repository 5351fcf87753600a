// form.tsx - the key facts in the order in which they are asked: who calls, where the money went, where it came from, how it happened.
import { Button, Form, Input, InputNumber, Radio, Select, type FormInstance } from 'antd';
import dayjs from 'dayjs';
import type { ReactNode } from 'react';
import { DISTRICTS, named, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { DateField } from '../../ui/date';
import { BankSelect } from './bank';
import type { Facts } from './facts';
import { texts } from './texts';

export function FactsForm({ form, facts, onChange, onFinish, caller, account }: { form: FormInstance<Facts>; facts: Facts; onChange: (f: Facts) => void; onFinish: () => void; caller: ReactNode; account: ReactNode }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { fields } = useMachine('incident');
	const choices = (name: string) => (fields.find((f) => f.name === name)?.choices ?? []).map((c) => ({ value: c.name, label: named(c, language) }));
	const number = (name: 'caller' | 'victim' | 'payee' | 'payer' | 'suspect', mode: 'tel' | 'numeric' | 'text', autoFocus = false) => <Form.Item name={name} label={t[name]}><Input className="mono" inputMode={mode} autoComplete="off" autoFocus={autoFocus} maxLength={40} /></Form.Item>;
	return (
		<Form form={form} layout="vertical" className="facts" initialValues={facts} onValuesChange={(_, all: Facts) => onChange(all)} onFinish={onFinish}>
			<fieldset><legend>{t.who}</legend>
				<Form.Item name="channel" label={t.channel} className="wide"><Radio.Group optionType="button" options={choices('channel')} /></Form.Item>
				{number('caller', 'tel', true)}
				<Form.Item name="victim_name" label={t.victim_name}><Input autoComplete="off" maxLength={100} /></Form.Item>
				{number('victim', 'text')}
				<Form.Item name="district" label={t.district}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={Object.entries(DISTRICTS).map(([n, d]) => ({ value: Number(n), label: named(d, language) }))} /></Form.Item>
				<div className="wide">{caller}</div>
			</fieldset>
			<fieldset><legend>{t.pay}</legend>
				{number('payee', 'numeric')}
				<Form.Item name="payee_name" label={t.payee_name}><Input autoComplete="off" maxLength={100} /></Form.Item>
				<div className="wide">{account}</div>
				<Form.Item name="payee_bank" label={t.payee_bank}><BankSelect account={facts.payee} /></Form.Item>
				<Form.Item name="amount" label={t.amount}><InputNumber prefix="¥" min={0.01} max={1e12} precision={2} style={{ width: '100%' }} /></Form.Item>
				<Form.Item label={t.paid} htmlFor="paid" className="wide">
					<div className="row">
						<Form.Item name="paid" noStyle rules={[{ validator: (_, v) => (dayjs.isDayjs(v) && v.isAfter(dayjs().add(1, 'minute')) ? Promise.reject(new Error(t.time)) : Promise.resolve()) }]}><DateField id="paid" showTime style={{ minWidth: 190 }} /></Form.Item>
						{[0, 5, 10, 30, 60].map((m) => <Button key={m} size="small" data-ago={m} onClick={() => { form.setFieldValue('paid', dayjs().subtract(m, 'minute').millisecond(0)); onChange(form.getFieldsValue()); }}>{t.ago(m)}</Button>)}
					</div>
				</Form.Item>
			</fieldset>
			<fieldset><legend>{t.from}</legend>
				{number('payer', 'numeric')}
				<Form.Item name="payer_bank" label={t.payer_bank}><BankSelect account={facts.payer} /></Form.Item>
			</fieldset>
			<fieldset><legend>{t.how}</legend>
				<Form.Item name="scam" label={t.scam}><Select allowClear showSearch={{ optionFilterProp: 'label' }} options={choices('scam')} /></Form.Item>
				{number('suspect', 'tel')}
				<Form.Item name="link" label={t.link}><Input autoComplete="off" maxLength={300} /></Form.Item>
				<Form.Item name="note" label={t.note} className="wide"><Input.TextArea rows={2} maxLength={2000} /></Form.Item>
			</fieldset>
		</Form>
	);
}
