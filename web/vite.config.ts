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

const service = process.env.DUANKA_URL ?? 'http://127.0.0.1:8460';
export default defineConfig({
	base: '/console/',
	esbuild: { jsx: 'automatic', legalComments: 'none' },
	plugins: [cityMap(), compressed()],
	server: { proxy: { '/v1': service } },
	build: {
		target: 'es2022',
		chunkSizeWarningLimit: 1500,
		rollupOptions: {
			output: {
				experimentalMinChunkSize: 4_000, // small parts that come together are one file: each costs a request and its head
				// What is loaded by import() alone makes chunks of its own. A chunk named here also takes in whatever its modules need that is named nowhere: small things that all need are in `base`.
				manualChunks(id) {
					if (/node_modules\/(react|react-dom|scheduler|wouter|use-sync-external-store|@tanstack)\//.test(id)) return 'base';
					if (/node_modules\/tslib\//.test(id)) return 'helpers';
					if (/node_modules\/(echarts|zrender)\//.test(id)) return 'charts';
					if (/node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt)\//.test(id)) return 'editor';
					return undefined;
				},
			},
		},
	},
});
