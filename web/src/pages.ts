// pages.ts - every page: its address behind #, where it stands in the menu, who may see it, and the chunk it comes in. The service decides what anybody may do; this only spares people menus
// that end at a refusal.
import type { ComponentType } from 'react';
import type { Session } from './session';
import { later, type Later } from './ui/later';
import { Loading } from './ui/states';

export type Group = 'watch' | 'seats' | 'houses' | 'alliance' | 'law' | 'system';
export const groups: Record<Group, { zh: string; en: string }> = {
	watch: { zh: '态势与研判', en: 'Watch' }, seats: { zh: '坐席', en: 'Seats' }, houses: { zh: '银行与运营商', en: 'Banks and operators' },
	alliance: { zh: '宣传与联盟', en: 'Publicity and alliance' }, law: { zh: '申诉与监督', en: 'Appeals and audit' }, system: { zh: '系统', en: 'System' },
};
export interface PageEntry {
	path: string; // of the menu
	routes: string[]; // all that this page answers
	group: Group | null; // null: not in the menu
	zh: string;
	en: string;
	allow(s: Session): boolean;
	page: Later<object>;
}
const page = (load: () => Promise<{ default: ComponentType }>): Later<object> => later(load, Loading);
const anybody = (s: Session): boolean => s.me !== null;
const reads = (kind: string) => (s: Session): boolean => s.machines.has(kind) && (s.machines.get(kind)?.steps.some((x) => s.may(kind, x.name)) === true || s.role('leader', 'auditor', 'analyst', 'city-leader'));
/* The city's figures, or those of one's own organisation or district (src/gateway/http_figures.c). */
const figures = (s: Session): boolean => s.role('leader', 'city-leader', 'analyst', 'auditor', 'secretary') ||
	(s.me !== null && s.me.organisation !== 0 && s.role('connector', 'bank-desk', 'bank-outlet', 'operator-desk', 'operator-outlet', 'channel', 'delegate')) || (s.me !== null && s.me.district !== 0 && s.role('station', 'grid'));

