// step.tsx - a step of any kind of the desk: what is sent for it, and the dialog that asks for its fields. The dialog comes in a chunk of its own (dialog.tsx) with the first step that is taken: a seat that
// works by keys begins without date pickers and forms.
import dayjs, { type Dayjs } from 'dayjs';
import { once, post } from '../api/client';
import type { DeskObject, Done, Field, Machine } from '../api/types';
import { later } from '../ui/later';

export interface StepAsk { machine: Machine; step: string; object?: DeskObject; initial?: Record<string, unknown>; hidden?: Record<string, unknown> }
export interface StepDialogProps { ask: StepAsk | null; onDone: (done: Done) => void; onClose: () => void }

const asTime = (v: unknown): unknown => (dayjs.isDayjs(v) ? (v as Dayjs).format() : v);
function asField(field: Field, v: unknown): unknown {
	if (field.type === 'time') return asTime(v);
	if (field.type === 'positions' && typeof v === 'string') return v.split(/[\s,，]+/).filter((x) => x !== '').map(Number).sort((a, b) => a - b);
	if (field.type === 'entity' && typeof v === 'string') return /^[0-9a-f]{32}$/.test(v) ? { token: v } : v.trim();
	return v;
}

/** The id of a file that the service has taken. */
export async function uploadFile(file: Blob): Promise<string> {
	return (await post<{ file: string }>('/v1/files', file, { headers: { 'Content-Type': 'application/octet-stream' } })).file;
}
/** Sends a step, or makes an object. */
export async function send(machine: Machine, step: string, fields: Record<string, unknown>, object?: DeskObject, key = once()): Promise<Done> {
	const body: Record<string, unknown> = {};
	for (const [name, v] of Object.entries(fields)) {
		const field = machine.fields.find((f) => f.name === name);
		if (v !== undefined && v !== null && v !== '') body[name] = field === undefined ? v : asField(field, v);
	}
	if (object !== undefined) return post<Done>(`/v1/${machine.route}/${object.id}/${step}`, body, { version: object.version, key });
	const makers = machine.steps.filter((s) => s.from.includes('') && !s.internal);
	return post<Done>(`/v1/${machine.route}`, makers.length > 1 ? { step, ...body } : body, { key });
}

const Dialog = later(() => import('./dialog'));
/** The form in a dialog. `onDone` gets the object as it is then. */
export function StepDialog(props: StepDialogProps) {
	return props.ask === null ? null : <Dialog {...props} />;
}
