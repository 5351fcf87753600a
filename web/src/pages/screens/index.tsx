// Screens at outlets: which are heard of, what they show and when, what was really shown, and the override for an emergency.
import { useQuery } from '@tanstack/react-query';
import { Button, Statistic, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { get } from '../../api/client';
import { DeskList } from '../../desk/list';
import { useStepped } from '../../desk/object';
import { StepDialog, type StepAsk } from '../../desk/step';
import { both, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Chart } from '../../ui/chart';
import { Page, Panel } from '../../ui/page';
import { useRun } from '../../ui/problems';
import { Time } from '../../ui/show';
import { Asked, Nothing } from '../../ui/states';

const texts = both({
	title: '网点屏幕', on: '在线', silent: '失联', heard: '最近心跳', never: '从未', address: '播放地址', open: '打开', override: '紧急插播', plays: '每小时播放次数（近 7 天）', schedule: '排播', screens: '屏幕', hint: '播放地址等同钥匙：只贴在该屏幕上',
}, {
	title: 'Screens', on: 'Heard of', silent: 'Silent', heard: 'Last heard', never: 'never', address: 'Address', open: 'Open', override: 'Emergency override', plays: 'Plays an hour (7 days)', schedule: 'Schedule', screens: 'Screens', hint: 'The address is a key: it belongs on that screen only',
});
interface Health { heartbeats: { screen: string; organisation: number; district: number; seen: string | null; silent: boolean }[]; active: number; silent: number }
interface Plays { plays: { hour: string; screen: string; material: string; n: number }[]; whole: boolean }

function Address({ screen }: { screen: string }) {
	const t = useTexts(texts);
	const run = useRun();
	const [url, setUrl] = useState<string | null>(null);
	const ask = async () => {
		const got = await run(() => get<{ address: string }>(`/v1/screens/${screen}/address`));
		if (got !== undefined) setUrl(got.address);
	};
	return url === null ? <Button size="small" onClick={() => void ask()}>{t.address}</Button> : <a href={url} target="_blank" rel="noreferrer" title={t.hint}>{t.open}</a>;
}
function Playing() {
	const t = useTexts(texts);
	const language = useLanguage();
	const of = useQuery({ queryKey: ['screen-plays'], queryFn: ({ signal }) => get<Plays>('/v1/screen-plays?days=7', signal), refetchInterval: 60_000 });
	const option = useMemo(() => {
		const hours = new Map<string, number>();
		for (const p of of.data?.plays ?? []) hours.set(p.hour, (hours.get(p.hour) ?? 0) + p.n);
		const rows = [...hours].sort((a, b) => a[0].localeCompare(b[0]));
		return { grid: { left: 48, right: 12, top: 12, bottom: 28 }, tooltip: { trigger: 'axis' }, xAxis: { type: 'time' }, yAxis: { type: 'value' }, series: [{ type: 'bar', data: rows.map(([h, n]) => [h, n]), name: language === 'zh' ? '次' : 'plays' }] };
	}, [of.data, language]);
	return <Asked of={of} empty={(d) => d.plays.length === 0}>{() => <Chart option={option} label={t.plays} height={200} />}</Asked>;
}

export default function Screens() {
	const t = useTexts(texts);
	const { machines, may } = useSession();
	const stepped = useStepped();
	const [ask, setAsk] = useState<StepAsk | null>(null);
	const health = useQuery({ queryKey: ['screen-health'], queryFn: ({ signal }) => get<Health>('/v1/screen-health', signal), refetchInterval: 15_000 });
	const slot = machines.get('slot');
	return (
		<Page title={t.title} extra={slot !== undefined && may('slot', 'override') && <Button danger type="primary" onClick={() => setAsk({ machine: slot, step: 'override' })}>{t.override}</Button>}>
			<div className="stack">
				<div className="grid">
					<Panel title={t.screens}>
						<Asked of={health}>{(h) => (
							<div className="stack">
								<div className="row" style={{ gap: 32 }}><Statistic title={t.on} value={h.active - h.silent} /><Statistic title={t.silent} value={h.silent} /></div>
								{h.heartbeats.length === 0 ? <Nothing /> : <ul style={{ listStyle: 'none', padding: 0, margin: 0, maxHeight: 260, overflow: 'auto' }} tabIndex={0}>{[...h.heartbeats].sort((a, b) => Number(b.silent) - Number(a.silent)).slice(0, 200).map((s) => (
									<li key={s.screen} className="row" style={{ padding: '4px 0' }}><span className="mono">{s.screen}</span><Tag color={s.silent ? 'error' : 'success'} variant="outlined">{s.silent ? t.silent : t.on}</Tag><span className="faint grow">{s.seen === null ? t.never : <Time at={s.seen} />}</span><Address screen={s.screen} /></li>
								))}</ul>}
							</div>
						)}</Asked>
					</Panel>
					<Panel title={t.plays}><Playing /></Panel>
				</div>
				<Panel title={t.schedule}><DeskList kind="slot" fields={['material', 'screen', 'starts', 'until', 'priority']} height={280} /></Panel>
				<Panel title={t.screens}><DeskList kind="screen" fields={['name', 'outlet', 'language']} filter={{ open: false }} height={280} /></Panel>
			</div>
			<StepDialog ask={ask} onClose={() => setAsk(null)} onDone={(d) => { setAsk(null); stepped(d); }} />
		</Page>
	);
}
