// batch.tsx - one step on all chosen orders, with the fields that it needs asked once.
import { Button, Form, Modal } from 'antd';
import { useState } from 'react';
import type { DeskObject } from '../../api/types';
import { useBatch } from '../../desk/act';
import { StepFields } from '../../desk/dialog';
import { named, useLanguage, useTexts } from '../../i18n';
import { useMachine, useSession } from '../../session';
import { texts } from './texts';

const STEPS: Record<string, string[]> = { stop: ['approve', 'cancel', 'recall', 'ask-extension', 'extend', 'convert', 'release'], freeze: ['approve', 'cancel', 'ask-renewal', 'renew', 'release'] };
const asked = (o: DeskObject, field: string): boolean => { const v = o.fields[field]; return typeof v === 'object' && v !== null && 'name' in v && v.name === 'asked'; };

export default function BatchBar({ kind, chosen, clear }: { kind: 'stop' | 'freeze'; chosen: DeskObject[]; clear: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { may } = useSession();
	const machine = useMachine(kind);
	const batch = useBatch(kind);
	const [asking, ask] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const of = (name: string) => machine.steps.find((s) => s.name === name);
	const fits = (name: string): DeskObject[] => chosen.filter((o) => of(name)?.from.includes(o.state.name) === true && (name !== 'extend' || asked(o, 'extension')) && (name !== 'renew' || asked(o, 'renewal')));
	const go = async (name: string, fields: Record<string, unknown>) => {
		const given = Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined && v !== null && v !== ''));
		setBusy(true);
		const got = await batch(fits(name).map((o) => ({ object: o.id, step: name, version: o.version, fields: given })), t.done);
		setBusy(false);
		if (got === undefined) return;
		ask(null);
		clear();
	};
	const form = (name: string) => { const s = of(name); return s === undefined ? null : { ...s, takes: s.takes.filter((f) => ['cause', 'release_reason', 'reason'].includes(f)) }; };
	const asks = (name: string): boolean => name !== 'approve' && ((form(name)?.needs.length ?? 0) + (form(name)?.takes.length ?? 0)) > 0;
	const s = asking === null ? null : form(asking);
	return (
		<div className="row" role="toolbar" aria-label={t.chosen(chosen.length)}>
			<strong>{t.chosen(chosen.length)}</strong>
			{(STEPS[kind] ?? []).filter((name) => may(kind, name) && fits(name).length > 0).map((name) => <Button key={name} data-batch={name} disabled={busy} onClick={() => (asks(name) ? ask(name) : void go(name, {}))}>{named(of(name), language)} ({fits(name).length})</Button>)}
			<Button type="text" onClick={clear}>{t.clear}</Button>
			<Modal open={s !== null} title={s === null ? '' : `${named(s, language)} (${fits(s.name).length})`} footer={null} onCancel={() => ask(null)} destroyOnHidden>
				{s !== null && (
					<Form layout="vertical" onFinish={(f: Record<string, unknown>) => void go(s.name, f)}>
						<StepFields machine={machine} step={s} />
						<Button type="primary" htmlType="submit" loading={busy}>{t.send}</Button>
					</Form>
				)}
			</Modal>
		</div>
	);
}
