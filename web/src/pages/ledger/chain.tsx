// chain.tsx - whether the journal is whole: the head of its chain of hashes now, what the last walk along it came to, and a walk to begin.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Descriptions, Progress, Typography } from 'antd';
import { get, post } from '../../api/client';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { WithReason } from '../../ui/reason';
import { Time } from '../../ui/show';
import { Asked } from '../../ui/states';
import { By } from '../../ui/who';

const texts = both({
	head: '当前链首', next: '下一序号', walk: '立即核验全链', why: '核验理由', begun: '核验已开始', never: '尚未核验过', whole: '完整：链上每一条记录都与哈希一致', broken: (n: number) => `不完整：发现 ${n} 处异常`, at: '核验时间', by: '核验人', span: '范围', segments: '段', records: '记录', bytes: '字节', chain: '链首', running: '正在核验', note: '把链首抄录到别处保存，日后可用 duanka audit verify --head 证明日志未被改动。', title: '上次核验',
}, {
	head: 'Head of the chain', next: 'Next position', walk: 'Walk the whole chain', why: 'Why', begun: 'The walk has begun', never: 'Never walked', whole: 'Whole: every record agrees with its hash', broken: (n: number) => `Not whole: ${n} things are wrong`, at: 'When', by: 'By', span: 'From, to', segments: 'Segments', records: 'Records', bytes: 'Bytes', chain: 'Head', running: 'Walking', note: 'Note the head down elsewhere: duanka audit verify --head proves with it that nothing was changed.', title: 'The last walk',
});
interface Verified { time: string; who: string; user?: string | null; whole: boolean; first: number; last: number; segments: number; records: number; bytes: number; chain: string; wrong: number; lines: string[] }
interface ChainState { next: number; head: string; verified: Verified | null; job: string | null }

function Walked({ of }: { of: Verified }) {
	const t = useTexts(texts);
	const language = useLanguage();
	return (
		<Panel title={t.title} className="stack">
			<Alert type={of.whole ? 'success' : 'error'} showIcon title={of.whole ? t.whole : t.broken(of.wrong)} description={of.lines.length === 0 ? undefined : <ul>{of.lines.map((l) => <li key={l} className="mono">{l}</li>)}</ul>} />
			<Descriptions size="small" column={{ xs: 1, sm: 2, lg: 3 }} style={{ marginTop: 12 }} items={[
				{ key: 'at', label: t.at, children: <Time at={of.time} /> }, { key: 'by', label: t.by, children: <By user={of.user} who={of.who} /> }, { key: 'span', label: t.span, children: <span className="mono">#{of.first} – #{of.last}</span> },
				{ key: 'segments', label: t.segments, children: number(of.segments, language) }, { key: 'records', label: t.records, children: number(of.records, language) }, { key: 'bytes', label: t.bytes, children: number(of.bytes, language) },
				{ key: 'chain', label: t.chain, span: 'filled', children: <span className="mono" style={{ overflowWrap: 'anywhere' }}>{of.chain}</span> },
			]} />
		</Panel>
	);
}
export function Chain() {
	const t = useTexts(texts);
	const run = useRun();
	const queries = useQueryClient();
	const of = useQuery({ queryKey: ['chain'], queryFn: ({ signal }) => get<ChainState>('/v1/audit/chain', signal), refetchInterval: (q) => (q.state.data?.job == null ? 15_000 : 500) });
	const job = useQuery({ queryKey: ['job', of.data?.job], enabled: of.data?.job != null, queryFn: ({ signal }) => get<{ progress: number }>(`/v1/jobs/${of.data?.job ?? ''}`, signal), refetchInterval: 500 });
	const walk = async (why: string) => {
		const done = await run(() => post('/v1/audit/chain/verify', { why }), t.begun);
		void queries.invalidateQueries({ queryKey: ['chain'] });
		return done !== undefined;
	};
	return (
		<Asked of={of}>{(c) => (
			<div className="stack">
				<Panel title={t.head} extra={<WithReason name="walk" primary label={t.walk} act={walk} disabled={c.job !== null} />} className="stack">
					<Typography.Text copyable className="mono" style={{ overflowWrap: 'anywhere' }}>{c.head}</Typography.Text>
					<p style={{ margin: '8px 0 0' }}>{t.next} <span className="mono">#{c.next}</span></p><p className="faint" style={{ margin: 0 }}>{t.note}</p>
					{c.job !== null && <div role="status">{t.running}<Progress percent={Math.round(100 * (job.data?.progress ?? 0))} /></div>}
				</Panel>
				{c.verified === null ? <Alert type="warning" showIcon title={t.never} /> : <Walked of={c.verified} />}
			</div>
		)}</Asked>
	);
}
