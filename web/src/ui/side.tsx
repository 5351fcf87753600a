// side.tsx - a drawer about something. It keeps its title and what is in it until it is out of sight: a dialog without a name is none that a screen reader can tell.
import { Drawer } from 'antd';
import { Fragment, useRef, type ReactNode } from 'react';

export function Side<T>({ of, size = 720, title, onClose, children }: { of: T | null; size?: number; title: (of: T) => ReactNode; onClose: () => void; children: (of: T) => ReactNode }) {
	const last = useRef({ of, times: 0, open: false });
	const { current } = last;
	if (of !== null) current.of = of;
	if (of !== null && !current.open) current.times++; // nothing of the former one, though it may still be in sight
	current.open = of !== null;
	const shown = current.of;
	return <Drawer open={of !== null} size={size} onClose={onClose} title={shown !== null && title(shown)} destroyOnHidden>{shown !== null && <Fragment key={current.times}>{children(shown)}</Fragment>}</Drawer>;
}
