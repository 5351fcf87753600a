// answer.tsx - how a bank answers an order: what was checked, and what was done, by keys. The order's own words stay in sight; what the code of the platform is nobody has to know.
import { Button, Form, Input, InputNumber, Radio } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import type { DeskObject, OpenStep } from '../../api/types';
import { useStep } from '../../desk/act';
import { both, useTexts } from '../../i18n';
import { DateField } from '../../ui/date';
import { Key, useKeys } from '../../ui/keys';

const texts = both({
	stop: '核对结果', freeze: '执行结果', matched: '相符，已止付', name: '户名不符', number: '账号不符', amount: '金额不符', time: '时间不符', none: '无此账户', froze: '已冻结', queued: '在先冻结，轮候', refused: '手续不符，未执行', landed: '收到指令', send: '提交反馈', sent: '已反馈',
	balance: '止付前余额', stopped: '止付时间', remark: '备注', frozen: '冻结金额', at: '冻结时间', available: '可用余额', earlier: '在先冻结机关（代码）', until: '在先冻结到期', needed: '请填写', choose: '先选择结果', mustNot: '核对不符时不得止付', done: '已办理', extended: '延期已办理', renewed: '续冻已办理',
}, {
	stop: 'What the check found', freeze: 'What was done', matched: 'Matches: stopped', name: 'Name differs', number: 'Number differs', amount: 'Amount differs', time: 'Time differs', none: 'No such account', froze: 'Frozen', queued: 'Frozen earlier by others: queued', refused: 'Papers do not do: not carried out', landed: 'Order received', send: 'Send the answer', sent: 'Answered',
	balance: 'Balance before', stopped: 'Stopped at', remark: 'Remark', frozen: 'Amount frozen', at: 'Frozen at', available: 'Available', earlier: 'Earlier freezer (code)', until: 'Earlier freeze until', needed: 'Needed', choose: 'Choose what came of it first', mustNot: 'What does not match must not be stopped', done: 'Done', extended: 'Extension done', renewed: 'Renewal done',
});
type Words = (typeof texts)['zh'];
interface Choice { key: string; value: string; says: (t: Words) => string; fields: Record<string, unknown>; asks: string[] }
const OK = 100000, NOT_FOUND = 200010, PAPERS = 200004; // codes of the case platform
const stops: Choice[] = [
	{ key: 'm', value: 'matched', says: (t) => t.matched, fields: { result: OK, match: 'matched' }, asks: ['balance', 'stopped'] },
	{ key: '1', value: 'name', says: (t) => t.name, fields: { result: OK, match: 'name-differs' }, asks: [] },
	{ key: '2', value: 'number', says: (t) => t.number, fields: { result: OK, match: 'number-differs' }, asks: [] },
	{ key: '3', value: 'amount', says: (t) => t.amount, fields: { result: OK, match: 'amount-differs' }, asks: [] },
	{ key: '4', value: 'time', says: (t) => t.time, fields: { result: OK, match: 'time-differs' }, asks: [] },
	{ key: '5', value: 'none', says: (t) => t.none, fields: { result: NOT_FOUND }, asks: [] },
];
const freezes: Choice[] = [
	{ key: 'm', value: 'froze', says: (t) => t.froze, fields: { result: OK }, asks: ['frozen_amount', 'frozen', 'available'] },
	{ key: '1', value: 'queued', says: (t) => t.queued, fields: { result: OK }, asks: ['earlier_freezer', 'earlier_until'] },
	{ key: '2', value: 'refused', says: (t) => t.refused, fields: { result: PAPERS }, asks: [] },
	{ key: '5', value: 'none', says: (t) => t.none, fields: { result: NOT_FOUND }, asks: [] },
];

