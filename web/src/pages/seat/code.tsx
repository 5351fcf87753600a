// code.tsx - the code that the seat reads out, by which who is called verifies on the public page that the call is from 96110.
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { post } from '../../api/client';
import { useTexts } from '../../i18n';
import { Countdown } from '../../ui/show';
import { texts } from './texts';

export interface Code { code: string; until: string }
export const askCode = (warning: string): Promise<Code> => post<Code>('/v1/desk/call-codes', { object: warning });

export function CallCode({ code, again }: { code: Code; again: () => void }) {
	const t = useTexts(texts);
	const [over, end] = useState(false);
	useEffect(() => {
		end(false);
		const timer = setTimeout(() => end(true), new Date(code.until).getTime() - Date.now());
		return () => clearTimeout(timer);
	}, [code]);
	return (
		<div className="call-code" role="status">
			<output className="mono" aria-label={t.code} style={over ? { textDecoration: 'line-through' } : undefined}>{code.code.slice(0, 3)} {code.code.slice(3)}</output>
			<div className="grow"><p>{t.codeHint}</p><span className="row"><Countdown to={code.until} label={t.until} /><Button size="small" onClick={again}>{t.newCode}</Button></span></div>
		</div>
	);
}
