// Outlets: for the people there their kit, corrections and inspections; for managers and inspectors the list, who sells more than chance explains, where involved cards came from, and the monthly sheets.
import { Button } from 'antd';
import { useState, type ComponentType } from 'react';
import { useParams } from 'wouter';
import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { later } from '../../ui/later';
import { Page } from '../../ui/page';
import { Loading } from '../../ui/states';
import { Parts } from '../../ui/tabs';
import { Mine, Outlet } from './mine';

const Ranking = later(() => import('./risk'), Loading);
const [Tracing, Sheets, Guidance] = (['Tracing', 'Sheets', 'Guidance'] as const).map((name): ComponentType => later(() => import('./sheets').then((m) => ({ default: m[name] })), Loading)) as [ComponentType, ComponentType, ComponentType];

const texts = both({ title: '网点', mine: '我的网点', list: '网点台账', risk: '风险排名', trace: '涉案倒查', sheets: '月度考核', guidance: '推广引导', kits: '标准配置', back: '返回列表' },
	{ title: 'Outlets', mine: 'My outlet', list: 'All outlets', risk: 'Ranking by risk', trace: 'Trace', sheets: 'Monthly sheets', guidance: 'Guidance', kits: 'Kits', back: 'Back to the list' });

function All() {
	const t = useTexts(texts);
	const [shown, show] = useState<string | null>(null);
	return shown === null ? <DeskList kind="outlet" fields={['name', 'type', 'score', 'licence_end']} filter={{ open: false }} select={(o) => show(o.id)} /> : <div className="stack"><div><Button onClick={() => show(null)}>← {t.back}</Button></div><Outlet id={shown} /></div>;
}
export default function Outlets() {
	const t = useTexts(texts);
	const { tab, id } = useParams<{ tab?: string; id?: string }>();
	const { role } = useSession();
	const houses = role('bank-outlet', 'operator-outlet', 'bank-desk', 'operator-desk', 'channel');
	const ranks = role('inspector', 'leader', 'city-leader', 'auditor', 'channel');
	return (
		<Page title={t.title}>
			<Parts at="/outlets" part={tab} parts={[
				...(houses ? [{ key: 'mine', label: t.mine, content: <Mine first={id} /> }] : []),
				{ key: 'list', label: t.list, content: <All /> },
				...(ranks ? [{ key: 'risk', label: t.risk, content: <Ranking /> }, { key: 'trace', label: t.trace, content: <Tracing /> }, { key: 'sheets', label: t.sheets, content: <Sheets /> }] : []),
				{ key: 'guidance', label: t.guidance, content: <Guidance /> },
				...(role('inspector', 'leader', 'secretary', 'editor') ? [{ key: 'kits', label: t.kits, content: <DeskList kind="kit" fields={['type', 'version', 'note']} filter={{ open: false }} /> }] : []),
			]} />
		</Page>
	);
}
