// date-picker.tsx - antd's picker of a time, as the part that date.tsx loads when it is first shown.
export { DatePicker as default } from 'antd';
