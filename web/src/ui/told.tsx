// told.tsx - one thing told to the whole page: what is wrong, what it means, what may be done.
import { CloseCircleFilled, WarningFilled } from '@ant-design/icons';
import type { ReactNode } from 'react';

export function Told({ status, title, more, children }: { status: 'warning' | 'error'; title: string; more: ReactNode; children?: ReactNode }) {
	return (
		<div className="told" data-told={status}>
			<span className="told-mark" aria-hidden="true">{status === 'error' ? <CloseCircleFilled /> : <WarningFilled />}</span>
			<strong>{title}</strong><p className="faint">{more}</p>{children !== undefined && <div className="row">{children}</div>}
		</div>
	);
}
