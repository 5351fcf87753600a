// organisations.tsx - the organisations as the settings have them, and the lines by which messages go to them.
import { Progress, Tag } from 'antd';
import { Link } from 'wouter';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { read } from '../../ui/rows';
import { Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Table, type Column } from '../../ui/table';
import { useOrganisations, type Organisation } from './data';

const texts = both({
	name: '单位', no: '编号', covers: '负责', sees: '可见范围', keys: '密钥', limit: '限速（条/秒 · 突发）', budget: '决策时限', exception: '超时处理', events: '事件', limited: '被限速', shed: '被丢弃', simulate: '演练', kind: '方式', host: '主机', circuit: '熔断', open: '已断开', closed: '正常', due: '待发', dead: '死信', failures: '连续失败', next: '下次发送', way: '发送中', until: '断开至', none: '不对接', hint: '单位由配置文件定义；改后在“运行状态”里重新加载。', ms: '毫秒', cert: '证书名', timeout: '超时', noLimit: '不限',
	kinds: { 'case-platform': '电诈平台', commands: '指令接口', sender: '短信与外呼', spool: '文件交换', mail: '邮件', none: '不对接' } as Record<string, string>,
	exceptions: { 'fail-open': '放行', 'fail-closed': '拦截', 'last-known': '按上次结果' } as Record<string, string>,
}, {
	name: 'Organisation', no: 'No.', covers: 'Covers', sees: 'Sees', keys: 'Keys', limit: 'Rate (a second · burst)', budget: 'Budget', exception: 'When late', events: 'Events', limited: 'Limited', shed: 'Shed', simulate: 'simulation', kind: 'By', host: 'Host', circuit: 'Circuit', open: 'open', closed: 'closed', due: 'Due', dead: 'Dead', failures: 'Failures in a row', next: 'Next', way: 'Under way', until: 'Open until', none: 'none', hint: 'The settings define organisations; after a change, reload under “Health”.', ms: 'ms', cert: 'Certificate', timeout: 'Timeout', noLimit: 'none',
	kinds: { 'case-platform': 'Case platform', commands: 'Commands', sender: 'Texts and calls', spool: 'Files', mail: 'Mail', none: 'none' } as Record<string, string>,
	exceptions: { 'fail-open': 'let pass', 'fail-closed': 'hold', 'last-known': 'as last known' } as Record<string, string>,
});
const name = (t: { name: string; simulate: string }): Column<Organisation> => ({ key: 'name', title: t.name, width: 140, fixed: 'left', render: (_, o) => <><strong>{o.name}</strong> <span className="faint mono">{o.number}</span>{o.simulate && <Tag color="warning" variant="outlined">{t.simulate}</Tag>}</> });

