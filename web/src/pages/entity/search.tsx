// search.tsx - finds somebody by what is at hand: a number, an account, an ID card, an IMEI, a token, or an object's id. Turning a number into a token is an act, and says so.
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { post } from '../../api/client';
import type { Entity } from '../../api/types';
import { reasonBody, ReasonFields, type Reason } from '../../desk/reason';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { useKindName } from '../../ui/show';

const texts = both({
	what: '号码、账号、身份证号、设备号、令牌或对象编号', kind: '类别', find: '查找', needed: '请填写', act: '把号码换成令牌是一次留痕的查询：谁、为何、查了谁；每分钟最多60次。输入令牌或对象编号不留痕。', why: '用途与案件（可选）', auto: '自动识别',
}, {
	what: 'Number, account, ID card, device, token or object', kind: 'Kind', find: 'Find', needed: 'Needed', act: 'Turning a number into a token is recorded: who, why, about whom; at most 60 a minute. A token or an object’s id leaves no record.', why: 'Purpose and case (not needed)', auto: 'By its form',
});

export const KINDS = ['phone', 'account', 'person', 'device', 'cell', 'outlet', 'agent', 'clerk'];
const ID_CARD = /^\d{6}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/;
/** What it looks like; the reader may say otherwise. */
export function kindOf(value: string): string | null {
	const z = value.replaceAll(/[\s-]/g, '');
	if (ID_CARD.test(z)) return 'person';
	if (/^(\+?86)?1[3-9]\d{9}$/.test(z) || /^(0\d{9,11}|95\d{3,6}|96\d{3,4}|400\d{7}|\+\d{8,15})$/.test(z)) return 'phone';
	if (/^\d{15}$/.test(z)) return 'device';
	return /^\d{12,19}$/.test(z) ? 'account' : null;
}

export function Search() {
	const t = useTexts(texts);
	const [, go] = useLocation();
	const { machines } = useSession();
	const kindName = useKindName();
	const run = useRun();
	const [kind, setKind] = useState<string | null>(null);
	const [value, setValue] = useState('');
	const [busy, setBusy] = useState(false);
	const guess = kind ?? kindOf(value) ?? 'phone';
	const object = [...machines.values()].some((m) => value.trim().startsWith(`${m.letters}-`) && /^[A-Z]+-\d+$/.test(value.trim()));
	const find = async (f: Partial<Reason>) => {
		const v = value.trim();
		if (v === '') return;
		if (object) { go(`/object/${v}`); return; }
		if (/^[0-9a-f]{32}$/.test(v)) { go(`/entity/${guess}/${v}`); return; }
		setBusy(true);
		const reason = f.reason === undefined || f.reason === '' ? {} : reasonBody({ reason: f.reason, case: f.case ?? '' });
		const got = await run(() => post<Entity>('/v1/token', { kind: guess, value: v, ...reason }));
		setBusy(false);
		if (got !== undefined) go(`/entity/${got.kind}/${got.token}`);
	};
	return (
		<Panel>
			<Form layout="vertical" onFinish={(f: Partial<Reason>) => void find(f)} style={{ maxWidth: 720 }} requiredMark={false}>
				<Form.Item label={t.what} htmlFor="entity-value"><Input id="entity-value" size="large" autoFocus className="mono" value={value} maxLength={64} autoComplete="off" onChange={(e) => setValue(e.target.value)} /></Form.Item>
				<Form.Item label={t.kind}><Select aria-label={t.kind} value={kind ?? 'auto'} onChange={(v) => setKind(v === 'auto' ? null : v)} options={[{ value: 'auto', label: `${t.auto}: ${kindName(guess)}` }, ...KINDS.map((k) => ({ value: k, label: kindName(k) }))]} /></Form.Item>
				<details style={{ marginBottom: 12 }}><summary>{t.why}</summary><div style={{ paddingTop: 8 }}><ReasonFields optional /></div></details>
				<p className="faint">{t.act}</p>
				<Button type="primary" size="large" htmlType="submit" loading={busy} disabled={value.trim() === ''} data-find>{t.find}</Button>
			</Form>
		</Panel>
	);
}
