// states.tsx - what a screen shows when it has nothing to show yet, nothing at all, no right to, or a problem: the same everywhere.
import { Button, Empty, Spin } from 'antd';
import type { ReactNode } from 'react';
import { Problem, NO_NETWORK } from '../api/client';
import { both, useLanguage, useTexts } from '../i18n';
import { Told } from './told';
import { useTitle } from './title';

const texts = both({
	loading: '正在加载', nothing: '暂无数据', again: '重试', forbidden: '没有权限', forbiddenMore: '您的角色不能查看此页面。需要时请联系本单位管理员。', problem: '出错了',
	offline: '连接不上服务', offlineMore: '请检查网络，稍后会自动恢复；未提交的内容仍在页面上。', gone: '没有这个对象', goneMore: '它不存在，或不在您的管辖范围内。', noPage: '没有这个页面', noPageMore: '地址有误，或您的角色没有这一页。', broken: '页面程序出错，可重试；仍不行请告知管理员：',
}, {
	loading: 'Loading', nothing: 'Nothing here', again: 'Try again', forbidden: 'Not for your role', forbiddenMore: 'Your roles do not include this page. Ask your administrator if you need it.', problem: 'Something is wrong',
	offline: 'The service can’t be reached', offlineMore: 'Check the network; what you have not sent is still on the page.', gone: 'No such object', goneMore: 'It does not exist, or is not in your reach.', noPage: 'No such page', noPageMore: 'The address is wrong, or your roles do not have this part.', broken: 'The page’s program failed. Try again; if that does not help, tell your administrator: ',
});

export function Loading() {
	const t = useTexts(texts);
	return <div className="centre" role="status" aria-live="polite"><Spin size="large" /><span className="faint">{t.loading}</span></div>;
}
export function Nothing({ children }: { children?: ReactNode }) {
	const t = useTexts(texts);
	return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={children ?? t.nothing} />;
}
export function Forbidden() {
	const t = useTexts(texts);
	useTitle(t.forbidden, true);
	return <Told status="warning" title={t.forbidden} more={t.forbiddenMore} />;
}
export function NoPage() {
	const t = useTexts(texts);
	useTitle(t.noPage, true);
	return <Told status="warning" title={t.noPage} more={t.noPageMore} />;
}
const NOT_FOR_YOU = ['scope', 'role', 'visibility']; // what roles decide; any other refusal has words of its own
export function Failed({ error, again }: { error: Error; again?: () => void }) {
	const zh = useLanguage() === 'zh';
	const p = error instanceof Problem ? error : null;
	const t = useTexts(texts);
	if (p?.status === 403 && NOT_FOR_YOU.includes(p.type)) return <Forbidden />;
	const [title, more] = p?.status === NO_NETWORK ? [t.offline, t.offlineMore] : p?.status === 404 ? [t.gone, t.goneMore] : [t.problem, p?.says(zh) ?? `${t.broken}${error.message}`];
	return <Trouble title={title} more={more} again={again} />;
}
function Trouble({ title, more, again }: { title: string; more: string; again?: () => void }) {
	const t = useTexts(texts);
	useTitle(title, true);
	return <Told status="error" title={title} more={more}>{again === undefined ? undefined : <Button onClick={again}>{t.again}</Button>}</Told>;
}
/** The states of one question (useQuery) around what is shown of its answer. */
export function Asked<T>({ of, empty, children }: { of: { data: T | undefined; isPending: boolean; error: Error | null; refetch(): unknown }; empty?: (data: T) => boolean; children: (data: T) => ReactNode }) {
	if (of.data !== undefined) return empty?.(of.data) ? <Nothing /> : <>{children(of.data)}</>;
	if (of.error !== null) return <Failed error={of.error} again={() => void of.refetch()} />;
	return <Loading />;
}
