// said.tsx - what the service says of a draft: errors that lead to their place, what each rule costs, and how the tests went.
import { Button } from 'antd';
import { both, number, useLanguage, useTexts } from '../../i18n';
import { Panel } from '../../ui/page';
import type { Complaint, Cost, TestRun, Verdict } from './types';

const texts = both({
	fine: '检查通过', wrong: (n: number) => `${n} 处错误`, checking: '正在检查', cost: '开销', rule: '规则', bytes: '字节/事件', state: '每键字节', steps: '指令', windows: '窗口', schema: '模式与现行策略不兼容', total: (a: number, r: number) => `共 ${a} 个聚合，${r} 个环`,
	tests: '测试', run: '运行测试', running: '正在运行', none: '策略中没有测试', passed: (n: number) => `${n} 项通过`, failed: (n: number) => `${n} 项失败`, events: (n: number) => `${n} 个事件`, untold: (n: number) => `另有 ${n} 项结果未列出`, broken: '先改正错误，再运行测试', stale: '文本已修改，结果是此前版本的', named: '测试中的名单只含该测试用 list … has … 写明的条目。',
}, {
	fine: 'No errors', wrong: (n: number) => `${n} ${n === 1 ? 'error' : 'errors'}`, checking: 'Checking', cost: 'Cost', rule: 'Rule', bytes: 'Bytes/event', state: 'Bytes/key', steps: 'Steps', windows: 'Windows', schema: 'The schema does not extend the one in force', total: (a: number, r: number) => `${a} aggregates in ${r} rings`,
	tests: 'Tests', run: 'Run tests', running: 'Running', none: 'The policy has no tests', passed: (n: number) => `${n} passed`, failed: (n: number) => `${n} failed`, events: (n: number) => `${n} events`, untold: (n: number) => `${n} more results are not listed`, broken: 'Mend the errors before running tests', stale: 'The text has changed since', named: 'In a test, a list holds what that test names with list … has …, and nothing else.',
});
export type Place = (path: string, line: number) => void;

export function Complaints({ verdict, fresh, place }: { verdict: Verdict | undefined; fresh: boolean; place: Place }) {
	const t = useTexts(texts);
	const errors: Complaint[] = verdict === undefined || verdict.ok ? [] : verdict.errors;
	return (
		<Panel title={<span role="status" data-verdict={verdict === undefined || !fresh ? 'asked' : verdict.ok ? 'ok' : 'wrong'} style={{ color: verdict === undefined || !fresh ? 'var(--faint)' : verdict.ok ? 'var(--good)' : 'var(--red)' }}>
			{verdict === undefined || !fresh ? t.checking : verdict.ok ? `✓ ${t.fine}` : `✗ ${t.wrong(errors.length)}`}</span>}>
			{verdict?.ok === true && !verdict.schema.extends && <p role="alert" style={{ color: 'var(--red)' }}>{t.schema}: {verdict.schema.why}</p>}
			<ul className="complaints">{errors.map((c) => (
				<li key={`${c.path ?? ''} ${c.line ?? 0} ${c.column ?? 0} ${c.message}`} data-kind={c.kind}>
					<button type="button" onClick={() => c.path !== undefined && place(c.path, c.line ?? 1)}><span className="mono faint">{c.path}:{c.line}:{c.column}</span><br />{c.message}</button>
				</li>
			))}</ul>
		</Panel>
	);
}
const kilo = (n: number): string => (n >= 10_240 ? `${Math.round(n / 1024)} Ki` : String(n));
export function Costs({ verdict, current }: { verdict: Verdict | undefined; current: string | null }) {
	const t = useTexts(texts);
	const language = useLanguage();
	if (verdict?.ok !== true) return null;
	const shown: Cost[] = [...verdict.rules].sort((a, b) => Number(b.name === current) - Number(a.name === current) || b.bytes_per_event - a.bytes_per_event);
	return (
		<Panel title={t.cost} extra={<span className="faint">{t.total(verdict.aggregates, verdict.rings)}</span>}>
			<div className="scroll" style={{ maxHeight: 260 }} tabIndex={0} role="region" aria-label={t.cost}>
				<table className="figures">
					<thead><tr><th scope="col">{t.rule}</th><th scope="col" className="n">{t.bytes}</th><th scope="col" className="n">{t.state}</th><th scope="col" className="n">{t.steps}</th></tr></thead>
					<tbody>{shown.map((c) => <tr key={c.name} aria-current={c.name === current} title={c.windows.map((w) => w.aggregate).join('\n')}><td style={{ overflowWrap: 'anywhere' }}>{c.name}</td><td className="n">{number(c.bytes_per_event, language)}</td><td className="n">{kilo(c.state_bytes)}</td><td className="n">{c.instructions}</td></tr>)}</tbody>
				</table>
			</div>
		</Panel>
	);
}
export function Tests({ result, busy, stale, can, run, place }: { result: TestRun | null; busy: boolean; stale: boolean; can: boolean; run: () => void; place: Place }) {
	const t = useTexts(texts);
	const sorted = result === null ? [] : [...result.tests].sort((a, b) => Number(a.ok) - Number(b.ok));
	return (
		<Panel title={t.tests} extra={<Button size="small" loading={busy} disabled={!can} onClick={run} data-do="test">{busy ? t.running : t.run} <kbd>Ctrl+Enter</kbd></Button>}>
			{!can && <p className="faint">{t.broken}</p>}
			{result !== null && (
				<>
					<p role="status" data-tests={result.failed === 0 ? 'passed' : 'failed'} data-stale={stale}><strong style={{ color: 'var(--good)' }}>✓ {t.passed(result.passed)}</strong> {result.failed > 0 && <strong style={{ color: 'var(--red)' }}>✗ {t.failed(result.failed)}</strong>} {stale && <span className="faint">{t.stale}</span>}</p>
					{result.failed > 0 && <p className="faint">{t.named}</p>}
					{result.tests.length === 0 && <p className="faint">{t.none}</p>}
					<ul className="complaints">{sorted.map((x) => (
						<li key={`${x.path} ${x.line}`} data-ok={x.ok}>
							<button type="button" onClick={() => place(x.faults[0]?.path ?? x.path, x.faults[0]?.line ?? x.line)}>{x.ok ? '✓' : '✗'} {x.name} <span className="faint">{t.events(x.events)}</span></button>
							{x.faults.map((f) => <pre key={`${f.line} ${f.message}`} className="rule-text" style={{ paddingLeft: 12 }}>{`${f.line}: ${f.message}\n${f.detail}`}</pre>)}
						</li>
					))}</ul>
					{result.untold > 0 && <p className="faint">{t.untold(result.untold)}</p>}
				</>
			)}
		</Panel>
	);
}
