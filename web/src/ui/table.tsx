// table.tsx - the table of the console: antd's own parts (its table component and its style) without pages at the foot, sorting and filters in the head, and trees, which would make a first page a quarter larger.
// The few tables that have pages or sort are antd's own Table.
import { genTable, genVirtualTable, type Reference } from '@rc-component/table';
import { Checkbox, Grid, theme, type TableColumnType } from 'antd';
import useStyle from 'antd/es/table/style';
import { useEffect, useRef, type ComponentType, type HTMLAttributes, type ReactNode, type Ref, type UIEventHandler } from 'react';
import { both, useTexts } from '../i18n';
import { Nothing } from './states';

const texts = both({ table: '表格', all: '全选' }, { table: 'Table', all: 'Select all' });

export type Column<T> = Omit<TableColumnType<T>, 'sorter' | 'filters'>;
export type TableRef = Reference;
/** Boxes before the rows; one in the head for all that are shown. */
export interface Selection<T> { selectedRowKeys: string[]; onChange: (keys: string[]) => void; columnWidth?: number; name: (row: T) => string }
interface Props<T> {
	rowKey: (keyof T & string) | ((row: T) => string);
	columns: Column<T>[];
	dataSource: readonly T[];
	size?: 'small' | 'middle';
	/** Draws only the rows in sight; then `scroll` has two numbers. */
	virtual?: boolean;
	scroll?: { x?: number | string | true; y?: number | string };
	onRow?: (row: T) => HTMLAttributes<HTMLElement>;
	rowClassName?: (row: T) => string;
	rowSelection?: Selection<T>;
	showHeader?: boolean;
	className?: string;
	onScroll?: UIEventHandler<HTMLDivElement>;
	empty?: ReactNode;
	ref?: Ref<TableRef>;
}
const PREFIX = 'ant-table';
/* Rows are drawn anew whenever their table is: what they show depends on more than the table is given. */
const always = (): boolean => true;
const Whole = genTable(always) as ComponentType<Record<string, unknown>>;
const Virtual = genVirtualTable(always) as unknown as ComponentType<Record<string, unknown>>;

function boxes<T>(of: Selection<T>, rows: readonly T[], key: (row: T) => string, all: string): Column<T> {
	const chosen = new Set(of.selectedRowKeys), shown = rows.map(key), n = shown.filter((k) => chosen.has(k)).length;
	const pick = (keys: string[], on: boolean): void => { // what is not shown is not chosen: nobody acts on what they don't see
		const now = new Set(keys);
		of.onChange(shown.filter((k) => (now.has(k) ? on : chosen.has(k))));
	};
	return {
		key: 'boxes', width: of.columnWidth ?? 40, className: `${PREFIX}-selection-column`,
		title: <Checkbox aria-label={all} checked={n > 0 && n === shown.length} indeterminate={n > 0 && n < shown.length} onChange={(e) => pick(shown, e.target.checked)} />,
		render: (_, row) => <Checkbox aria-label={of.name(row)} checked={chosen.has(key(row))} onClick={(e) => e.stopPropagation()} onChange={(e) => pick([key(row)], e.target.checked)} />,
	};
}
export function Table<T>({ rowKey, columns, dataSource, size = 'small', virtual = false, rowSelection, rowClassName, className = '', empty, ref, ...rest }: Props<T>) {
	const [hash, vars] = useStyle(PREFIX, PREFIX);
	const { token } = theme.useToken();
	const screens = Grid.useBreakpoint();
	const key = (row: T): string => (typeof rowKey === 'function' ? rowKey(row) : String(row[rowKey]));
	const shown = columns.filter((c) => c.responsive === undefined || c.responsive.some((s) => screens[s] === true));
	const padding = size === 'small' ? token.paddingXS : token.paddingSM;
	const Part = virtual ? Virtual : Whole;
	const root = useRef<HTMLDivElement>(null);
	const t = useTexts(texts);
	useEffect(() => { // what scrolls is reached by keys, where no row of it is
		if (virtual) return;
		for (const e of root.current?.querySelectorAll(`.${PREFIX}-content, .${PREFIX}-body`) ?? []) {
			const scrolls = e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight;
			for (const [name, value] of [['tabindex', '0'], ['role', 'region'], ['aria-label', t.table]] as const) if (scrolls) e.setAttribute(name, value); else e.removeAttribute(name);
		}
	});
	const names = `${vars} ${hash}`;
	return (
		<div ref={root} className={`${PREFIX}-css-var ${PREFIX}-wrapper ${names} ${className}`}>
			<Part {...rest} prefixCls={PREFIX} className={`${PREFIX}-${size === 'middle' ? 'medium' : size} ${names} ${dataSource.length === 0 ? `${PREFIX}-empty` : ''}`} ref={ref} data={dataSource} rowKey={key}
				columns={rowSelection === undefined ? shown : [boxes(rowSelection, dataSource, key, t.all), ...shown]} emptyText={empty ?? <Nothing />} listItemHeight={2 * padding + Math.floor(token.fontSize * token.lineHeight) + token.lineWidth}
				rowClassName={(row: T) => `${rowSelection?.selectedRowKeys.includes(key(row)) === true ? `${PREFIX}-row-selected` : ''} ${rowClassName?.(row) ?? ''}`} />
		</div>
	);
}
