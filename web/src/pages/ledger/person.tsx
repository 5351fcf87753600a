// person.tsx - all that the desk did about a person, a phone, an account: measures first, each with its history. Looking is an act: it is asked why before anything is shown.
import { useMutation } from '@tanstack/react-query';
import { Button, Collapse, Form, Input, Select, Statistic, Tag } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, post, query } from '../../api/client';
import type { DeskObject, DeskPage, Entity, Named } from '../../api/types';
import { Fields, Head } from '../../desk/object';
import { both, named, time, useLanguage, useTexts } from '../../i18n';
import { useSession, type Session } from '../../session';
import { Panel } from '../../ui/page';
import { StateTag, useKindName } from '../../ui/show';
import { Failed, Loading, Nothing } from '../../ui/states';
import { Who } from '../../ui/who';
import { people, Told } from './measures';

const texts = both({
	kind: '类型', number: '号码、账号、证件号或标识', reason: '查看理由', look: '查看', kept: '谁查看、查看谁、为什么，都会记入日志', needed: '请填写', measures: '处置', others: '其他业务', force: '生效中', none: '没有对其采取过任何处置，也没有相关业务', more: '仅显示前 500 项', told: '告知', nobody: '台账中没有这个当事人', history: '经过', saw: '谁查阅过', entity: '实体页', all: '全部',
}, {
	kind: 'Kind', number: 'Number, account, ID or token', reason: 'Why you look', look: 'Look', kept: 'Who looks at whom, and why, stands in the journal', needed: 'Needed', measures: 'Measures', others: 'Other work', force: 'In force', none: 'Nothing was done about them', more: 'Only the first 500 are shown', told: 'Told', nobody: 'The ledger knows nobody of this kind by that', history: 'History', saw: 'Who saw their data', entity: 'The entity', all: 'All',
});
interface Row { version: number; position: number; time: string; step: Named; state: Named; user: string | null; roles: string[]; organisation: number }
interface Told { object: DeskObject; history: Row[] }
interface Dossier { kind: string; token: string; measures: Told[]; objects: Told[]; in_force: number; more: boolean }

/** The token of an identifier: by the service if the reader's roles may ask for it, else from what the ledger has about it. Null: nothing is known. */
async function tokenOf(s: Session, kind: string, value: string, reason: string): Promise<string | null> {
	if (/^[0-9a-f]{32}$/.test(value)) return value;
	if (s.scope('entities')) return (await post<{ token: string }>('/v1/token', { kind, value, reason })).token;
	for (const route of ['measures', 'warnings', 'stops', 'freezes', 'disciplines', 'appeals', 'incidents', 'cards', 'accounts']) {
		const page = await get<DeskPage>(`/v1/${route}${query({ entity: `${kind}:${value}`, limit: 1 })}`).catch(() => null);
		const o = page?.objects[0];
		const found = o === undefined ? undefined : [...people(o), o.subject, o.also].find((e): e is Entity => e !== null && e.kind === kind);
		if (found !== undefined) return found.token;
	}
	return null;
}
function History({ rows }: { rows: Row[] }) {
	const language = useLanguage();
	return <ol style={{ paddingLeft: 20, margin: '8px 0' }}>{rows.map((h) => <li key={h.version}><strong>{named(h.step, language)}</strong> → {named(h.state, language)} <span className="faint">{time(h.time, language)} {h.user !== null && <Who id={h.user} organisation={h.organisation} />} {h.roles.join(', ')} <span className="mono">#{h.position}</span></span></li>)}</ol>;
}
function Item({ of }: { of: Told }) {
	const t = useTexts(texts);
	return <div className="stack"><Head object={of.object} /><Fields object={of.object} omit={['person', 'phone', 'account']} />{of.object.kind === 'measure' && <span>{t.told}: <Told object={of.object} /></span>}<strong>{t.history}</strong><History rows={of.history} /></div>;
}
function Items({ title, items }: { title: string; items: Told[] }) {
	const language = useLanguage();
	return items.length === 0 ? null : (
		<Panel title={title}>
			<Collapse size="small" defaultActiveKey={items.slice(0, 3).map((i) => i.object.id)} items={items.map((i) => {
				const m = i.object.fields.measure;
				return { key: i.object.id, label: <span className="row">{m !== null && m !== undefined && typeof m === 'object' && 'name' in m && <strong>{named(m, language)}</strong>}<span className="mono">{i.object.id}</span><StateTag state={i.object.state} /></span>, children: <Item of={i} /> };
			})} />
		</Panel>
	);
}
function Result({ of }: { of: Dossier }) {
	const t = useTexts(texts);
	const kindName = useKindName();
	const { scope } = useSession();
	return (
		<div className="stack" data-dossier={of.token}>
			<Panel><div className="row" style={{ gap: 32 }}>
				<Statistic title={t.force} value={of.in_force} /><Statistic title={t.measures} value={of.measures.length} /><Statistic title={t.others} value={of.objects.length} />
				<span className="grow">{kindName(of.kind)} <span className="mono" style={{ overflowWrap: 'anywhere' }}>{of.token}</span></span>
				<Link href={`/ledger/access?token=${of.token}`}>{t.saw}</Link>{scope('entities') && <Link href={`/entity/${of.kind}/${of.token}`}>{t.entity}</Link>}
			</div>{of.more && <Tag color="warning">{t.more}</Tag>}</Panel>
			{of.measures.length + of.objects.length === 0 && <Nothing>{t.none}</Nothing>}
			<Items title={t.measures} items={of.measures} /><Items title={t.others} items={of.objects} />
		</div>
	);
}
export function Person({ kind, token }: { kind?: string; token?: string }) {
	const t = useTexts(texts);
	const kindName = useKindName();
	const session = useSession();
	const [nobody, setNobody] = useState(false);
	const asked = useMutation({
		mutationFn: async (f: { kind: string; number: string; reason: string }): Promise<Dossier | null> => {
			const found = await tokenOf(session, f.kind, f.number.trim(), f.reason);
			setNobody(found === null);
			return found === null ? null : get<Dossier>(`/v1/audit/person/${f.kind}/${found}${query({ reason: f.reason.trim() })}`);
		},
	});
	return (
		<div className="stack">
			<Panel>
				<Form layout="vertical" initialValues={{ kind: kind ?? 'person', number: token ?? '' }} onFinish={(f: { kind: string; number: string; reason: string }) => asked.mutate(f)}>
					<div className="grid">
						<Form.Item name="kind" label={t.kind}><Select options={['person', 'phone', 'account', 'device'].map((k) => ({ value: k, label: kindName(k) }))} /></Form.Item>
						<Form.Item name="number" label={t.number} rules={[{ required: true, whitespace: true, message: t.needed }]}><Input className="mono" autoComplete="off" maxLength={200} /></Form.Item>
						<Form.Item name="reason" label={t.reason} extra={t.kept} rules={[{ required: true, whitespace: true, message: t.needed }]}><Input maxLength={300} /></Form.Item>
					</div>
					<Button type="primary" htmlType="submit" loading={asked.isPending}>{t.look}</Button>
				</Form>
			</Panel>
			{asked.isPending ? <Loading /> : asked.error !== null ? <Failed error={asked.error} /> : nobody ? <Nothing>{t.nobody}</Nothing> : asked.data != null && <Result of={asked.data} />}
		</div>
	);
}
