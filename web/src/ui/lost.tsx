// lost.tsx - a part of the console whose file does not come. After each installation files have other names, and a window that was open before asks for the old ones: then the console has to be loaded anew, which
// it does by itself, once, if the service is there and nothing would be lost that somebody has typed.
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect } from 'react';
import { both, useTexts } from '../i18n';
import { unsaved } from '../kept';
import { Told } from './told';
import { useTitle } from './title';

const texts = both({
	title: '页面未能载入', more: '控制台可能已更新，或网络中断。重新载入即可；未提交的内容请先处理。', reload: '重新载入', again: '重试',
}, {
	title: 'This page could not be loaded', more: 'The console may have been updated, or the network failed. Load it anew; look after what you have not sent first.', reload: 'Load anew', again: 'Try again',
});
const KEY = 'duanka.loaded-anew';
const AT_MOST_EVERY_MS = 60_000;

async function loadAnew(asked: boolean): Promise<void> {
	if (!asked && Date.now() - Number(sessionStorage.getItem(KEY) ?? 0) < AT_MOST_EVERY_MS) return;
	const answer = await fetch('/console/', { cache: 'no-store', credentials: 'same-origin' });
	if (!answer.ok) return;
	sessionStorage.setItem(KEY, String(Date.now()));
	window.location.reload();
}
/** `asked`: somebody has tried again. Many browsers never ask a second time for a file that a page could not load: then only the page anew has it. */
export function Lost({ again, asked, small }: { again: () => void; asked: boolean; small: boolean }) {
	const t = useTexts(texts);
	const queries = useQueryClient();
	useEffect(() => { if (!small && !unsaved(queries)) loadAnew(asked).catch(() => undefined); }, [queries, asked, small]); // where nothing answers, this stays; beside a part of a page somebody may have typed
	const ways = <><Button type="primary" size={small ? 'small' : undefined} data-reload onClick={() => window.location.reload()}>{t.reload}</Button> <Button size={small ? 'small' : undefined} data-again onClick={again}>{t.again}</Button></>;
	return small ? <span className="row" role="alert">{t.title} {ways}</span> : <Whole title={t.title} more={t.more} ways={ways} />;
}
function Whole({ title, more, ways }: { title: string; more: string; ways: React.ReactNode }) {
	useTitle(title, true);
	return <div role="alert"><Told status="warning" title={title} more={more}>{ways}</Told></div>;
}
