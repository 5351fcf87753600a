// contacts.tsx - the contacts of somebody as a graph and as a list beside it; from either, one more can be asked about, or opened.
import { Button } from 'antd';
import { Link } from 'wouter';
import { useState } from 'react';
import type { Entity } from '../../api/types';
import { useTypeName } from '../../desk/events';
import type { Reason } from '../../desk/reason';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { exactly } from '../../ui/money';
import { PlainTable } from '../../ui/plain-table';
import { EntityName, entityPath, Time, useKindName } from '../../ui/show';
import { NetGraph, OTHER, SHAPES } from './graph';
import { tieKey, useNet } from './net';

const texts = both({
	graph: (n: number, m: number) => `往来关系图：${n} 个实体，${m} 条联系`, who: '往来对象', n: '次数', sum: '金额', last: '最近', risk: '风险', expand: '展开', open: '查看', of: '的往来', center: '回到中心', legend: '点击节点：查其往来（留痕）并展开。⚠ 红框：有警报。线越粗往来越多。', more: (n: number) => `另有 ${n} 个往来较少的对象未画出`, none: '近30天没有往来',
}, {
	graph: (n: number, m: number) => `Contacts: ${n} entities, ${m} ties`, who: 'Contact', n: 'Times', sum: 'Sum', last: 'Last', risk: 'Risk', expand: 'Expand', open: 'Look', of: ': contacts', center: 'Back to the centre', legend: 'A click asks for its contacts (recorded) and adds them. ⚠ and a red ring: alerts. Thicker: more often.', more: (n: number) => `${n} more, with less between them, are not drawn`, none: 'No contacts in the last 30 days',
});

export function Contacts({ center, reason }: { center: Entity; reason: Reason }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const kind = useKindName();
	const eventTypes = useTypeName();
	const { net, busy, expand } = useNet(center, reason);
	const [chosen, choose] = useState(center.token);
	const pick = (token: string) => { choose(token); expand(token); };
	const focus = net.who.get(chosen);
	const ties = [...net.ties.values()].filter((x) => x.from === chosen || x.to === chosen).sort((a, b) => b.n - a.n);
	const kinds = [...new Set([...net.who.values()].map((w) => w.kind))];
	return (
		<div className="net-page">
			<div className="stack">
				<NetGraph net={net} center={center.token} label={t.graph(net.who.size, net.ties.size)} onPick={pick} />
				<div className="row faint">{kinds.map((k) => <span key={k} style={{ whiteSpace: 'nowrap' }}>{(SHAPES[k] ?? OTHER).sign} {kind(k)}</span>)}</div>
				<p className="faint" style={{ margin: 0 }}>{t.legend}</p>
			</div>
			<section>
				<div className="row"><h3 className="day grow">{focus !== undefined && <><span className="faint">{kind(focus.kind)}</span> <EntityName entity={focus} />{t.of}</>}</h3>
					{chosen !== center.token && <Button size="small" onClick={() => choose(center.token)}>{t.center}</Button>}
					{focus !== undefined && !focus.expanded && <Button size="small" type="primary" loading={busy === chosen} onClick={() => expand(chosen)}>{t.expand}</Button>}
				</div>
				{ties.length === 0 ? <p className="faint">{busy === null ? t.none : '…'}</p> : (
					<PlainTable label={t.who} height={460} right={[1, 2, 4]} head={[t.who, t.n, t.sum, t.last, t.risk]} rows={ties.map((x) => {
						const token = x.from === chosen ? x.to : x.from;
						const w = net.who.get(token);
						return {
							key: tieKey(x.from, x.to), 'data-contact': token,
							cells: w === undefined ? [] : [
								<span key="w"><span className="faint">{(SHAPES[w.kind] ?? OTHER).sign} {kind(w.kind)}</span> <Link href={entityPath(w)} className="mono">{w.shown ?? w.token.slice(0, 8)}</Link><br /><span className="row"><span className="faint">{x.types.map((z) => eventTypes(z)).join(', ')}</span><Button size="small" loading={busy === token} data-expand={token} onClick={() => pick(token)}>{w.expanded ? t.open : t.expand}</Button></span></span>,
								number(x.n, language), x.amount > 0 ? <span className="mono">{exactly(x.amount, language)}</span> : '', <Time key="l" at={x.last} />, w.risk === null ? '…' : w.risk > 0 ? <strong style={{ color: 'var(--red)' }}>⚠ {w.risk}</strong> : '0',
							],
						};
					})} />
				)}
				{focus !== undefined && focus.hidden > 0 && <p className="faint">{t.more(focus.hidden)}</p>}
			</section>
		</div>
	);
}
