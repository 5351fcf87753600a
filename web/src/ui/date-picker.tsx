// date-picker.tsx - antd's picker of a time, with the names of months and days in Chinese.
import { DatePicker } from 'antd';
import 'dayjs/locale/zh-cn';

export default DatePicker;
