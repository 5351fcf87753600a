// worker.js - lets a screen begin without network: the page, its parts and pictures from the cache, the last playlist when there is no other. The page that brought it came past it: it is fetched once more, so that one visit is enough.
'use strict';
const NAME = 'screen-1';
const parts = ['/screen.js', '/screen.css'];
self.addEventListener('install', (e) => e.waitUntil(caches.open(NAME).then((c) => c.addAll(parts)).then(() => self.skipWaiting())));
self.addEventListener('activate', (e) => e.waitUntil(adopt()));

async function adopt() {
	const cache = await caches.open(NAME);
	const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
	await Promise.all(open.map((c) => new URL(c.url)).filter((u) => u.pathname.startsWith('/screen/')).map((u) => cache.add(u.origin + u.pathname).catch(() => {})));
	await self.clients.claim();
}

async function fresh(request, mark) {
	const cache = await caches.open(NAME);
	try {
		const r = await fetch(request);
		if (r.ok) await cache.put(request.url, r.clone());
		return r;
	} catch (error) {
		const old = await cache.match(request.url);
		if (old === undefined) throw error;
		if (!mark) return old;
		const headers = new Headers(old.headers);
		headers.set('X-From-Cache', '1');
		return new Response(old.body, { status: 200, headers });
	}
}
async function kept(request) {
	const cache = await caches.open(NAME);
	const old = await cache.match(request.url);
	if (old !== undefined) return old;
	const r = await fetch(request);
	if (r.ok) {
		const all = (await cache.keys()).filter((k) => k.url.includes('/pictures/'));
		if (all.length >= 200) await cache.delete(all[0]);
		await cache.put(request.url, r.clone());
	}
	return r;
}
self.addEventListener('fetch', (e) => {
	const u = new URL(e.request.url);
	if (e.request.method !== 'GET' || u.origin !== location.origin) return;
	if (u.pathname.includes('/pictures/')) e.respondWith(kept(e.request));
	else if (u.pathname.startsWith('/screen')) e.respondWith(fresh(e.request, u.pathname.endsWith('/playlist')));
});
