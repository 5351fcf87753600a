// Moderating the public board: what waits, one post at a time, by keys: A approve, R reject, H hide, then the next.
import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useParams } from 'wouter';
import { get } from '../../api/client';
import type { DeskObject } from '../../api/types';
import { DeskList, useList } from '../../desk/list';
import { Steps, useObject, useStepped } from '../../desk/object';
import { send } from '../../desk/step';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page, Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { StateTag, Time } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';
import { Parts } from '../../ui/tabs';

const texts = both({
	title: '版块审核', waiting: '待审核', topics: '主题帖', replies: '回复', members: '用户', none: '没有待审核的内容', approve: '通过 (A)', skip: '下一条 (J)', approved: '已通过', left: (n: number) => `还有 ${n} 条`, public: '公众版块',
	beyond: (n: number) => `版块已满：有 ${n} 条主题或回复无法显示，请联系系统管理员。`,
}, {
	title: 'Board moderation', waiting: 'Waiting', topics: 'Topics', replies: 'Replies', members: 'Members', none: 'Nothing waits', approve: 'Approve (A)', skip: 'Next (J)', approved: 'Approved', left: (n: number) => `${n} waiting`, public: 'The public board',
	beyond: (n: number) => `The board is full: ${n} topics or replies are shown to nobody. Tell the administrator.`,
});
function Post({ id, next }: { id: string; next: () => void }) {
	const t = useTexts(texts);
	const of = useObject(id);
	const run = useRun();
	const { machines } = useSession();
	const stepped = useStepped();
	const object = of.data;
	const approve = useCallback(async () => {
		const machine = object === undefined ? undefined : machines.get(object.kind);
		if (object === undefined || machine === undefined) return;
		const done = await run(() => send(machine, 'approve', {}, object), t.approved);
		if (done !== undefined) { stepped(done); next(); }
	}, [object, machines, run, stepped, next, t]);
	useEffect(() => {
		const key = (e: KeyboardEvent) => {
			if (e.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
			if (e.ctrlKey || e.altKey || e.metaKey) return;
			const k = e.key.toLowerCase();
			if (k === 'a' && object?.steps?.some((s) => s.name === 'approve')) void approve();
			else if (k === 'j') next();
			else if (k === 'r' || k === 'h') document.querySelector<HTMLElement>(`[data-step=${k === 'r' ? 'reject' : 'hide'}]`)?.click();
			else return;
			e.preventDefault();
		};
		window.addEventListener('keydown', key);
		return () => window.removeEventListener('keydown', key);
	}, [approve, next, object]);
	return (
		<Asked of={of}>{(o: DeskObject) => (
			<article className="stack">
				<div className="row"><span className="mono">{o.id}</span><StateTag state={o.state} /><Time at={o.made} /></div>
				{o.fields.title !== undefined && <h2 style={{ margin: 0 }}>{String(o.fields.title)}</h2>}
				<p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 16 }}>{String(o.fields.body ?? '')}</p>
				<div className="row">{[1, 2, 3, 4].filter((n) => o.fields[`picture_${n}`] != null).map((n) => <img key={n} src={`/v1/topics/${o.id}/files/picture_${n}`} alt={`${n}`} style={{ maxWidth: 200, maxHeight: 160 }} />)}</div>
				<div className="row"><Button type="primary" disabled={!o.steps?.some((s) => s.name === 'approve')} onClick={() => void approve()}>{t.approve}</Button><Button onClick={next}>{t.skip}</Button></div>
				<Steps object={o} hide={['approve']} onDone={next} />
			</article>
		)}</Asked>
	);
}
function Waiting() {
	const t = useTexts(texts);
	const topics = useList('topic', { state: 'waiting', sort: 'id' }, 200), replies = useList('reply', { state: 'waiting', sort: 'id' }, 200);
	const [at, setAt] = useState(0);
	const all = useMemo(() => [...(topics.data?.pages ?? []), ...(replies.data?.pages ?? [])].flatMap((p) => p.objects).sort((a, b) => a.made.localeCompare(b.made)), [topics.data, replies.data]);
	const next = useCallback(() => setAt((n) => n + 1), []);
	const here = all.length === 0 ? undefined : all[at % all.length];
	return <Panel>{topics.error === null && here === undefined ? <Nothing>{t.none}</Nothing> : <Asked of={topics}>{() => here !== undefined && <><p className="faint">{t.left(all.length)}</p><Post key={here.id} id={here.id} next={next} /></>}</Asked>}</Panel>;
}
/** Nothing while there is room. */
function Full() {
	const t = useTexts(texts);
	const full = useQuery({ queryKey: ['board'], refetchInterval: 60_000, queryFn: ({ signal }) => get<{ beyond: number }>('/v1/desk/board', signal) });
	const beyond = full.data?.beyond ?? 0;
	return beyond > 0 ? <Alert type="warning" showIcon title={t.beyond(beyond)} /> : null;
}
export default function Board() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	return (
		<Page title={t.title} extra={<a href="/board" target="_blank" rel="noreferrer">{t.public}</a>}>
			<Full />
			<Parts at="/board" part={tab} parts={[
				{ key: 'waiting', label: t.waiting, content: <Waiting /> }, { key: 'topics', label: t.topics, content: <DeskList kind="topic" fields={['title', 'member', 'ground']} filter={{ open: false }} /> },
				{ key: 'replies', label: t.replies, content: <DeskList kind="reply" fields={['topic', 'body', 'ground']} filter={{ open: false }} /> }, { key: 'members', label: t.members, content: <DeskList kind="member" fields={['name', 'until']} filter={{ open: false }} /> },
			]} />
		</Page>
	);
}