export const pages: PageEntry[] = [
	{ path: '/wall', routes: ['/wall'], group: 'watch', zh: '指挥大屏', en: 'Situation wall', allow: figures, page: page(() => import('./pages/wall')) },
	{ path: '/alerts', routes: ['/alerts'], group: 'watch', zh: '警报', en: 'Alerts', allow: (s) => s.scope('alerts'), page: page(() => import('./pages/alerts')) },
	{ path: '/explain', routes: ['/explain/:id'], group: null, zh: '解释', en: 'Explanation', allow: (s) => s.scope('alerts'), page: page(() => import('./pages/explain')) },
	{ path: '/entity', routes: ['/entity', '/entity/:kind/:token'], group: 'watch', zh: '实体查询', en: 'Entities', allow: (s) => s.scope('entities'), page: page(() => import('./pages/entity')) },
	{ path: '/studio', routes: ['/studio', '/studio/:tab'], group: 'watch', zh: '策略工作室', en: 'Policy studio', allow: (s) => s.scope('policies'), page: page(() => import('./pages/studio')) },

	{ path: '/seat', routes: ['/seat'], group: 'seats', zh: '劝阻席', en: 'Dissuasion seat', allow: (s) => s.may('warning', 'call'), page: page(() => import('./pages/seat')) },
	{ path: '/warnings', routes: ['/warnings'], group: 'seats', zh: '预警', en: 'Warnings', allow: reads('warning'), page: page(() => import('./pages/warnings')) },
	{ path: '/station', routes: ['/station', '/station/:id'], group: 'seats', zh: '派出所', en: 'Station', allow: (s) => s.role('station', 'grid'), page: page(() => import('./pages/station')) },
	{ path: '/intake', routes: ['/intake'], group: 'seats', zh: '接警席', en: 'Intake seat', allow: (s) => s.may('incident', 'receive'), page: page(() => import('./pages/intake')) },
	{ path: '/stops', routes: ['/stops', '/stops/:tab'], group: 'seats', zh: '止付与冻结', en: 'Stops and freezes', allow: reads('stop'), page: page(() => import('./pages/stops')) },
	{ path: '/trail', routes: ['/trail', '/trail/:account'], group: 'seats', zh: '资金链', en: 'Money trail', allow: (s) => s.scope('entities'), page: page(() => import('./pages/trail')) },

	{ path: '/bank', routes: ['/bank', '/bank/:tab'], group: 'houses', zh: '银行席', en: 'Bank desk', allow: (s) => s.role('bank-desk', 'bank-outlet', 'leader'), page: page(() => import('./pages/bank')) },
	{ path: '/operator', routes: ['/operator', '/operator/:tab'], group: 'houses', zh: '运营商席', en: 'Operator desk', allow: (s) => s.role('operator-desk', 'operator-outlet', 'leader'), page: page(() => import('./pages/operator')) },
	{ path: '/outlets', routes: ['/outlets', '/outlets/:tab', '/outlets/:tab/:id'], group: 'houses', zh: '网点', en: 'Outlets', allow: (s) => reads('outlet')(s) || s.role('bank-desk', 'bank-outlet', 'operator-desk', 'operator-outlet'), page: page(() => import('./pages/outlets')) },

	{ path: '/content', routes: ['/content', '/content/:tab'], group: 'alliance', zh: '素材与发布', en: 'Content', allow: reads('material'), page: page(() => import('./pages/content')) },
	{ path: '/campaigns', routes: ['/campaigns'], group: 'alliance', zh: '宣传活动', en: 'Campaigns', allow: reads('campaign'), page: page(() => import('./pages/campaigns')) },
	{ path: '/screens', routes: ['/screens'], group: 'alliance', zh: '网点屏幕', en: 'Screens', allow: reads('screen'), page: page(() => import('./pages/screens')) },
	{ path: '/training', routes: ['/training', '/training/:id'], group: 'alliance', zh: '培训', en: 'Training', allow: reads('attempt'), page: page(() => import('./pages/training')) },
	{ path: '/alliance', routes: ['/alliance', '/alliance/:tab'], group: 'alliance', zh: '联盟', en: 'Alliance', allow: reads('matter'), page: page(() => import('./pages/alliance')) },
	{ path: '/board', routes: ['/board', '/board/:tab'], group: 'alliance', zh: '版块审核', en: 'Board moderation', allow: (s) => s.role('moderator', 'media', 'editor', 'delegate'), page: page(() => import('./pages/board')) },
	{ path: '/report', routes: ['/report'], group: 'alliance', zh: '统计与月报', en: 'Figures and report', allow: figures, page: page(() => import('./pages/report')) },

	{ path: '/appeals', routes: ['/appeals', '/appeals/:id'], group: 'law', zh: '申诉', en: 'Appeals', allow: reads('appeal'), page: page(() => import('./pages/appeals')) },
	{ path: '/discipline', routes: ['/discipline', '/discipline/:tab'], group: 'law', zh: '联合惩戒', en: 'Discipline', allow: reads('discipline'), page: page(() => import('./pages/discipline')) },
	{ path: '/ledger', routes: ['/ledger', '/ledger/:tab', '/ledger/:kind/:token'], group: 'law', zh: '台账与查阅审计', en: 'Ledger and access', allow: (s) => s.role('auditor', 'discipline', 'appeals', 'leader', 'city-leader', 'analyst'), page: page(() => import('./pages/ledger')) },

	{ path: '/admin', routes: ['/admin', '/admin/:tab'], group: 'system', zh: '管理', en: 'Administration', allow: (s) => s.role('admin'), page: page(() => import('./pages/admin')) },
	{ path: '/objects', routes: ['/objects', '/objects/:kind'], group: 'system', zh: '全部台账', en: 'All objects', allow: anybody, page: page(() => import('./pages/objects')) },
	{ path: '/object', routes: ['/object/:id'], group: null, zh: '对象', en: 'Object', allow: anybody, page: page(() => import('./pages/object')) },
];
const BEGINS: [string[], string][] = [[['dissuasion'], '/seat'], [['station', 'grid'], '/station'], [['intake'], '/intake'], [['stop-seat'], '/stops'], [['leader', 'city-leader', 'analyst', 'auditor', 'secretary'], '/wall'], [['quality'], '/warnings'], [['admin'], '/admin']];
/** Where somebody's work begins: the first that their roles have, else their first page. */
export function home(s: Session): string {
	const mine = pages.filter((p) => p.group !== null && p.allow(s));
	const begins = BEGINS.find(([roles, path]) => s.role(...roles) && mine.some((p) => p.path === path))?.[1];
	return begins ?? mine[0]?.path ?? '/objects';
}
/** The page at an address begins to come. */
export function begin(address: string): void {
	const path = `/${address.replace(/^#?\/?/, '').split(/[/?]/)[0] ?? ''}`;
	pages.find((p) => p.path === path)?.page.begin();
}