export function Organisations() {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useOrganisations();
	const columns: Column<Organisation>[] = [
		name(t),
		{ key: 'covers', title: t.covers, width: 200, render: (_, o) => [o.banks, o.carriers, o.takes, o.districts].filter((x) => x !== '').join(' · ') },
		{ key: 'sees', title: t.sees, width: 200, render: (_, o) => <span className="mono" style={{ overflowWrap: 'anywhere' }}>{o.sees.join(', ')}</span> },
		{ key: 'keys', title: t.keys, width: 70, align: 'right', render: (_, o) => o.keys },
		{ key: 'rate', title: t.limit, width: 150, render: (_, o) => (o.rate === 0 ? <span className="faint">{t.noLimit}</span> : `${number(o.rate, language)} · ${number(o.burst, language)}`) },
		{ key: 'budget', title: t.budget, width: 100, render: (_, o) => (o.budget_ms === 0 ? <span className="faint">{t.noLimit}</span> : `${number(o.budget_ms, language)} ${t.ms}`) },
		{ key: 'exception', title: t.exception, width: 110, render: (_, o) => t.exceptions[o.exception] ?? o.exception },
		{ key: 'events', title: t.events, width: 100, align: 'right', render: (_, o) => number(o.events, language) },
		{ key: 'limited', title: t.limited, width: 90, align: 'right', render: (_, o) => <span style={{ color: o.limited > 0 ? 'var(--yellow)' : undefined }}>{number(o.limited, language)}</span> },
		{ key: 'shed', title: t.shed, width: 90, align: 'right', render: (_, o) => <span style={{ color: o.shed > 0 ? 'var(--red)' : undefined }}>{number(o.shed, language)}</span> },
		{ key: 'cert', title: t.cert, width: 140, render: (_, o) => o.client_cn },
	];
	return <Asked of={of} empty={(d) => d.organisations.length === 0}>{(d) => <div className="stack"><p className="faint" style={{ margin: 0 }}>{t.hint}</p><Table<Organisation> onRow={read} rowKey="number" size="small" columns={columns} dataSource={d.organisations} scroll={{ x: 1390 }} /></div>}</Asked>;
}
export function Connectors() {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useOrganisations();
	const box = (o: Organisation, k: 'due' | 'dead' | 'failures' | 'under_way'): number => o.outbox?.[k] ?? 0;
	const columns: Column<Organisation>[] = [
		name(t),
		{ key: 'kind', title: t.kind, width: 130, render: (_, o) => t.kinds[o.connector.kind] ?? o.connector.kind },
		{ key: 'host', title: t.host, width: 180, render: (_, o) => <span className="mono">{o.connector.host ?? '–'}</span> },
		{ key: 'circuit', title: t.circuit, width: 170, render: (_, o) => (o.outbox === null ? '–' : <Tag variant="outlined" color={o.outbox.circuit === 'open' ? 'error' : 'success'}>{o.outbox.circuit === 'open' ? '⚠ ' : '✓ '}{o.outbox.circuit === 'open' ? t.open : t.closed}</Tag>) },
		{ key: 'until', title: t.until, width: 140, render: (_, o) => (o.outbox?.until == null ? '' : <Time at={o.outbox.until} />) },
		{ key: 'due', title: t.due, width: 80, align: 'right', render: (_, o) => number(box(o, 'due'), language) },
		{ key: 'way', title: t.way, width: 80, align: 'right', render: (_, o) => number(box(o, 'under_way'), language) },
		{ key: 'dead', title: t.dead, width: 80, align: 'right', render: (_, o) => (box(o, 'dead') > 0 ? <Link href="/admin/messages" style={{ color: 'var(--red)' }}>{number(box(o, 'dead'), language)}</Link> : 0) },
		{ key: 'failures', title: t.failures, width: 100, align: 'right', render: (_, o) => number(box(o, 'failures'), language) },
		{ key: 'next', title: t.next, width: 140, render: (_, o) => (o.outbox?.next == null ? '' : <Time at={o.outbox.next} />) },
		{ key: 'timeout', title: t.timeout, width: 100, render: (_, o) => (o.connector.kind === 'none' ? '' : `${number(o.connector.timeout_ms, language)} ${t.ms}`) },
	];
	return (
		<Asked of={of} empty={(d) => d.organisations.length === 0}>{(d) => {
			const lines = d.organisations.filter((o) => o.connector.kind !== 'none'), well = lines.filter((o) => o.outbox?.circuit !== 'open').length;
			return (
				<div className="stack">
					{lines.length > 0 && <div className="row"><span>{t.closed} <strong className="mono">{well}/{lines.length}</strong></span><Progress aria-label={t.circuit} style={{ maxWidth: 240 }} showInfo={false} percent={(100 * well) / lines.length} status={well < lines.length ? 'exception' : 'success'} /></div>}
					<Table<Organisation> onRow={read} rowKey="number" size="small" columns={columns} dataSource={[...d.organisations].sort((a, b) => Number(a.connector.kind === 'none') - Number(b.connector.kind === 'none'))} scroll={{ x: 1340 }} />
				</div>
			);
		}}</Asked>
	);
}
