// keys.tsx - keys of programs: made once and told once, revoked for good. Both are acts and ask why.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Form, Input, Modal, Select, Table, Tag, Typography, type TableColumnType } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { get, post } from '../../api/client';
import { both, district, DISTRICTS, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { useRun } from '../../ui/problems';
import { WithReason } from '../../ui/reason';
import { read } from '../../ui/rows';
import { Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { useOrganisations } from './data';

const texts = both({
	make: '新建密钥', id: '编号', tenant: '单位', scopes: '权限', roles: '角色', district: '辖区', made: '建立', until: '有效期至', note: '备注', why: '理由', state: '状态', good: '有效', revoked: '已吊销', over: '已过期', revoke: '吊销', needed: '请填写', ok: '建立', cancel: '取消', told: '新密钥（只显示这一次）', keep: '现在就存到对方的密钥库里；关闭后无法再看到。', revokeNote: '吊销后立即失效，不能恢复。', done: '已吊销', personal: '管规则、管理、还原标识和业务台的密钥会使一人充当两人，只能在服务器上用 duanka keys add 建立；人员请本人登录。', every: '市级（不限）', user: '身份', notYet: '写入后尚未生效，见说明',
	scope: { decide: '实时决策', events: '送事件', alerts: '读警报', entities: '查实体', policies: '管规则', lists: '管名单', admin: '管理', quarantine: '隔离区', reveal: '还原标识', metrics: '指标', desk: '业务台', connector: '对接', match: '比对' } as Record<string, string>,
}, {
	make: 'New key', id: 'Id', tenant: 'Organisation', scopes: 'Scopes', roles: 'Roles', district: 'District', made: 'Made', until: 'Good until', note: 'Note', why: 'Reason', state: 'State', good: 'good', revoked: 'revoked', over: 'expired', revoke: 'Revoke', needed: 'Needed', ok: 'Make', cancel: 'Cancel', told: 'The new key (shown this once)', keep: 'Put it into the other side’s key store now; it can’t be seen again.', revokeNote: 'It ends at once and can’t be brought back.', done: 'Revoked', personal: 'Keys with policies, admin, reveal or desk would make one person two: they are made by duanka keys add on the service’s machine. People log in.', every: 'The city (any)', user: 'Acts as', notYet: 'Written but not yet in force; see the note',
	scope: {} as Record<string, string>,
});
export const SCOPES = ['decide', 'events', 'alerts', 'entities', 'lists', 'quarantine', 'metrics', 'connector', 'match']; // with others the maker would be a second person: the service refuses
interface Key { id: string; tenant: string; scopes: string[]; roles: string[]; user: string | null; district: number; made: string | null; until: string | null; revoked: boolean; note: string }
interface Made { key: string; made: Key; in_force: boolean; note: string }
interface NewKey { tenant: string; scopes: string[]; district?: number; until?: Dayjs; note?: string; why: string }

function Make({ onClose, onMade }: { onClose: () => void; onMade: (m: Made) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const run = useRun();
	const organisations = useOrganisations();
	const [form] = Form.useForm<NewKey>();
	const scopes = Form.useWatch('scopes', form) ?? [];
	const needsRoles = scopes.includes('connector');
	const finish = async (f: NewKey) => {
		const made = await run(() => post<Made>('/v1/keys', { ...f, roles: needsRoles ? ['connector'] : undefined, until: f.until?.format('YYYY-MM-DDTHH:mm:ss') }));
		if (made !== undefined) onMade(made);
	};
	return (
		<Modal open width={640} title={t.make} onCancel={onClose} footer={null} destroyOnHidden>
			<Form form={form} name="key" layout="vertical" onFinish={(f) => void finish(f)}>
				<Form.Item name="tenant" label={t.tenant} rules={[{ required: true, message: t.needed }]}><Select options={organisations.data?.organisations.map((o) => ({ value: o.name, label: `${o.name} (${o.number})` }))} /></Form.Item>
				<Form.Item name="scopes" label={t.scopes} extra={t.personal} rules={[{ required: true, type: 'array', min: 1, message: t.needed }]}><Checkbox.Group options={SCOPES.map((s) => ({ value: s, label: t.scope[s] === undefined ? s : `${t.scope[s]} ${s}` }))} /></Form.Item>
				<div className="grid">
					<Form.Item name="district" label={t.district}><Select allowClear placeholder={t.every} options={Object.entries(DISTRICTS).map(([k, d]) => ({ value: Number(k), label: named(d, language) }))} /></Form.Item>
					<Form.Item name="until" label={t.until}><DatePicker showTime style={{ width: '100%' }} /></Form.Item>
				</div>
				<Form.Item name="note" label={t.note}><Input maxLength={200} /></Form.Item>
				<Form.Item name="why" label={t.why} rules={[{ required: true, whitespace: true, message: t.needed }]}><Input maxLength={300} /></Form.Item>
				<div className="row"><Button type="primary" htmlType="submit">{t.ok}</Button><Button onClick={onClose}>{t.cancel}</Button></div>
			</Form>
		</Modal>
	);
}

export function Keys() {
	const t = useTexts(texts);
	const language = useLanguage();
	const run = useRun();
	const queries = useQueryClient();
	const { roles } = useSession();
	const of = useQuery({ queryKey: ['keys'], queryFn: ({ signal }) => get<{ keys: Key[] }>('/v1/keys', signal) });
	const [making, make] = useState(false);
	const [told, tell] = useState<Made | null>(null);
	const changed = () => void queries.invalidateQueries({ queryKey: ['keys'] });
	const over = (k: Key): boolean => k.until !== null && new Date(k.until).getTime() < Date.now();
	const columns: TableColumnType<Key>[] = [
		{ key: 'id', title: t.id, width: 110, fixed: 'left', render: (_, k) => <strong className="mono">{k.id}</strong> },
		{ key: 'tenant', title: t.tenant, width: 110, render: (_, k) => k.tenant },
		{ key: 'state', title: t.state, width: 90, render: (_, k) => <Tag variant="outlined" color={k.revoked || over(k) ? undefined : 'success'}>{k.revoked ? t.revoked : over(k) ? t.over : t.good}</Tag> },
		{ key: 'scopes', title: t.scopes, width: 220, render: (_, k) => k.scopes.map((s) => t.scope[s] ?? s).join(language === 'zh' ? '、' : ', ') },
		{ key: 'roles', title: t.roles, width: 220, render: (_, k) => k.roles.map((r) => named(roles.find((x) => x.name === r) ?? { name: r, zh: r }, language)).join(language === 'zh' ? '、' : ', ') },
		{ key: 'user', title: t.user, width: 90, render: (_, k) => <span className="mono">{k.user ?? ''}</span> },
		{ key: 'district', title: t.district, width: 90, render: (_, k) => district(k.district, language) },
		{ key: 'made', title: t.made, width: 140, render: (_, k) => (k.made === null ? '' : <Time at={k.made} />) },
		{ key: 'until', title: t.until, width: 140, render: (_, k) => (k.until === null ? '' : <Time at={k.until} />) },
		{ key: 'note', title: t.note, width: 160, render: (_, k) => <span style={{ overflowWrap: 'anywhere' }}>{k.note}</span> },
		{ key: 'do', title: t.revoke, width: 90, render: (_, k) => !k.revoked && <WithReason danger name={`revoke-${k.id}`} label={t.revoke} title={`${t.revoke} ${k.id}`} act={async (why) => { const r = await run(() => post(`/v1/keys/${k.id}/revoke`, { why }), t.done); changed(); return r !== undefined; }}><p>{t.revokeNote}</p></WithReason> },
	];
	return (
		<div className="stack">
			<div className="row"><span className="grow" /><Button type="primary" data-make="key" onClick={() => make(true)}>{t.make}</Button></div>
			<Asked of={of} empty={(d) => d.keys.length === 0}>{(d) => <Table<Key> onRow={read} rowKey="id" size="small" columns={columns} dataSource={[...d.keys].sort((a, b) => Number(a.revoked) - Number(b.revoked))} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 1460 }} />}</Asked>
			{making && <Make onClose={() => make(false)} onMade={(m) => { make(false); tell(m); changed(); }} />}
			{told !== null && (
				<Modal open title={t.told} onCancel={() => tell(null)} onOk={() => tell(null)} cancelButtonProps={{ style: { display: 'none' } }} destroyOnHidden>
					<p><Typography.Text copyable className="mono" style={{ overflowWrap: 'anywhere' }} data-key>{told.key}</Typography.Text></p><p className="faint">{t.keep}</p>
					{!told.in_force && <Alert type="warning" showIcon title={t.notYet} description={told.note} />}
				</Modal>
			)}
		</div>
	);
}
