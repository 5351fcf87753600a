// usermenu.tsx - who is here, and what is one's own: language, theme, password, the way out. It comes with the first look at it.
import { App, Button, Dropdown } from 'antd';
import { useEffect, useState } from 'react';
import { Problem } from './api/client';
import { both, named, useLanguage, useTexts } from './i18n';
import { useLook, useSession } from './session';
import { later } from './ui/later';

const Account = later(() => import('./account'));
const texts = both({ password: '修改口令', logout: '退出', dark: '深色', light: '浅色', who: '当前用户', stays: (why: string) => `退出失败，您仍处于登录状态：${why}` }, { password: 'Change password', logout: 'Log out', dark: 'Dark', light: 'Light', who: 'User', stays: (why: string) => `You are still logged in: ${why}` });

export default function UserMenu() {
	const t = useTexts(texts);
	const language = useLanguage();
	const look = useLook();
	const session = useSession();
	const [open, setOpen] = useState(false);
	const [account, setAccount] = useState(false);
	const { message } = App.useApp();
	const logout = () => void session.logout().catch((e: unknown) => message.error(t.stays(e instanceof Problem ? e.says(language === 'zh') : String(e)), 10));
	useEffect(() => setOpen(true), []); // the click that asked for it
	const roles = session.me?.roles.map((r) => named(session.roles.find((n) => n.name === r) ?? { name: r, zh: r }, language)).join(language === 'zh' ? '、' : ', ') ?? '';
	return (
		<>
			<Dropdown trigger={['click']} open={open} onOpenChange={setOpen} menu={{
				items: [
					{ key: 'who', disabled: true, label: `${session.me?.login ?? session.me?.user ?? ''} · ${roles}` },
					{ key: 'language', label: language === 'zh' ? 'English' : '中文', onClick: () => look.set({ language: language === 'zh' ? 'en' : 'zh' }) },
					{ key: 'theme', label: look.theme === 'dark' ? t.light : t.dark, onClick: () => look.set({ theme: look.theme === 'dark' ? 'light' : 'dark' }) },
					{ key: 'password', label: t.password, onClick: () => setAccount(true) },
					{ key: 'logout', label: t.logout, onClick: logout },
				],
			}}>
				<Button size="small" title={t.who} data-user>{session.me?.login ?? session.me?.user}</Button>
			</Dropdown>
			{account && <Account onClose={() => setAccount(false)} />}
		</>
	);
}
