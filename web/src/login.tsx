// login.tsx - the way in. Nothing but what is needed: a seat opens this page at the beginning of each shift.
import { Button, Card, Form, Input } from 'antd';
import { useState } from 'react';
import { Problem } from './api/client';
import { both, useLanguage, useTexts } from './i18n';
import { useLook, useSession } from './session';

const texts = both({
	title: '断卡 · 反诈联盟控制台', login: '用户名', password: '口令', totp: '动态码', totpHint: '验证器上的六位数字；演示环境可留空', enter: '登录', other: 'English', needed: '请填写',
	public: '公众页面：查号、举报、申诉',
}, {
	title: 'duanka · anti-fraud console', login: 'Login', password: 'Password', totp: 'Code', totpHint: 'Six digits from the authenticator; may be empty in a demo', enter: 'Log in', other: '中文', needed: 'Needed',
	public: 'For the public: check a number, report, appeal',
});
export default function Login() {
	const t = useTexts(texts);
	const language = useLanguage();
	const look = useLook();
	const { login } = useSession();
	const [problem, setProblem] = useState('');
	const [busy, setBusy] = useState(false);
	const enter = async (f: { login: string; password: string; totp?: string }) => {
		setBusy(true);
		setProblem('');
		try {
			await login(f.login, f.password, f.totp ?? '');
		} catch (e) {
			setProblem(e instanceof Problem ? e.says(language === 'zh') : String(e));
		}
		setBusy(false);
	};
	return (
		<main className="centre">
			<Card className="login" title={<h1 style={{ fontSize: 18, margin: 0 }}>{t.title}</h1>} extra={<Button type="link" onClick={() => look.set({ language: language === 'zh' ? 'en' : 'zh' })}>{t.other}</Button>}>
				<Form layout="vertical" onFinish={(f: { login: string; password: string; totp?: string }) => void enter(f)} style={{ textAlign: 'left' }}>
					<Form.Item name="login" label={t.login} rules={[{ required: true, message: t.needed }]}><Input autoComplete="username" autoFocus /></Form.Item>
					<Form.Item name="password" label={t.password} rules={[{ required: true, message: t.needed }]}><Input.Password autoComplete="current-password" /></Form.Item>
					<Form.Item name="totp" label={t.totp} extra={t.totpHint}><Input autoComplete="one-time-code" inputMode="numeric" maxLength={6} /></Form.Item>
					<p role="alert" style={{ color: 'var(--red)', minHeight: 22, margin: '0 0 8px' }}>{problem}</p>
					<Button type="primary" htmlType="submit" block loading={busy}>{t.enter}</Button>
				</Form>
				<p style={{ marginBottom: 0 }}><a href={`/${language}/check`}>{t.public}</a></p>
			</Card>
		</main>
	);
}
