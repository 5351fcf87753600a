// The station, on a phone first: what is to be done in the own district as cards, the graver and later first; a card opens the task.
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { DeskObject } from '../../api/types';
import { useMyNumber, useStep } from '../../desk/act';
import { DeskList, useList } from '../../desk/list';
import { district, named, useLanguage, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { later } from '../../ui/later';
import { Page, Panel } from '../../ui/page';
import { Countdown, EntityName, Grade, ShowValue, StateTag } from '../../ui/show';
import { Asked, Loading, Nothing } from '../../ui/states';
import { Who } from '../../ui/who';
import { texts } from './texts';
import './station.css';

const Task = later(() => import('./task'), Loading);

type View = 'mine' | 'all' | 'devices';
export default function Station() {
	const t = useTexts(texts);
	const language = useLanguage();
	const { id } = useParams<{ id?: string }>();
	const { me, may } = useSession();
	const my = useMyNumber();
	const [view, setView] = useState<View>('all');
	const open = useList('warning', { open: true, sort: 'urgency' }, 200);
	const objects = open.data?.pages.flatMap((p) => p.objects) ?? [];
	const mine = objects.filter((o) => o.fields.owner === my && o.state.name !== 'fed-back');
	const all = objects.filter((o) => o.state.name !== 'fed-back');
	const views: View[] = may('device-report', 'visit') ? ['all', 'mine', 'devices'] : ['all', 'mine'];
	if (id !== undefined) return <Page title={`${t.title} · ${id}`} extra={<Link href="/station">{t.back}</Link>}><Task key={id} id={id} /></Page>;
	return (
		<Page title={t.title} extra={<span className="faint">{district(me?.district ?? 0, language)}</span>}>
			{me?.district === 0 && <Panel>{t.noDistrict}</Panel>}
			<Segmented<View> block size="large" value={view} onChange={setView} options={views.map((v) => ({ value: v, label: <span data-view={v}>{t[v]}{v === 'devices' ? '' : ` ${(v === 'mine' ? mine : all).length}`}</span> }))} style={{ marginBottom: 12 }} />
			{view === 'devices' ? <DeskList kind="device-report" fields={['what', 'cards']} /> : (
				<Asked of={open}>{() => {
					const rows = view === 'mine' ? mine : all;
					return rows.length === 0 ? <Nothing>{view === 'mine' ? t.noneMine : t.none}</Nothing> : <ul className="cards">{rows.map((o) => <Card key={o.id} warning={o} />)}</ul>;
				}}</Asked>
			)}
		</Page>
	);
}

function Card({ warning }: { warning: DeskObject }) {
	const t = useTexts(texts);
	const language = useLanguage();
	const [, go] = useLocation();
	const step = useStep();
	const my = useMyNumber();
	const first = [...warning.due].sort((a, b) => a.at.localeCompare(b.at))[0];
	const sign = async () => { if (await step(warning, 'sign', {}, t.signed) !== undefined) go(`/station/${warning.id}`); };
	return (
		<li className="panel" data-card={warning.id}>
			<div className="row"><Grade grade={warning.grade ?? 0} /><StateTag state={warning.state} /><span className="grow" />{first !== undefined && <Countdown to={first.at} label={named(first, language)} />}</div>
			<div className="row">{warning.subject !== null && <EntityName entity={warning.subject} plain />}<ShowValue value={warning.fields.scam ?? warning.fields.type} /></div>
			{typeof warning.fields.owner === 'number' && warning.fields.owner !== my && <div className="faint">{t.of} <Who id={`U-${warning.fields.owner}`} /></div>}
			<div className="pair">
				{warning.state.name === 'issued' ? <Button size="large" type="primary" data-sign onClick={() => void sign()}>{t.sign}</Button> : null}
				<Button size="large" type={warning.state.name === 'issued' ? 'default' : 'primary'} data-open onClick={() => go(`/station/${warning.id}`)}>{t.open}</Button>
			</div>
		</li>
	);
}
