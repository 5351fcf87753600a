// script.js - a screen: asks for its playlist, shows it, and says what it has shown. Without network it goes on with what it has.
'use strict';
(() => {
	const base = location.pathname.replace(/\/+$/, '');
	const stage = document.getElementById('stage');
	const kept = (name, value) => {
		try {
			if (value === undefined) return JSON.parse(localStorage.getItem(base + name));
			localStorage.setItem(base + name, JSON.stringify(value));
		} catch { /* private window, or full: it goes on in memory */ }
		return null;
	};
	let list = kept('.list') ?? { items: [], language: 'zh', emergency: false, poll_s: 5 };
	let etag = null, at = -1, timer = 0, away = false;
	let plays = kept('.plays') ?? {};
	let sending = kept('.sending');
	const pictures = new Map(); // address -> Promise of an object URL, or null

	// ---- what is shown ----
	const element = (name, text, style) => {
		const e = document.createElement(name);
		if (style) e.className = style;
		e.textContent = text;
		return e;
	};
	const words = (item) => {
		const box = element('div', '', 'words');
		const zh = list.language !== 'en' || !item.title_en;
		const en = list.language !== 'zh' && item.title_en;
		if (list.emergency) box.append(element('div', zh ? '紧急提醒' : 'Urgent', 'badge'));
		box.append(element('h1', zh ? item.title : item.title_en));
		if (zh && en) box.append(element('h2', item.title_en));
		if (zh) box.append(element('p', item.summary ?? ''));
		if (en && item.summary_en) box.append(element('p', item.summary_en, zh ? 'en' : ''));
		return box;
	};
	const picture = (address) => {
		if (!pictures.has(address)) {
			pictures.set(address, fetch(address).then((r) => (r.ok ? r.blob() : Promise.reject(new Error(r.status)))).then((b) => URL.createObjectURL(b)).catch(() => {
				pictures.delete(address); // once more when it is its turn again
				return null;
			}));
		}
		return pictures.get(address);
	};
	const put = (article) => {
		const old = [...stage.children];
		stage.append(article);
		requestAnimationFrame(() => requestAnimationFrame(() => article.classList.add('on')));
		setTimeout(() => old.forEach((e) => e.remove()), 700);
	};
	const idle = () => {
		const a = document.createElement('article');
		const box = element('div', '', 'words');
		box.append(element('h1', '防范电信网络诈骗'), element('p', '不轻信 · 不透露 · 不转账\n如有疑问，请拨打 96110'));
		a.append(box);
		put(a);
	};
	const show = async (item, mine) => {
		const a = document.createElement('article');
		if (list.emergency) a.classList.add('emergency');
		if ((item.title?.length ?? 0) + (item.summary?.length ?? 0) > 160) a.classList.add('small');
		const src = item.picture ? await picture(item.picture) : null;
		if (mine !== timer) return; // another one has come meanwhile
		a.append(words(item));
		if (src) {
			const img = document.createElement('img');
			img.alt = '';
			img.src = src;
			a.classList.add('picture');
			a.append(img);
		}
		put(a);
		const key = `${item.material} ${Math.floor(Date.now() / 3600000)}`;
		plays[key] = (plays[key] ?? 0) + 1;
		kept('.plays', plays);
	};
	const next = () => {
		clearTimeout(timer);
		const items = list.items.filter((i) => !i.until_ms || Date.now() < i.until_ms); // without network nobody else ends it
		if (items.length === 0) {
			at = -1;
			timer = setTimeout(next, 60000);
			idle();
			return;
		}
		at = (at + 1) % items.length;
		const item = items[at];
		timer = setTimeout(next, Math.max(3, item.seconds) * 1000);
		show(item, timer);
	};

	// ---- the playlist ----
	const take = (fresh) => {
		const was = JSON.stringify(list.items) + list.emergency;
		list = fresh;
		kept('.list', list);
		const wanted = new Set(list.items.map((i) => i.picture));
		for (const [address, url] of pictures) {
			if (wanted.has(address)) continue;
			pictures.delete(address);
			url.then((u) => u && setTimeout(() => URL.revokeObjectURL(u), 5000));
		}
		for (const i of list.items) if (i.picture) picture(i.picture);
		if (JSON.stringify(list.items) + list.emergency !== was) {
			at = -1;
			next();
		}
	};
	const poll = async () => {
		let wait = list.poll_s ?? 5;
		try {
			const r = await fetch(`${base}/playlist`, { headers: etag ? { 'If-None-Match': etag } : {}, cache: 'no-store' });
			away = !(r.ok || r.status === 304);
			if (r.ok) {
				const stored = r.headers.get('X-From-Cache') !== null; // the service worker's answer without network
				etag = stored ? null : r.headers.get('ETag');
				away = stored;
				take(await r.json());
			}
			if (r.status === 429 || r.status === 503) wait = Number(r.headers.get('Retry-After')) || 10;
			if (r.status === 404) wait = 60;
		} catch {
			away = true;
		}
		document.getElementById('state').hidden = !away;
		setTimeout(poll, (away ? 2 * wait : wait) * 1000 * (0.9 + Math.random() / 5)); // screens that were switched on together don't stay together
	};

	// ---- proof of play: a report keeps its number until it has arrived ----
	const report = async () => {
		if (!sending && Object.keys(plays).length > 0) {
			sending = { report: Math.max(Date.now(), (kept('.last') ?? 0) + 1), plays: Object.entries(plays).slice(0, 500).map(([k, n]) => { const [m, hour] = k.split(' '); return { material: m, hour: Number(hour), n }; }) };
			for (const p of sending.plays) delete plays[`${p.material} ${p.hour}`];
			kept('.last', sending.report);
			kept('.sending', sending);
			kept('.plays', plays);
		}
		if (!sending) return;
		try {
			const r = await fetch(`${base}/plays`, { method: 'POST', body: JSON.stringify(sending) });
			if (r.ok || r.status === 400 || r.status === 422) {
				sending = null;
				kept('.sending', null);
			}
		} catch { /* it waits */ }
	};

	const tick = () => {
		document.getElementById('clock').textContent = new Date().toLocaleString('zh-CN', { month: 'long', day: 'numeric', weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'Asia/Shanghai' });
	};
	tick();
	setInterval(tick, 10000);
	if ('serviceWorker' in navigator) {
		navigator.serviceWorker.addEventListener('controllerchange', () => { // what came past it comes once more, to be kept
			etag = null;
			fetch(`${base}/playlist`, { cache: 'no-store' }).catch(() => {});
			for (const i of list.items) if (i.picture) fetch(i.picture).catch(() => {});
		});
		navigator.serviceWorker.register('/screen-worker.js', { scope: '/screen/' }).catch(() => {});
	}
	next();
	poll();
	setInterval(report, 60000);
	addEventListener('pagehide', () => kept('.plays', plays));
	document.addEventListener('click', () => document.documentElement.requestFullscreen?.().catch(() => {}));
	navigator.wakeLock?.request('screen').catch(() => {});
})();
