// date.tsx - a time in a form whose other fields need not wait for a calendar. It is a field that takes 2026-11-26 08:30 as typed; the calendar comes when somebody comes to it, and takes its place once it is there and nothing
// half typed is lost by that. Where it does not come, the field stays what it is.
import { CalendarOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useRef, useState, type ComponentType } from 'react';
import type { PickerProps } from './date-picker';

let known: ComponentType<PickerProps> | null = null;
const load = (): Promise<ComponentType<PickerProps>> => import('./date-picker').then((m) => { known = m.default; return known; });
const TYPED = /^\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?$/;
const read = (typed: string): Dayjs | null | undefined => {
	const text = typed.trim(), at = dayjs(text);
	return text === '' ? null : TYPED.test(text) && at.isValid() ? at : undefined;
};
const shown = ({ value, showTime }: PickerProps): string => (value == null || Array.isArray(value) ? '' : value.format(showTime === undefined ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH:mm:ss'));

export function DateField(props: PickerProps) {
	const [Picker, set] = useState(() => known);
	const [typed, type] = useState<string | null>(null);
	const [here, come] = useState(false);
	const pointer = useRef(false);
	if (Picker !== null && typed === null) return <Picker {...props} autoFocus={here} defaultOpen={here && pointer.current} />;
	const take = () => {
		if (typed === null) return;
		const at = read(typed);
		type(null);
		if (at !== undefined) (props.onChange as ((at: Dayjs | null, text: string) => void) | undefined)?.(at, typed);
	};
	const aria = Object.fromEntries(Object.entries(props).filter(([name]) => name.startsWith('aria-')));
	return (
		<Input id={props.id} style={props.style} {...aria} autoComplete="off" placeholder={props.showTime === undefined ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH:mm'} value={typed ?? shown(props)} suffix={<CalendarOutlined aria-hidden="true" />}
			onPointerDown={() => { pointer.current = true; }} onFocus={() => { come(true); load().then((p) => set(() => p), () => undefined); }} onChange={(e) => type(e.target.value)} onPressEnter={take} onBlur={() => { take(); come(false); pointer.current = false; }} />
	);
}
