// plain.tsx - phone and person in plain, for a purpose and a case, so that an officer can call and knows whom to ask for. What is shown is forgotten with the page.
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { post } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { district, useLanguage, useTexts } from '../../i18n';
import { useRun } from '../../ui/problems';
import { EntityName } from '../../ui/show';
import { texts } from './texts';

interface Seen { act: number; plain: Record<string, string | null> }
const isEntity = (v: unknown): v is { kind: string; token: string; shown: string | null } => typeof v === 'object' && v !== null && 'token' in v;

export function Who({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const run = useRun();
	const [open, setOpen] = useState(false);
	const [seen, setSeen] = useState<Seen | null>(null);
	const fields = ['phone', 'person'].filter((f) => isEntity(warning.fields[f]));
	const look = async (f: { purpose: string; case: string }) => {
		const got = await run(() => post<Seen>('/v1/desk/views', { object: warning.id, fields, ...f }));
		if (got !== undefined) { setSeen(got); setOpen(false); }
	};
	const phone = seen?.plain.phone;
	return (
		<div className="stack">
			<dl className="facts-of">
				{fields.map((name) => <div key={name}><dt>{t[name as 'phone']}</dt><dd className="mono">{seen === null ? <EntityName entity={warning.fields[name] as never} plain /> : seen.plain[name] ?? t.gone}</dd></div>)}
				<div><dt>{t.area}</dt><dd>{district(warning.district, language)}</dd></div>
			</dl>
			<p className="faint" style={{ margin: 0 }}>{t.address}</p>
			{typeof phone === 'string' && <Button size="large" type="primary" block href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`}>{t.call} {phone}</Button>}
			{seen === null && !open && fields.length > 0 && <Button size="large" block data-plain onClick={() => setOpen(true)}>{t.plain}</Button>}
			{open && (
				<Form layout="vertical" initialValues={{ purpose: t.purposeDefault }} onFinish={(f: { purpose: string; case: string }) => void look(f)}>
					<Form.Item name="purpose" label={t.purpose} rules={[{ required: true }]}><Input size="large" maxLength={200} /></Form.Item>
					<Form.Item name="case" label={t.caseNo} extra={t.purposeHint} rules={[{ required: true }]}><Input size="large" maxLength={200} autoFocus /></Form.Item>
					<Button size="large" type="primary" block htmlType="submit">{t.show}</Button>
				</Form>
			)}
		</div>
	);
}
