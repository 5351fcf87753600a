// sheets.tsx - what is printed of a month: the joint report as a page, a PDF or text, and the monthly sheets of outlets.
import { Button } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { query } from '../../api/client';
import { DeskList } from '../../desk/list';
import { useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { Panel } from '../../ui/page';
import { texts } from './texts';

export function Sheets({ organisation, district }: { organisation?: number; district?: number }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const session = useSession();
	const [month, setMonth] = useState(() => dayjs().subtract(1, 'month'));
	const of = (format: string): string => `/v1/reports/month.${format}${query({ month: month.format('YYYY-MM'), lang: language, organisation, district })}`;
	const reads = session.machines.has('assessment') && session.role('leader', 'inspector', 'secretary', 'city-leader', 'auditor', 'channel', 'delegate');
	return (
		<>
			<Panel title={t.sheets}>
				<p className="faint">{t.sheetsMore}</p>
				<div className="row">
					<DatePicker picker="month" aria-label={t.monthOf} allowClear={false} value={month} onChange={(d) => { if (d !== null) setMonth(d); }} disabledDate={(d) => d.isAfter(dayjs(), 'month')} />
					{([['html', t.open], ['pdf', t.pdf], ['md', t.markdown]] as const).map(([format, label]) => <Button key={format} href={of(format)} target="_blank" rel="noreferrer" data-format={format}>{label}</Button>)}
				</div>
			</Panel>
			{reads && <Panel title={t.outlets}><DeskList kind="assessment" fields={['month', 'outlet', 'performance', 'security', 'talk']} /></Panel>}
		</>
	);
}
