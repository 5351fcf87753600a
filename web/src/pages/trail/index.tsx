// trail - the money of an account, level by level: who got it, what is left where by the transfers that are known, and a stop order from there.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, InputNumber } from 'antd';
import type { Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { useLocation, useParams } from 'wouter';
import { post } from '../../api/client';
import { useStepped } from '../../desk/object';
import { ReasonFields, reasonBody, type Reason } from '../../desk/reason';
import { StepDialog, type StepAsk } from '../../desk/step';
import { both, time, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import DatePicker from '../../ui/date-picker';
import { Page, Panel } from '../../ui/page';
import { Asked, Nothing } from '../../ui/states';
import { money, TrailGraph } from './graph';
import { Ranks } from './ranks';
import { flows, layOut, type TrailAccount, type TrailAnswer } from './trail';
import './trail.css';

const texts = both({
	title: '资金链', account: '起点账户（账号或令牌）', needed: '请填写', levels: '追踪级数', from: '自（默认近30天）', to: '至', follow: '追踪', why: '追踪会留下记录：谁、为何、查了谁。', graph: '资金去向，按级从左到右', list: '按留存排序', none: '这段时间没有转出，无下级账户', another: '另查',
	truncated: '转账太多，未全部追踪：金额可能偏小。', note: '“留”是按已知转账计算的留存，不是余额；余额只有银行知道。“–”：已知转出多于已知转入。', total: (n: number, keep: number, left: string) => `${n} 个账户，其中 ${keep} 个有已知留存，合计 ${left}`, act: (n: number) => `查询记录 #${n}`, since: '自', all: '显示全部联系',
}, {
	title: 'Money trail', account: 'Account to start from (number or token)', needed: 'Needed', levels: 'Levels', from: 'From (else 30 days)', to: 'To', follow: 'Follow', why: 'Following is recorded: who, why, about whom.', graph: 'Where the money went, by level from left to right', list: 'By what is left', none: 'Nothing went out in this time', another: 'Another',
	truncated: 'There were too many transfers to follow all: figures may be too small.', note: '“Left” is what the known transfers leave, not the balance, which only the bank knows. “–”: more is known to have gone out than to have come in.', total: (n: number, keep: number, left: string) => `${n} accounts; ${keep} of them ${keep === 1 ? 'keeps' : 'keep'} what is known to be left, ${left} in all`, act: (n: number) => `Record #${n}`, since: 'Since', all: 'Show all ties',
});
interface Question extends Reason { account: string; levels: number; from?: string; to?: string }
const EACH = 10; // accounts of a level that are drawn

function Form_({ account, onAsk }: { account: string; onAsk: (q: Question) => void }) {
	const t = useTexts(texts);
	const ask = (f: Partial<Reason> & { account: string; levels: number; from?: Dayjs | null; to?: Dayjs | null }) =>
		onAsk({ account: f.account.trim(), levels: f.levels, reason: f.reason ?? '', case: f.case ?? '', from: f.from?.format(), to: f.to?.format() });
	return (
		<Panel>
			<Form layout="vertical" requiredMark={false} style={{ maxWidth: 720 }} initialValues={{ account, levels: 3 }} onFinish={ask}>
				<Form.Item name="account" label={t.account} rules={[{ required: true, message: t.needed }]}><Input className="mono" size="large" maxLength={64} autoComplete="off" /></Form.Item>
				<div className="trail-when">
					<Form.Item name="levels" label={t.levels}><InputNumber min={1} max={5} precision={0} style={{ width: '100%' }} /></Form.Item>
					<Form.Item name="from" label={t.from}><DatePicker showTime style={{ width: '100%' }} /></Form.Item>
					<Form.Item name="to" label={t.to}><DatePicker showTime style={{ width: '100%' }} /></Form.Item>
				</div>
				<ReasonFields />
				<p className="faint">{t.why}</p>
				<Button type="primary" size="large" htmlType="submit" data-follow>{t.follow}</Button>
			</Form>
		</Panel>
	);
}

function Shown({ trail, onStopped }: { trail: TrailAnswer; onStopped: () => void }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const { machines, may } = useSession();
	const stepped = useStepped();
	const [chosen, choose] = useState<string | null>(null);
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const machine = machines.get('stop');
	const accounts = trail.levels.flatMap((l) => l.accounts);
	const layout = useMemo(() => layOut(trail.levels, EACH), [trail]);
	const lines = useMemo(() => flows(trail.edges), [trail]);
	const pick = (token: string) => choose((c) => (c === token ? null : token));
	const stop = (a: TrailAccount) => {
		if (machine === undefined) return;
		const evidence = trail.edges.filter((e) => e.to === a.token || e.from === a.token).map((e) => e.position).slice(0, 16);
		setAsk({ machine, step: 'draft', initial: { account: a.token, amount: Math.max(0, a.left_known) / 100, evidence: evidence.join(', '), basis: 'AFL-20' } }); // the law that lets the police ask for a stop
	};
	const keep = accounts.filter((a) => a.left_known > 0); // the one that it began with as well
	return (
		<div className="stack">
			{trail.truncated && <Alert type="warning" showIcon title={t.truncated} />}
			<div className="row faint"><strong data-left>{t.total(accounts.length, keep.length, money(keep.reduce((sum, a) => sum + a.left_known, 0), language))}</strong><span>{t.since} {time(trail.from, language)}</span><span>{t.act(trail.act)}</span>{chosen !== null && <Button size="small" onClick={() => choose(null)}>{t.all}</Button>}</div>
			<div className="trail-page">
				<Panel>{accounts.length <= 1 ? <Nothing>{t.none}</Nothing> : <TrailGraph layout={layout} lines={lines} chosen={chosen} onChoose={pick} label={t.graph} />}<p className="faint">{t.note}</p></Panel>
				<Panel title={t.list}><Ranks accounts={accounts} chosen={chosen} onChoose={pick} onStop={machine !== undefined && may('stop', 'draft') ? stop : null} /></Panel>
			</div>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); onStopped(); }} />
		</div>
	);
}

function Follow({ question, onAnother }: { question: Question; onAnother: () => void }) {
	const t = useTexts(texts);
	const queries = useQueryClient();
	const key = ['trail', question];
	const trail = useQuery({
		queryKey: key, staleTime: Infinity, retry: false,
		queryFn: ({ signal }) => post<TrailAnswer>('/v1/trail', { account: question.account, levels: question.levels, ...reasonBody(question), ...(question.from === undefined ? {} : { from: question.from }), ...(question.to === undefined ? {} : { to: question.to }) }, { signal }),
	});
	return (
		<div className="stack">
			<div><Button onClick={onAnother}>← {t.another}</Button></div>
			<Asked of={trail}>{(x) => <Shown trail={x} onStopped={() => void queries.invalidateQueries({ queryKey: key })} />}</Asked>
		</div>
	);
}

export default function Trail() {
	const t = useTexts(texts);
	const [, go] = useLocation();
	const account = useParams<{ account?: string }>().account ?? '';
	const [question, setQuestion] = useState<Question | null>(null);
	return (
		<Page title={t.title}>
			{question === null ? <Form_ account={account} onAsk={setQuestion} /> : <Follow question={question} onAnother={() => { setQuestion(null); if (account !== '') go('/trail'); }} />}
		</Page>
	);
}
