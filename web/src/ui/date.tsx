// date.tsx - a time in a form whose other fields need not wait for the calendar: until that is there, a field which can't be typed in stands in its place.
import { Input, type DatePickerProps } from 'antd';
import { later } from './later';

function Waiting({ id, style }: DatePickerProps) {
	return <Input id={id} style={style} disabled />;
}
export const DateField = later<DatePickerProps>(() => import('./date-picker'), Waiting);
