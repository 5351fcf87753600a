// users.tsx - the people: one administrator asks, another approves; a one-time code lets the user in the first time. It is shown once.
import { Button, Form, Input, Modal, Select, Table, Tag, Typography, type TableColumnType } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { post } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { useList } from '../../desk/list';
import { Fields, Head, History, Steps, useObject, useStepped } from '../../desk/object';
import { send } from '../../desk/step';
import { both, district, DISTRICTS, named, useLanguage, useTexts } from '../../i18n';
import { useMachine, useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { useRun } from '../../ui/problems';
import { EntityName, StateTag, Time } from '../../ui/show';
import { Side } from '../../ui/side';
import { Asked, Failed, Loading, Nothing } from '../../ui/states';
import { Who } from '../../ui/who';
import { useOrganisationName, useOrganisations } from './data';
import { bits, fromBits, RoleBoxes, RoleTags } from './roles';

const texts = both({
	make: '登记用户', login: '登录名', name: '姓名', roles: '角色', org: '单位', district: '辖区', outlet: '所在网点', until: '有效期至', duty: '岗位', note: '备注', state: '状态', all: '全部状态', find: '登录名', needed: '请填写', ok: '提交', cancel: '取消', asked: '已登记，等待另一位管理员审批', code: '生成邀请码', codeTitle: '一次性邀请码',
	codeNote: '只显示这一次，三天内有效。请当面或经可信渠道交给本人；对方在登录页用它设置口令。', good: '有效期至', ask: '申请变更角色', wants: '申请变更为', waits: '待另一位管理员审批；提出人不能自己审批', by: '提出人', approver: '审批人', history: '经过', changed: '更新', more: '更多', none: '没有用户', asking: '已提交，等待审批', loginRule: '小写字母、数字、点、横线', every: '市级（不限）',
}, {
	make: 'New user', login: 'Login', name: 'Name', roles: 'Roles', org: 'Organisation', district: 'District', outlet: 'Outlet', until: 'Good until', duty: 'Duty', note: 'Note', state: 'State', all: 'All states', find: 'Login', needed: 'Needed', ok: 'Send', cancel: 'Cancel', asked: 'Asked for; another administrator has to approve', code: 'Make a code', codeTitle: 'One-time code',
	codeNote: 'Shown this once, good for three days. Hand it over in person or by a channel you trust; with it the user sets a password.', good: 'Good until', ask: 'Ask for other roles', wants: 'Asked for', waits: 'Waits for another administrator; who asked can’t approve', by: 'Asked by', approver: 'Approved by', history: 'History', changed: 'Changed', more: 'More', none: 'No users', asking: 'Sent; waits for approval', loginRule: 'Lower case letters, digits, dot, dash', every: 'The city (any)',
});
const n = (o: DeskObject, field: string): number => (typeof o.fields[field] === 'number' ? o.fields[field] : 0);
const z = (o: DeskObject, field: string): string => (typeof o.fields[field] === 'string' ? o.fields[field] : '');

function NewUser({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useMachine('user');
	const { roles } = useSession();
	const run = useRun();
	const stepped = useStepped();
	const organisations = useOrganisations();
	const [busy, setBusy] = useState(false);
	const finish = async ({ roles: names, ...f }: { roles: string[]; until?: Dayjs } & Record<string, unknown>) => {
		setBusy(true);
		const done = await run(() => send(machine, 'invite', { ...f, roles: bits(names, roles) }), t.asked);
		setBusy(false);
		if (done !== undefined) { stepped(done); onMade(done.object?.id ?? ''); }
	};
	return (
		<Modal open width={640} title={t.make} onCancel={onClose} footer={null} destroyOnHidden>
			<Form name="user" layout="vertical" onFinish={(f: { roles: string[] }) => void finish(f)}>
				<div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(220px, 1fr))', gap: '0 12px' }}>
					<Form.Item name="login" label={t.login} rules={[{ required: true, message: t.needed }]}><Input autoComplete="off" autoFocus maxLength={64} /></Form.Item>
					<Form.Item name="name" label={t.name}><Input autoComplete="off" maxLength={60} /></Form.Item>
					<Form.Item name="organisation" label={t.org} rules={[{ required: true, message: t.needed }]}><Select options={organisations.data?.organisations.map((o) => ({ value: o.number, label: `${o.name} (${o.number})` }))} /></Form.Item>
					<Form.Item name="district" label={t.district}><Select allowClear placeholder={t.every} options={Object.entries(DISTRICTS).map(([k, d]) => ({ value: Number(k), label: named(d, language) }))} /></Form.Item>
					<Form.Item name="outlet" label={t.outlet}><Input className="mono" autoComplete="off" /></Form.Item>
					<Form.Item name="until" label={t.until}><DatePicker showTime style={{ width: '100%' }} /></Form.Item>
				</div>
				<Form.Item name="roles" label={t.roles} rules={[{ required: true, type: 'array', min: 1, message: t.needed }]}><RoleBoxes /></Form.Item>
				<Form.Item name="note" label={t.note}><Input maxLength={200} /></Form.Item>
				<div className="row"><Button type="primary" htmlType="submit" loading={busy}>{t.ok}</Button><Button onClick={onClose}>{t.cancel}</Button></div>
			</Form>
		</Modal>
	);
}

function AskRoles({ user, onClose }: { user: DeskObject; onClose: () => void }) {
	const t = useTexts(texts);
	const machine = useMachine('user');
	const { roles } = useSession();
	const run = useRun();
	const stepped = useStepped();
	const finish = async (f: { roles: string[]; note?: string }) => {
		const done = await run(() => send(machine, 'ask-roles', { new_roles: bits(f.roles, roles), note: f.note }, user), t.asking);
		if (done !== undefined) { stepped(done); onClose(); }
	};
	return (
		<Modal open width={640} title={t.ask} onCancel={onClose} footer={null} destroyOnHidden>
			<Form name="roles" layout="vertical" initialValues={{ roles: fromBits(n(user, 'roles'), roles) }} onFinish={(f: { roles: string[]; note?: string }) => void finish(f)}>
				<Form.Item name="roles" label={t.roles} rules={[{ required: true, type: 'array', min: 1, message: t.needed }]}><RoleBoxes /></Form.Item>
				<Form.Item name="note" label={t.note}><Input maxLength={200} /></Form.Item>
				<Button type="primary" htmlType="submit">{t.ok}</Button>
			</Form>
		</Modal>
	);
}

function Invitation({ user }: { user: DeskObject }) {
	const t = useTexts(texts);
	const run = useRun();
	const [made, setMade] = useState<{ code: string; until: string } | null>(null);
	return (
		<>
			<Button data-act="invitation" onClick={() => void run(() => post<{ code: string; until: string }>(`/v1/users/${user.id}/invitation`, {})).then((m) => setMade(m ?? null))}>{t.code}</Button>
			{made !== null && (
				<Modal open title={`${t.codeTitle} · ${z(user, 'login')}`} onCancel={() => setMade(null)} onOk={() => setMade(null)} cancelButtonProps={{ style: { display: 'none' } }} destroyOnHidden>
					<p>{t.codeNote}</p>
					<p><Typography.Text copyable className="mono" style={{ fontSize: 18, overflowWrap: 'anywhere' }} data-code>{made.code}</Typography.Text></p><p className="faint">{t.good} <Time at={made.until} /></p>
				</Modal>
			)}
		</>
	);
}

function User({ id }: { id: string }) {
	const t = useTexts(texts);
	const of = useObject(id);
	const orgName = useOrganisationName();
	const language = useLanguage();
	const [asking, setAsking] = useState(false);
	return (
		<Asked of={of}>{(u) => {
			const can = (step: string): boolean => u.steps?.some((s) => s.name === step) === true;
			const waiting = (u.state.name === 'invited' && !can('activate')) || (n(u, 'new_roles') !== 0 && !can('give-roles'));
			return (
				<div className="stack">
					<Head object={u} /><h2 style={{ margin: 0, fontSize: 18 }} className="mono">{z(u, 'login')}</h2>
					<div><strong>{t.roles}</strong> <RoleTags roles={n(u, 'roles')} /></div>
					{n(u, 'new_roles') !== 0 && <div><strong>{t.wants}</strong> <RoleTags roles={n(u, 'new_roles')} /></div>}
					<p style={{ margin: 0 }}>{t.org} {orgName(n(u, 'organisation'))} {district(n(u, 'district'), language)}</p>
					{waiting && <p role="status" style={{ color: 'var(--yellow)', margin: 0 }}>{t.waits}</p>}
					<Steps object={u} main={u.state.name === 'invited' ? 'activate' : 'give-roles'} hide={['ask-roles', 'change-secret', ...(n(u, 'new_roles') === 0 ? ['give-roles'] : [])]} />
					<div className="row">{can('ask-roles') && <Button data-act="ask-roles" onClick={() => setAsking(true)}>{t.ask}</Button>}{u.state.name === 'active' && <Invitation user={u} />}</div>
					<Fields object={u} omit={['roles', 'new_roles', 'login', 'organisation', 'district', 'secret', 'totp']} />
					<p className="faint">{t.by} <Who id={u.proposer ?? u.made_by} /> · {t.approver} <Who id={u.approver} /></p>
					<section><h3>{t.history}</h3><History object={u} /></section>
					{asking && <AskRoles user={u} onClose={() => setAsking(false)} />}
				</div>
			);
		}}</Asked>
	);
}

export function Users() {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useMachine('user');
	const { may, roles } = useSession();
	const orgName = useOrganisationName();
	const [state, setState] = useState<string | undefined>();
	const [find, setFind] = useState('');
	const [role, setRole] = useState<string | undefined>();
	const [shown, show] = useState<string | null>(null);
	const [making, make] = useState(false);
	const list = useList('user', { state, sort: 'changed' }, 1000);
	const rows = (list.data?.pages.flatMap((p) => p.objects) ?? []).filter((o) => (find === '' || z(o, 'login').includes(find.trim())) && (role === undefined || fromBits(n(o, 'roles'), roles).includes(role)));
	const columns: TableColumnType<DeskObject>[] = [
		{ key: 'login', title: t.login, width: 140, fixed: 'left', render: (_, o) => <strong className="mono">{z(o, 'login')}</strong> },
		{ key: 'state', title: t.state, width: 110, render: (_, o) => <>{<StateTag state={o.state} />}{n(o, 'new_roles') !== 0 && <Tag color="warning" variant="outlined">{t.wants}</Tag>}</> },
		{ key: 'roles', title: t.roles, width: 280, render: (_, o) => <RoleTags roles={n(o, 'roles')} /> },
		{ key: 'org', title: t.org, width: 130, render: (_, o) => orgName(n(o, 'organisation')) },
		{ key: 'district', title: t.district, width: 90, render: (_, o) => district(n(o, 'district'), language) },
		{ key: 'outlet', title: t.outlet, width: 120, render: (_, o) => { const v = o.fields.outlet; return v !== null && typeof v === 'object' && 'token' in v ? <EntityName entity={v} plain /> : ''; } },
		{ key: 'until', title: t.until, width: 140, render: (_, o) => (z(o, 'until') === '' ? '' : <Time at={z(o, 'until')} />) },
		{ key: 'changed', title: t.changed, width: 140, render: (_, o) => <Time at={o.changed} /> },
	];
	return (
		<div className="stack">
			<div className="row">
				<Input aria-label={t.find} placeholder={t.find} allowClear style={{ width: 150 }} value={find} onChange={(e) => setFind(e.target.value)} />
				<Select aria-label={t.state} placeholder={t.all} allowClear style={{ minWidth: 120 }} value={state} onChange={setState} options={machine.states.map((s) => ({ value: s.name, label: named(s, language) }))} />
				<Select aria-label={t.roles} placeholder={t.roles} allowClear showSearch={{ optionFilterProp: 'label' }} style={{ minWidth: 150 }} value={role} onChange={setRole} options={roles.map((r) => ({ value: r.name, label: named(r, language) }))} />
				<span className="grow" />
				{may('user', 'invite') && <Button type="primary" data-make="invite" onClick={() => make(true)}>{t.make}</Button>}
			</div>
			{list.error !== null && list.data === undefined ? <Failed error={list.error} again={() => void list.refetch()} /> : list.isPending ? <Loading /> : rows.length === 0 ? <Nothing>{t.none}</Nothing> : (
				<Table<DeskObject> rowKey="id" size="small" columns={columns} dataSource={rows} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 1150 }}
					onRow={(o) => ({ tabIndex: 0, style: { cursor: 'pointer' }, onClick: () => show(o.id), onKeyDown: (e) => { if (e.key === 'Enter') show(o.id); } })} />
			)}
			{list.hasNextPage && <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t.more}</Button>}
			<Side of={shown} title={(x) => <span className="mono">{x}</span>} onClose={() => show(null)}>{(x) => <User id={x} />}</Side>
			{making && <NewUser onClose={() => make(false)} onMade={(id) => { make(false); show(id); }} />}
		</div>
	);
}
