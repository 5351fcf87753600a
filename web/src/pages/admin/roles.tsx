// roles.tsx - a user's roles are bits of one number, in the order in which the service names them; people see their names.
import { Checkbox, Tag } from 'antd';
import type { Named } from '../../api/types';
import { named, useLanguage } from '../../i18n';
import { useSession } from '../../session';

// Not by shifts: there may be more roles than the 32 bits of those.
export const bits = (names: string[], roles: Named[]): number => roles.reduce((sum, r, i) => sum + (names.includes(r.name) ? 2 ** i : 0), 0);
export const fromBits = (n: number, roles: Named[]): string[] => roles.filter((_, i) => Math.floor(n / 2 ** i) % 2 === 1).map((r) => r.name);

export function RoleTags({ roles }: { roles: number }) {
	const language = useLanguage();
	const all = useSession().roles;
	return <span className="row" style={{ gap: 4 }}>{fromBits(roles, all).map((n) => <Tag key={n} variant="outlined" style={{ margin: 0 }}>{named(all.find((r) => r.name === n), language)}</Tag>)}</span>;
}
const nobody = ['system', 'connector', 'citizen']; // what no person can be
/** A control of a form: names of roles. */
export function RoleBoxes({ value, onChange, id }: { value?: string[]; onChange?: (v: string[]) => void; id?: string }) {
	const language = useLanguage();
	const all = useSession().roles;
	return <div id={id} role="group" style={{ columns: '150px auto' }}><Checkbox.Group style={{ display: 'block' }} value={value} onChange={(v) => onChange?.(v as string[])}>{all.filter((r) => !nobody.includes(r.name)).map((r) => <div key={r.name}><Checkbox value={r.name}>{named(r, language)}</Checkbox></div>)}</Checkbox.Group></div>;
}
