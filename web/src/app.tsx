// app.tsx - theme and language for all components, who is logged in or the log-in page, and the frame around the pages.
import { App as Messages, ConfigProvider, theme as themes } from 'antd';
import en from 'antd/locale/en_US';
import zh from 'antd/locale/zh_CN';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { maybeHere, SessionProvider, useLook, useSession } from './session';
import { later } from './ui/later';
import { Failed, Loading } from './ui/states';

const Frame = later(() => import('./frame'), Loading);
const Login = later(() => import('./login'), Loading);
if (maybeHere()) Frame.begin(); // while the service tells who it is
// A component that is told not to move is placed at once; one whose movement CSS cuts short may wait for its end, out of sight.
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';

function Inside() {
	const { me } = useSession();
	return me === null ? <Login /> : <Frame key={`${me.user ?? ''}/${me.login ?? ''}`} />; // what somebody has before them is theirs
}

export function App() {
	const { language, theme } = useLook();
	return (
		<ConfigProvider
			csp={{ nonce }}
			locale={language === 'zh' ? zh : en}
			theme={{
				components: theme === 'dark' ? { Tabs: { itemSelectedColor: '#6aa8f5', inkBarColor: '#6aa8f5' } } : {},
				algorithm: theme === 'dark' ? themes.darkAlgorithm : themes.defaultAlgorithm,
				token: { motion: !still, colorPrimary: theme === 'dark' ? '#3c89e8' : '#1554ad', colorInfo: theme === 'dark' ? '#6aa8f5' : '#1554ad', colorLink: theme === 'dark' ? '#6aa8f5' : '#1554ad', colorSuccess: theme === 'dark' ? '#62c785' : '#1f7a3d', colorWarning: theme === 'dark' ? '#e6b84c' : '#8a5a00', colorError: theme === 'dark' ? '#ff7b70' : '#c0261c', ...(theme === 'dark' ? { colorSuccessBg: '#12261a', colorSuccessBorder: '#2f6b45', colorWarningBg: '#2b2310', colorWarningBorder: '#7a6224', colorErrorBg: '#2e1614', colorErrorBorder: '#8a3f38' } : { colorSuccessBg: '#eaf6ee', colorSuccessBorder: '#8cc7a1', colorWarningBg: '#fff6e0', colorWarningBorder: '#d9b66a', colorErrorBg: '#fdeceb', colorErrorBorder: '#e59a94' }), borderRadius: 6, fontFamily: 'var(--font)', colorTextTertiary: theme === 'dark' ? '#a0a4ab' : '#5c6470', colorTextDescription: theme === 'dark' ? '#a9adb4' : '#5c6470', colorTextPlaceholder: theme === 'dark' ? '#9aa0a8' : '#6b7280' },
			}}
		>
			<Messages message={{ maxCount: 1 }}>
				<SessionProvider waiting={<Loading />} failed={(e, again) => <Failed error={e} again={again} />}>
					<Router hook={useHashLocation}><Inside /></Router>
				</SessionProvider>
			</Messages>
		</ConfigProvider>
	);
}
