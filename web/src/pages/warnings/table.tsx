// table.tsx - the warnings themselves: overdue first; a row opens, a mark chooses.
import { Tag } from 'antd';
import type { DeskObject } from '../../api/types';
import { district, named, useLanguage, useTexts } from '../../i18n';
import { useMachine } from '../../session';
import { Countdown, EntityName, Grade, ShowValue, StateTag, Time } from '../../ui/show';
import { opens } from '../../ui/rows';
import { Table, type Column } from '../../ui/table';
import { texts } from './texts';
import { lateBits } from './views';

export function WarningTable({ rows, chosen, choose, open }: { rows: DeskObject[]; chosen: string[]; choose: (ids: string[]) => void; open: (id: string) => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const machine = useMachine('warning');
	const due = (o: DeskObject) => {
		const first = [...o.due].sort((a, b) => a.at.localeCompare(b.at))[0];
		const bits = lateBits(o);
		return <>{first !== undefined && <Countdown to={first.at} label={named(machine.timers.find((x) => x.name === first.name) ?? first, language)} />}{first === undefined && bits !== 0 && !o.state.final && <Tag color="error" variant="outlined" style={{ maxWidth: '100%', overflow: 'hidden', textOverflow: 'ellipsis' }}>⚠ {t.lateOf.filter((_, b) => (bits & (1 << b)) !== 0).join(language === 'zh' ? '、' : ', ')}</Tag>}</>;
	};
	const columns: Column<DeskObject>[] = [
		{ key: 'grade', title: t.grade, width: 80, render: (_, o) => <Grade grade={o.grade ?? 0} /> },
		{ key: 'state', title: t.state, width: 100, render: (_, o) => <StateTag state={o.state} /> },
		{ key: 'due', title: t.due, width: 190, render: (_, o) => due(o) },
		{ key: 'who', title: t.who, width: 180, ellipsis: true, render: (_, o) => (o.subject === null ? '' : <EntityName entity={o.subject} />) },
		{ key: 'type', title: t.type, width: 90, render: (_, o) => <ShowValue value={o.fields.type} /> },
		{ key: 'scam', title: t.scam, width: 120, ellipsis: true, render: (_, o) => <ShowValue value={o.fields.scam} /> },
		{ key: 'district', title: t.district, width: 104, ellipsis: true, render: (_, o) => district(o.district, language) || <span className="faint">{t.unknown}</span> },
		{ key: 'outcome', title: t.outcome, width: 90, ellipsis: true, render: (_, o) => <ShowValue value={o.fields.outcome} /> },
		{ key: 'changed', title: t.changed, width: 140, responsive: ['xl'], render: (_, o) => <Time at={o.changed} /> },
	];
	return (
		<Table<DeskObject> rowKey="id" size="small" virtual columns={columns} dataSource={rows} scroll={{ x: 1054, y: Math.max(240, window.innerHeight - 440) }}
			rowSelection={{ selectedRowKeys: chosen, columnWidth: 44, onChange: choose, name: (o) => o.id }}
			onRow={(o) => opens(o.id, open)} />
	);
}
