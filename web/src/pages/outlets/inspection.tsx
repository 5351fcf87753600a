// inspection.tsx - inspections of an outlet: planned, done with a checklist that has each needed item once and pictures that are seen before they are sent, confirmed by somebody else.
import { App, Button, Form, Input, Radio, Upload } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { Problem } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { useStep } from '../../desk/act';
import { useList } from '../../desk/list';
import { Fields, useStepped } from '../../desk/object';
import { One, OtherSteps, rowsOf } from '../../desk/split';
import { Who } from '../../ui/who';
import { StepDialog, uploadFile, type StepAsk } from '../../desk/step';
import { both, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { Panel } from '../../ui/page';
import { StateTag, Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { needed } from './mine';

const texts = both({
	title: '检查', plan: '安排检查', do: '逐项检查', right: '合格', wrong: '不合格', missing: '缺失', photo: (n: number) => `照片 ${n}`, choose: '选择照片', remove: '移除', finding: '检查情况', deadline: '整改期限', score: (n: number) => `得分 ${n}`, pass: '合格（80 分及以上）', failed: '未合格', send: '提交，由他人确认', sent: '已提交，待确认', eyes: '检查人与确认人必须不同：', all: '全部合格',
}, {
	title: 'Inspections', plan: 'Plan one', do: 'Go through it', right: 'Right', wrong: 'Wrong', missing: 'Missing', photo: (n: number) => `Picture ${n}`, choose: 'Choose a picture', remove: 'Remove', finding: 'What was found', deadline: 'To be put right until', score: (n: number) => `Score ${n}`, pass: 'passed (80 and up)', failed: 'not passed', send: 'Send; somebody else confirms', sent: 'Sent, waits for who confirms', eyes: 'Who inspects and who confirms are different people:', all: 'All right',
});
type Mark = 'right' | 'wrong' | 'missing';
const MARKS: Mark[] = ['right', 'wrong', 'missing'];
const WEIGHT: Record<string, number> = { 'notice-96110': 2, quiz: 3 }; // others: 1; doc/outlets.md
const POINTS: Record<Mark, number> = { right: 2, wrong: 1, missing: 0 };

/** A picture that is shown as soon as it is chosen; its value is the id that the service gave. */
function Picture({ label, onChange }: { label: string; value?: string; onChange?: (v: string | undefined) => void }) {
	const t = useTexts(texts);
	const zh = useLanguage() === 'zh';
	const { message } = App.useApp();
	const [shown, show] = useState<string | null>(null);
	const take = async (f: File): Promise<void> => {
		try {
			onChange?.(await uploadFile(f));
			const reader = new FileReader();
			reader.onload = () => show(String(reader.result));
			reader.readAsDataURL(f);
		} catch (e) {
			void message.error(e instanceof Problem ? e.says(zh) : String(e));
		}
	};
	return (
		<div className="row">
			{shown !== null && <img src={shown} alt={label} data-preview style={{ width: 120, height: 90, objectFit: 'cover', borderRadius: 6 }} />}
			{shown === null
				? <Upload accept="image/jpeg,image/png" showUploadList={false} beforeUpload={async (f) => { await take(f); return Upload.LIST_IGNORE; }}><Button>{t.choose}</Button></Upload>
				: <Button onClick={() => { show(null); onChange?.(undefined); }}>{t.remove}</Button>}
		</div>
	);
}
interface Typed { photo_1?: string; photo_2?: string; photo_3?: string; finding?: string; deadline?: Dayjs }
function Checklist({ inspection, items }: { inspection: DeskObject; items: { name: string; zh: string; bit: number }[] }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const act = useStep();
	const [marks, setMarks] = useState<Record<string, Mark>>({});
	const whole = items.reduce((sum, i) => sum + 2 * (WEIGHT[i.name] ?? 1), 0);
	const got = items.reduce((sum, i) => { const m = marks[i.name]; return sum + (m === undefined ? 0 : POINTS[m] * (WEIGHT[i.name] ?? 1)); }, 0);
	const score = whole === 0 ? 0 : Math.floor((100 * got) / whole);
	const complete = items.every((i) => marks[i.name] !== undefined);
	const finish = (f: Typed) => {
		const bits = (m: Mark): number => items.filter((i) => marks[i.name] === m).reduce((sum, i) => sum + i.bit, 0);
		void act(inspection, 'do', { ...f, deadline: f.deadline?.format(), right: bits('right'), wrong: bits('wrong'), missing: bits('missing') }, t.sent);
	};
	return (
		<Form layout="vertical" onFinish={finish} data-checklist>
			<div className="row" style={{ marginBottom: 8 }}><Button size="small" onClick={() => setMarks(Object.fromEntries(items.map((i) => [i.name, 'right'])))}>{t.all}</Button>{complete && <strong style={{ color: score >= 80 ? 'var(--good)' : 'var(--red)' }} data-score={score}>{t.score(score)} · {score >= 80 ? t.pass : t.failed}</strong>}</div>
			{items.map((i) => (
				<div key={i.name} className="row" style={{ padding: '4px 0', borderBottom: '1px solid var(--line)' }} role="group" aria-label={named(i, language)}>
					<span className="grow">{named(i, language)}</span>
					<Radio.Group value={marks[i.name] ?? null} onChange={(e) => setMarks({ ...marks, [i.name]: e.target.value as Mark })} options={MARKS.map((m) => ({ value: m, label: t[m] }))} data-item={i.name} />
				</div>
			))}
			<div className="grid" style={{ marginTop: 12 }}>
				{([1, 2, 3] as const).map((n) => <Form.Item key={n} name={`photo_${n}`} label={t.photo(n)}><Picture label={t.photo(n)} /></Form.Item>)}
			</div>
			<Form.Item name="finding" label={t.finding}><Input.TextArea maxLength={1000} rows={2} /></Form.Item>
			{Object.values(marks).some((m) => m !== 'right') && <Form.Item name="deadline" label={t.deadline} initialValue={dayjs().add(7, 'day')}><DatePicker showTime /></Form.Item>}
			<Button type="primary" htmlType="submit" disabled={!complete}>{t.send}</Button>
		</Form>
	);
}
export default function Inspections({ outlet }: { outlet: string }) {
	const t = useTexts(texts);
	const { machines, may } = useSession();
	const machine = machines.get('inspection');
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const list = useList('inspection', { entity: `object:${outlet}`, sort: 'changed' }, 20);
	const supplies = useList('supply', { entity: `object:${outlet}`, state: 'short,complete' }, 100);
	const choices = machines.get('supply')?.fields.find((f) => f.name === 'item')?.choices ?? [];
	const wanted = new Set(rowsOf([supplies]).filter((s) => needed(s) > 0).map((s) => { const v = s.fields.item; return v !== null && typeof v === 'object' && 'name' in v ? v.name : ''; }));
	const items = choices.map((c, i) => ({ ...c, bit: 2 ** i })).filter((c) => wanted.has(c.name));
	return (
		<Panel title={t.title} extra={machine !== undefined && may('inspection', 'plan') && <Button size="small" data-make="plan" onClick={() => setAsk({ machine, step: 'plan', hidden: { outlet } })}>{t.plan}</Button>}>
			<Asked of={list} empty={(d) => d.pages[0]?.objects.length === 0}>{() => (
				<ul className="plain">{rowsOf([list]).map((i) => (
					<li key={i.id} data-inspection={i.id}>
						<One id={i.id}>{(o) => (
							<div className="stack">
								<div className="row"><span className="mono">{o.id}</span><StateTag state={o.state} />{typeof o.fields.planned === 'string' && <Time at={o.fields.planned} />}{typeof o.fields.score === 'number' && <strong>{t.score(o.fields.score)}</strong>}</div>
								{o.proposer !== null && <span className="faint">{t.eyes} <Who id={o.proposer} /> → <Who id={o.approver} /></span>}
								{o.steps?.some((s) => s.name === 'do') === true && supplies.data !== undefined && <Checklist inspection={o} items={items} />}
								{o.state.name !== 'planned' && <Fields object={o} omit={['outlet', 'right', 'wrong', 'missing', 'organisation', 'district', 'planned', 'score']} />}
								<OtherSteps object={o} hide={['do']} />
							</div>
						)}</One>
					</li>
				))}</ul>
			)}</Asked>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); }} />
		</Panel>
	);
}
