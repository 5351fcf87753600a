// Builds the console into the folder that `duanka serve --console` takes. One chunk a page; libraries that several pages share are chunks of their own, so that a
// visitor who only answers calls never loads charts or graphs. `vite` alone (npx vite) serves it with a proxy to a service on 127.0.0.1:8460.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { cityMap } from './map';

// The service sends NAME.gz to whoever takes it: compressing once here is cheaper than at each request.
const compressed = (): Plugin => ({
	name: 'compressed',
	apply: 'build',
	writeBundle({ dir = '' }, bundle) { // when the files are what they will be
		for (const name of Object.keys(bundle)) {
			const bytes = readFileSync(join(dir, name));
			if (/\.(js|css|json|svg)$/.test(name) && bytes.length > 1024) writeFileSync(join(dir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
		}
	},
});

// Some styles of the components (the lock of scrolling behind a dialog, the measure of a scroll bar) come without the page's nonce: they get it where styles are put in.
const nonced = (): Plugin => ({
	name: 'nonced',
	transform(code, id) {
		const made = 'styleNode.setAttribute(APPEND_ORDER, mergedOrder);';
		if (!id.includes('@rc-component/util/es/Dom/dynamicCSS')) return undefined;
		if (!code.includes(made)) this.error('styles are put in another way than this expects');
		return code.replace(made, `${made}\n  styleNode.nonce = document.querySelector('meta[name=csp-nonce]')?.content ?? '';`);
	},
});

const service = process.env.DUANKA_URL ?? 'http://127.0.0.1:8460';
export default defineConfig({
	base: '/console/',
	esbuild: { jsx: 'automatic', legalComments: 'none' },
	plugins: [cityMap(), compressed(), nonced()],
	server: { proxy: { '/v1': service } },
	build: {
		target: 'es2022',
		chunkSizeWarningLimit: 1500,
		rollupOptions: {
			output: {
				manualChunks(id) {
					if (/node_modules\/(react|react-dom|scheduler|wouter|use-sync-external-store|@tanstack)\//.test(id)) return 'base';
					// Charts, graphs and the editor are imported where they are used and need no rule: a rule would put into their chunk what others use, too, and draw it in everywhere.
					return undefined;
				},
			},
		},
	},
});
