// show.tsx - values as people read them: grades, severities, entities (masked), times, countdowns, states.
import { Tag } from 'antd';
import { Link } from 'wouter';
import type { Entity, Severity, State, Value } from '../api/types';
import { both, district, duration, named, number, time, useLanguage, useTexts, words, yuan } from '../i18n';
import { useNow } from '../live';
import { Organisation, Who } from './who';

const texts = both({
	grade: ['蓝', '黄', '红', '紫'], severity: { none: '无', blue: '蓝', yellow: '黄', red: '红', purple: '紫' } as Record<Severity, string>, hidden: '加密', yes: '是', no: '否', late: '已超时', left: '剩',
	kinds: { phone: '号码', account: '账户', person: '人员', device: '设备', cell: '基站', net: '网址', outlet: '网点', place: '网点', agent: '代理商', clerk: '经办人' } as Record<string, string>,
}, {
	grade: ['Blue', 'Yellow', 'Red', 'Purple'], severity: { none: 'None', blue: 'Blue', yellow: 'Yellow', red: 'Red', purple: 'Purple' } as Record<Severity, string>, hidden: 'sealed', yes: 'Yes', no: 'No', late: 'overdue', left: 'left',
	kinds: { phone: 'Phone', account: 'Account', person: 'Person', device: 'Device', cell: 'Cell', net: 'Link', outlet: 'Outlet', place: 'Outlet', agent: 'Agent', clerk: 'Clerk' } as Record<string, string>,
});

export function Grade({ grade }: { grade: number }) {
	return <span className={`grade grade-${grade}`}>{useTexts(texts).grade[grade]}</span>;
}
export function SeverityMark({ severity }: { severity: Severity }) {
	return <span className={`grade severity-${severity}`}>{useTexts(texts).severity[severity]}</span>;
}
export function StateTag({ state }: { state: State }) {
	const language = useLanguage();
	return <Tag color={state.final ? undefined : 'processing'} variant="outlined">{named(state, language)}</Tag>;
}
export const entityPath = (e: Entity): string => `/entity/${e.kind}/${e.token}`;
/* What stands where an entity does and is none: the number of a limit, an object of the desk. */
function NotAPerson({ of }: { of: object }) {
	if ('id' in of && typeof of.id === 'string') return <Link href={`/object/${of.id}`}><span className="mono">{of.id}</span></Link>;
	return <span className="mono">{'number' in of ? String(of.number) : '–'}</span>;
}
/** Masked, with a way to the entity's page. */
export function EntityName({ entity, plain = false }: { entity: Entity; plain?: boolean }) {
	const t = useTexts(texts);
	if (entity.token === undefined) return <NotAPerson of={entity} />;
	const text = <span className="mono">{entity.shown ?? `${entity.token.slice(0, 8)}…`}</span>;
	return <span title={t.kinds[entity.kind] ?? words(entity.kind)}>{plain ? text : <Link href={entityPath(entity)}>{text}</Link>}</span>;
}
export const useKindName = (): ((kind: string) => string) => {
	const t = useTexts(texts);
	return (kind) => t.kinds[kind] ?? words(kind);
};
export function Time({ at }: { at: string }) {
	return <time dateTime={at} className="mono">{time(at, useLanguage())}</time>;
}
/** What is left until then, or by how much it is over. `base`: the desk's clock instead of the browser's. */
export function Countdown({ to, label }: { to: string; label?: string }) {
	const language = useLanguage();
	const t = useTexts(texts);
	const left = new Date(to).getTime() - useNow();
	const hours = left / 3_600_000;
	return (
		<span className="mono" title={time(to, language)} style={{ color: left < 0 ? 'var(--red)' : hours < 1 ? 'var(--red)' : hours < 4 ? 'var(--yellow)' : undefined, whiteSpace: 'nowrap' }}>
			{label !== undefined && `${label} `}{left < 0 ? `${t.late} ${duration(left, language)}` : duration(left, language)}
		</span>
	);
}
/* Fields whose number is an organisation's. */
const ORGANISATIONS = new Set(['owner', 'organisation', 'bank', 'operator', 'institution', 'payer_bank', 'payee_bank', 'passed_to', 'raised_by']);
/** A field's value by what it looks like; `type` from the tables where the look does not tell. */
export function ShowValue({ value, type, name, kind }: { value: Value | undefined; type?: string; name?: string; kind?: string }) {
	const language = useLanguage();
	const t = useTexts(texts);
	if (value === null || value === undefined) return <span className="faint">–</span>;
	if (Array.isArray(value)) return <span className="mono">{value.map((p, i) => <span key={p}>{i > 0 && ', '}<Link href={`/explain/${p}`}>{p}</Link></span>)}</span>;
	if (typeof value === 'object') {
		if ('token' in value) return <EntityName entity={value} />;
		if ('number' in value || 'id' in value) return <NotAPerson of={value} />;
		if ('sealed' in value) return <Tag>{t.hidden}</Tag>;
		if ('file' in value) return <span className="mono">{value.file}</span>;
		return <>{named(value, language)}</>;
	}
	if (type === 'money' && typeof value === 'number') return <span className="mono">{yuan(value, language)}</span>;
	if (type === 'duration' && typeof value === 'number') return <>{duration(value * 1000, language)}</>;
	if (type === 'time' && typeof value === 'string') return <Time at={value} />;
	if (type === 'object' && typeof value === 'string') return <Link href={`/object/${value}`}><span className="mono">{value}</span></Link>;
	if (type === 'user' && typeof value === 'string') return <Who id={value} />;
	if (name === 'owner' && kind === 'warning' && typeof value === 'number') return <Who id={value > 65535 ? `U-${value}` : `key-${value}`} />; // who signed it
	if (name !== undefined && ORGANISATIONS.has(name) && typeof value === 'number') return <Organisation number={value} />;
	if (name === 'grade' && typeof value === 'number' && value < 4) return <Grade grade={value} />;
	if (name === 'district' && typeof value === 'number') return <>{district(value, language)}</>;
	return <>{typeof value === 'number' ? number(value, language, Number.isInteger(value) ? 0 : 2) : value}</>;
}
