// date.tsx - a time in a form whose other fields need not wait for a calendar: it shows what it holds, and brings the calendar when somebody comes to it.
import { CalendarOutlined } from '@ant-design/icons';
import { Input, type DatePickerProps } from 'antd';
import { useState } from 'react';
import { later } from './later';

const shown = ({ value, showTime }: DatePickerProps): string => (value == null || Array.isArray(value) ? '' : value.format(showTime === undefined ? 'YYYY-MM-DD' : 'YYYY-MM-DD HH:mm:ss'));
function Field({ of, come }: { of: DatePickerProps; come?: () => void }) {
	return <Input id={of.id} aria-label={of['aria-label']} style={of.style} readOnly value={shown(of)} suffix={<CalendarOutlined />} onFocus={come} />;
}
function Waiting(of: DatePickerProps) {
	return <Field of={of} />;
}
const Picker = later<DatePickerProps>(() => import('./date-picker'), Waiting);
export function DateField(props: DatePickerProps) {
	const [wanted, want] = useState(false);
	return wanted ? <Picker {...props} autoFocus defaultOpen /> : <Field of={props} come={() => want(true)} />;
}
