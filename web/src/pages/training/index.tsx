// Training: a course's quiz and the drills for everybody; the question bank, courses and who has passed for trainers.
import { useQuery } from '@tanstack/react-query';
import { Button, Progress, Select, Table, Tag } from 'antd';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { get } from '../../api/client';
import type { DeskObject, Entity } from '../../api/types';
import { DeskList, useList } from '../../desk/list';
import { useStepped } from '../../desk/object';
import { send } from '../../desk/step';
import { both, date, named, number, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page, Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { EntityName } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Parts } from '../../ui/tabs';
import { Take } from './take';

const texts = both({
	title: '培训', learn: '学习', bank: '题库', courses: '课程', attempts: '成绩', completion: '网点完成情况', quiz: '开始测验', drill: '开始演练', drills: '情景演练', drillsHint: '骗子的话术一步步来，选择您会怎么做', outlet: '网点', staff: '人员', passed: '合格', next: '最早到期', complete: '已完成', of: '选择课程', mark: '合格线', minutes: '分钟',
}, {
	title: 'Training', learn: 'Learn', bank: 'Questions', courses: 'Courses', attempts: 'Results', completion: 'Outlets', quiz: 'Take the quiz', drill: 'Begin', drills: 'Drills', drillsHint: 'What a swindler says, move by move: choose what you would do', outlet: 'Outlet', staff: 'Staff', passed: 'Passed', next: 'First to expire', complete: 'complete', of: 'Choose a course', mark: 'Pass mark', minutes: 'min',
});
interface Drills { drills: { drill: string; name_zh: string; zh: string; en: string; points: number; pass: number }[] }

function useBegin(): (step: 'start' | 'rehearse', fields: Record<string, unknown>) => Promise<void> {
	const machine = useSession().machines.get('attempt');
	const run = useRun();
	const stepped = useStepped();
	const [, go] = useLocation();
	return async (step, fields) => {
		if (machine === undefined) return;
		const done = await run(() => send(machine, step, fields));
		if (done?.object != null) { stepped(done); go(`/training/${done.object.id}`); }
	};
}
function Course({ course, begin }: { course: DeskObject; begin: ReturnType<typeof useBegin> }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const title = (language === 'en' && typeof course.fields.title_en === 'string' && course.fields.title_en) || String(course.fields.title ?? course.id);
	return (
		<Panel title={title} className="stack">
			<p style={{ whiteSpace: 'pre-wrap', maxHeight: 240, overflow: 'auto' }} tabIndex={0}>{String(course.fields.text ?? '')}</p>
			<p className="faint">{t.mark} {String(course.fields.pass ?? '')}% · {String(course.fields.minutes ?? '')} {t.minutes}</p>
			<Button type="primary" onClick={() => void begin('start', { course: course.id })}>{t.quiz}</Button>
		</Panel>
	);
}
function Learn() {
	const t = useTexts(texts);
	const language = useLanguage();
	const begin = useBegin();
	const courses = useList('course', { state: 'in-force', open: false }, 50);
	const drills = useQuery({ queryKey: ['drills'], staleTime: Infinity, queryFn: ({ signal }) => get<Drills>('/v1/desk/drills', signal) });
	return (
		<div className="stack">
			<Asked of={courses} empty={(d) => d.pages[0]?.objects.length === 0}>{(d) => <div className="grid">{d.pages.flatMap((p) => p.objects).map((c) => <Course key={c.id} course={c} begin={begin} />)}</div>}</Asked>
			<Panel title={t.drills}>
				<p className="faint">{t.drillsHint}</p>
				<Asked of={drills}>{(d) => <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 240px), 1fr))' }}>{d.drills.map((x) => (
					<section key={x.drill} className="panel stack"><div className="row"><strong className="grow">{language === 'zh' ? x.name_zh : named({ name: x.drill, zh: '' }, language)}</strong><Button size="small" data-drill={x.drill} onClick={() => void begin('rehearse', { drill: x.drill })}>{t.drill}</Button></div><span className="faint">{x[language]}</span></section>
				))}</div>}</Asked>
			</Panel>
		</div>
	);
}
interface Completion { course: string; complete: number; outlets: { outlet: Entity; staff: number; passed: number; complete: boolean; next_expiry: string | null }[] }
function Outlets() {
	const t = useTexts(texts);
	const language = useLanguage();
	const courses = useList('course', { state: 'in-force', open: false }, 100);
	const those = courses.data?.pages.flatMap((p) => p.objects) ?? [];
	const [chosen, choose] = useState<string | null>(null);
	const course = chosen ?? those[0]?.id ?? null;
	const of = useQuery({ queryKey: ['completion', course], enabled: course !== null, queryFn: ({ signal }) => get<Completion>(`/v1/courses/${course ?? ''}/completion`, signal) });
	return (
		<div className="stack">
			<Select aria-label={t.of} style={{ maxWidth: 360 }} value={course} onChange={choose} options={those.map((c) => ({ value: c.id, label: String(c.fields.title ?? c.id) }))} />
			{course !== null && <Asked of={of} empty={(d) => d.outlets.length === 0}>{(d) => (
				<>
					<p>{number(d.complete, language)}/{number(d.outlets.length, language)} {t.complete}</p>
					<Table rowKey={(o) => o.outlet.token} size="small" pagination={{ pageSize: 50, hideOnSinglePage: true }} scroll={{ x: 560 }} dataSource={d.outlets} columns={[
						{ title: t.outlet, render: (_, o) => <EntityName entity={o.outlet} /> }, { title: t.staff, dataIndex: 'staff', align: 'right' },
						{ title: t.passed, render: (_, o) => <Progress aria-label={t.passed} size="small" percent={o.staff === 0 ? 0 : Math.floor((100 * o.passed) / o.staff)} format={() => `${o.passed}/${o.staff}`} /> },
						{ title: t.next, render: (_, o) => (o.next_expiry === null ? '' : date(o.next_expiry, language)) }, { title: '', render: (_, o) => o.complete && <Tag color="success" variant="outlined">{t.complete}</Tag> },
					]} />
				</>
			)}</Asked>}
		</div>
	);
}
export default function Training() {
	const t = useTexts(texts);
	const { id } = useParams<{ id?: string }>();
	const { role } = useSession();
	if (id !== undefined && /^AT-/.test(id)) return <Page title={t.title}><Take key={id} id={id} /></Page>;
	const trains = role('trainer', 'leader', 'channel', 'inspector', 'auditor', 'bank-desk', 'operator-desk');
	return (
		<Page title={t.title}>
			<Parts at="/training" part={id} parts={[
				{ key: 'learn', label: t.learn, content: <Learn /> }, { key: 'results', label: t.attempts, content: <DeskList kind="attempt" fields={['sort', 'got', 'of', 'until']} filter={{ open: false }} make={[]} /> },
				...(trains ? [{ key: 'outlets', label: t.completion, content: <Outlets /> }, { key: 'courses', label: t.courses, content: <DeskList kind="course" fields={['title', 'audience', 'pass']} filter={{ open: false }} /> }, { key: 'bank', label: t.bank, content: <DeskList kind="question" fields={['code', 'scam', 'zh']} filter={{ open: false }} /> }] : []),
			]} />
		</Page>
	);
}
