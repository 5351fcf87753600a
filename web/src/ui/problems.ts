// problems.ts - runs what somebody asked for and tells how it went: a message on success, the service's own words on refusal.
import { App } from 'antd';
import { useCallback } from 'react';
import { Problem } from '../api/client';
import { useLanguage } from '../i18n';

/** `const run = useRun(); await run(() => post(…), '已发送')`: the result, or undefined when it was refused (and said so). */
export function useRun(): <T>(work: () => Promise<T>, done?: string) => Promise<T | undefined> {
	const { message } = App.useApp();
	const zh = useLanguage() === 'zh';
	return useCallback(async (work, done) => {
		try {
			const result = await work();
			if (done !== undefined) void message.success(done);
			return result;
		} catch (e) {
			void message.error(e instanceof Problem ? e.says(zh) : String(e), 6);
			return undefined;
		}
	}, [message, zh]);
}
