// side.tsx - a drawer about something. It keeps its title and what is in it until it is out of sight: a dialog without a name is none that a screen reader can tell.
import { Drawer } from 'antd';
import { useRef, type ReactNode } from 'react';

export function Side<T>({ of, size = 720, title, onClose, children }: { of: T | null; size?: number; title: (of: T) => ReactNode; onClose: () => void; children: (of: T) => ReactNode }) {
	const last = useRef(of);
	if (of !== null) last.current = of;
	const shown = last.current;
	return <Drawer open={of !== null} size={size} onClose={onClose} title={shown !== null && title(shown)} destroyOnHidden>{shown !== null && children(shown)}</Drawer>;
}
