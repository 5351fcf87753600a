// frame.tsx - the frame around the pages: menu by role, who is here, language, theme, whether changes flow in. Alt+M opens the menu, Alt+1 … Alt+9 its first pages.
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { useAttended } from './attention';
import { both, useLanguage, useTexts } from './i18n';
import { useLive } from './live';
import { begin, groups, home, pages, type Group } from './pages';
import { useLook, useSession } from './session';
import { Boundary } from './ui/boundary';
import { later } from './ui/later';
import { Forbidden, NoPage } from './ui/states';

const texts = both({
	name: '断卡', menu: '菜单', live: '实时', notLive: '重连中', left: '无人操作，已暂停更新', dark: '深色', light: '浅色', skip: '跳到内容', who: '当前用户', pages: '页面',
}, {
	name: 'duanka', menu: 'Menu', live: 'live', notLive: 'reconnecting', left: 'nobody here: paused', dark: 'Dark', light: 'Light', skip: 'Skip to content', who: 'User', pages: 'Pages',
});

function Who({ onClick }: { onClick?: () => void }) {
	const t = useTexts(texts);
	const { me } = useSession();
	return <Button size="small" title={t.who} data-user aria-haspopup="menu" onClick={onClick}>{me?.login ?? me?.user}</Button>;
}
begin(window.location.hash); // while the service tells who is here
const UserMenu = later<object>(() => import('./usermenu'), Who);

export default function Frame() {
	const t = useTexts(texts);
	const language = useLanguage();
	const look = useLook();
	const session = useSession();
	const [location, go] = useLocation();
	const [open, setOpen] = useState(false);
	const [menuOf, setMenuOf] = useState(false); // the user's own menu: loaded by the first click
	const connected = useLive(session.me?.user ?? null);
	const attended = useAttended();
	const mine = pages.filter((p) => p.allow(session));
	const menu = mine.filter((p) => p.group !== null);
	useEffect(() => setOpen(false), [location]);
	useEffect(() => {
		const key = (e: KeyboardEvent) => {
			if (!e.altKey || e.ctrlKey || e.metaKey) return;
			const n = Number(e.key);
			const page = n >= 1 && n <= 9 ? menu[n - 1] : undefined;
			if (e.key.toLowerCase() === 'm') setOpen((o) => !o);
			else if (page !== undefined) go(page.path);
			else return;
			e.preventDefault();
		};
		window.addEventListener('keydown', key);
		return () => window.removeEventListener('keydown', key);
	});
	return (
		<div className="frame">
			<a className="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus(); }}>{t.skip}</a>
			<div className="bar" role="banner">
				<Button className="menu-button" aria-expanded={open} aria-controls="menu" onClick={() => setOpen(!open)}>☰<span className="wide-only"> {t.menu}</span></Button>
				<span className="name">{t.name}</span>
				<span className="live" data-on={connected && attended} role="status">{!attended ? t.left : connected ? t.live : t.notLive}</span>
				<span className="grow" />
				<Button size="small" className="wide-only" lang={language === 'zh' ? 'en' : 'zh-CN'} onClick={() => look.set({ language: language === 'zh' ? 'en' : 'zh' })}>{language === 'zh' ? 'English' : '中文'}</Button>
				<Button size="small" className="wide-only" onClick={() => look.set({ theme: look.theme === 'dark' ? 'light' : 'dark' })}>{look.theme === 'dark' ? t.light : t.dark}</Button>
				{menuOf ? <UserMenu /> : <Who onClick={() => setMenuOf(true)} />}
			</div>
			<nav id="menu" className={open ? 'open' : ''} aria-label={t.pages}>
				{(Object.keys(groups) as Group[]).map((g) => {
					const those = menu.filter((p) => p.group === g);
					return those.length > 0 && (
						<section key={g}>
							<h2>{groups[g][language]}</h2>
							{those.map((p) => <Link key={p.path} href={p.path} aria-current={location.startsWith(p.path) && (location.length === p.path.length || location[p.path.length] === '/') ? 'page' : undefined}>{p[language]}</Link>)}
						</section>
					);
				})}
			</nav>
			<main id="main" tabIndex={-1}>
				<Boundary key={location}>
					<Switch>
						{mine.flatMap((p) => p.routes.map((r) => <Route key={r} path={r} component={p.page} />))}
						<Route path="/"><Redirect to={home(session)} replace /></Route>
						{pages.filter((p) => !mine.includes(p)).flatMap((p) => p.routes.map((r) => <Route key={r} path={r}><Forbidden /></Route>))}
						<Route><NoPage /></Route>
					</Switch>
				</Boundary>
			</main>
		</div>
	);
}
