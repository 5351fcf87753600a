// groups.tsx - the alerts that are loaded, counted by rule or by whom they are about; a row filters the list.
import { Table, type TableColumnType } from 'antd';
import { useMemo } from 'react';
import type { Entity, Severity } from '../../api/types';
import { severer, type AlertRow } from '../../desk/alert';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { opens } from '../../ui/rows';
import { EntityName, SeverityMark, Time, useKindName } from '../../ui/show';

const texts = both({
	rule: '规则', about: '对象', kind: '类别', n: '警报数', worst: '最高级别', verdicts: '反馈 对/误', rules: '涉及规则', last: '最近一次', hidden: '不可见',
}, {
	rule: 'Rule', about: 'About', kind: 'Kind', n: 'Alerts', worst: 'Highest', verdicts: 'Right / false', rules: 'Rules', last: 'Last', hidden: 'not visible',
});

export type GroupBy = 'rule' | 'entity';
interface Counted { key: string; rule: string; about: Entity | null; n: number; worst: Severity; right: number; wrong: number; rules: Set<string>; last: string }

function count(rows: AlertRow[], by: GroupBy): Counted[] {
	const groups = new Map<string, Counted>();
	for (const a of rows) {
		const key = by === 'rule' ? a.rule : a.about?.token ?? '';
		const g = groups.get(key) ?? { key, rule: a.rule, about: a.about, n: 0, worst: 'none' as Severity, right: 0, wrong: 0, rules: new Set<string>(), last: '' };
		g.n++;
		g.worst = severer(g.worst, a.severity);
		if (a.verdict !== null) g[a.verdict.verdict === 'true' ? 'right' : 'wrong']++;
		g.rules.add(a.rule);
		if (a.time > g.last) g.last = a.time;
		groups.set(key, g);
	}
	return [...groups.values()].sort((a, b) => b.n - a.n);
}

export default function Groups({ rows, by, onPick, height }: { rows: AlertRow[]; by: GroupBy; onPick: (g: { rule?: string; token?: string }) => void; height: number }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const kind = useKindName();
	const groups = useMemo(() => count(rows, by), [rows, by]);
	const pick = (g: Counted) => onPick(by === 'rule' ? { rule: g.rule } : { token: g.about?.token });
	const columns: TableColumnType<Counted>[] = [
		by === 'rule' ? { key: 'rule', title: t.rule, width: 220, ellipsis: true, render: (_, g) => <span className="mono">{g.rule}</span> }
			: { key: 'about', title: t.about, width: 220, render: (_, g) => (g.about === null ? <span className="faint">{t.hidden}</span> : <><span className="faint">{kind(g.about.kind)} </span><EntityName entity={g.about} /></>) },
		{ key: 'n', title: t.n, width: 90, align: 'right', sorter: (a, b) => a.n - b.n, render: (_, g) => <strong className="mono">{number(g.n, language)}</strong> },
		{ key: 'worst', title: t.worst, width: 100, render: (_, g) => <SeverityMark severity={g.worst} /> },
		...(by === 'rule' ? [{ key: 'verdicts', title: t.verdicts, width: 120, render: (_: unknown, g: Counted) => <span className="mono">{g.right} / {g.wrong}</span> }]
			: [{ key: 'rules', title: t.rules, width: 260, ellipsis: true, render: (_: unknown, g: Counted) => <span className="mono">{[...g.rules].join(', ')}</span> }]),
		{ key: 'last', title: t.last, width: 150, sorter: (a, b) => a.last.localeCompare(b.last), render: (_, g) => <Time at={g.last} /> },
	];
	return <Table<Counted> rowKey="key" size="small" virtual columns={columns} dataSource={groups} pagination={false} scroll={{ x: 700, y: height }}
		onRow={(g) => ({ ...opens(g.key, () => pick(g)), 'data-group': g.key }) as React.HTMLAttributes<HTMLElement>} />;
}