function Asks({ names }: { names: string[] }) {
	const t = useTexts(texts);
	const money = (name: string, label: string) => <Form.Item key={name} name={name} label={label}><InputNumber prefix="¥" min={0} precision={2} style={{ width: '100%' }} /></Form.Item>;
	const time = (name: string, label: string, needed: boolean) => <Form.Item key={name} name={name} label={label} rules={needed ? [{ required: true, message: t.needed }] : []}><DateField showTime style={{ width: '100%' }} /></Form.Item>;
	const controls: Record<string, () => React.ReactNode> = {
		balance: () => money('balance', t.balance), stopped: () => time('stopped', t.stopped, true), frozen_amount: () => money('frozen_amount', t.frozen), frozen: () => time('frozen', t.at, true), available: () => money('available', t.available),
		earlier_freezer: () => <Form.Item key="earlier_freezer" name="earlier_freezer" label={t.earlier} rules={[{ required: true, message: t.needed }]}><Input className="mono" /></Form.Item>, earlier_until: () => time('earlier_until', t.until, false),
	};
	return <div className="grid">{names.map((n) => controls[n]?.())}</div>;
}
/** `onDone`: the answer has been taken. */
export function Answer({ order, step, onDone }: { order: DeskObject; step: OpenStep; onDone: () => void }) {
	const t = useTexts(texts);
	const act = useStep();
	const [form] = Form.useForm<Record<string, unknown>>();
	const [value, setValue] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const choices = order.kind === 'stop' ? stops : freezes;
	const choice = choices.find((c) => c.value === value);
	const lands = order.steps?.some((s) => s.name === 'landed') === true;
	const land = () => void act(order, 'landed', {}, t.landed);
	const finish = async (typed: Record<string, unknown>) => {
		if (choice === undefined) return;
		setBusy(true);
		const takes = new Set([...step.needs, ...step.takes]);
		const fields = Object.fromEntries(Object.entries({ ...typed, ...choice.fields }).filter(([name, v]) => takes.has(name) && v !== undefined && v !== null && v !== ''));
		for (const [name, v] of Object.entries(fields)) if (dayjs.isDayjs(v)) fields[name] = (v as Dayjs).format();
		if (await act(order, step.name, fields, t.sent) !== undefined) onDone();
		setBusy(false);
	};
	useKeys({ ...Object.fromEntries(choices.map((c) => [c.key, () => setValue(c.value)])), l: lands ? land : undefined, s: choice === undefined ? undefined : () => form.submit() });
	return (
		<Form form={form} layout="vertical" onFinish={(f) => void finish(f)} initialValues={{ stopped: dayjs(), frozen: dayjs() }}>
			<Form.Item label={order.kind === 'stop' ? t.stop : t.freeze} style={{ marginBottom: 8 }}>
				<Radio.Group value={value} onChange={(e) => setValue(String(e.target.value))} className="row">
					{choices.map((c) => <Radio key={c.value} value={c.value} data-choice={c.value}><Key name={c.key.toUpperCase()} />{c.says(t)}</Radio>)}
				</Radio.Group>
			</Form.Item>
			{choice !== undefined && choice.fields.match !== undefined && choice.value !== 'matched' && <p role="note" style={{ color: 'var(--red)', margin: '0 0 8px' }}>{t.mustNot}</p>}
			{choice !== undefined && <Asks names={choice.asks} />}
			{choice !== undefined && <Form.Item name="bank_remark" label={t.remark}><Input.TextArea maxLength={400} rows={1} /></Form.Item>}
			<div className="row">
				<Button type="primary" htmlType="submit" disabled={choice === undefined} loading={busy} title={choice === undefined ? t.choose : undefined} data-send><Key name="S" />{t.send}</Button>
				{lands && <Button onClick={land} data-land><Key name="L" />{t.landed}</Button>}
			</div>
		</Form>
	);
}
/** Whether an extension or a renewal was done, which police asked for by two people. */
export function Lengthened({ order }: { order: DeskObject }) {
	const t = useTexts(texts);
	const act = useStep();
	const step = order.steps?.find((s) => s.name === 'extended' || s.name === 'renewed');
	const mark = order.fields[order.kind === 'stop' ? 'extension' : 'renewal'];
	const waits = step !== undefined && mark !== null && typeof mark === 'object' && 'name' in mark && mark.name === 'sent';
	return !waits || step === undefined ? null : (
		<div className="row">
			<Button type="primary" onClick={() => void act(order, step.name, { result: OK }, t.done)}>{order.kind === 'stop' ? t.extended : t.renewed}</Button>
			<Button onClick={() => void act(order, step.name, { result: PAPERS }, t.sent)}>{t.refused}</Button>
		</div>
	);
}
