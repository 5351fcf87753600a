// Builds the console into the folder that `duanka serve --console` takes. One chunk a page; libraries that several pages share are chunks of their own, so that a
// visitor who only answers calls never loads charts or graphs. `vite` alone (npx vite) serves it with a proxy to a service on 127.0.0.1:8460.
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

// The service sends NAME.gz to whoever takes it: compressing once here is cheaper than at each request.
const compressed = (): Plugin => ({
	name: 'compressed',
	apply: 'build',
	generateBundle(_options, bundle) {
		for (const file of Object.values(bundle)) {
			const bytes = Buffer.from(file.type === 'chunk' ? file.code : file.source);
			if (/\.(js|css|json|svg)$/.test(file.fileName) && bytes.length > 1024)
				this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: gzipSync(bytes, { level: 9 }) });
		}
	},
});

const service = process.env.DUANKA_URL ?? 'http://127.0.0.1:8460';
export default defineConfig({
	base: '/console/',
	esbuild: { jsx: 'automatic', legalComments: 'none' },
	plugins: [compressed()],
	server: { proxy: { '/v1': service } },
	build: {
		target: 'es2022',
		chunkSizeWarningLimit: 1500,
		rollupOptions: {
			output: {
				manualChunks(id) {
					if (/node_modules\/(react|react-dom|scheduler|wouter|use-sync-external-store|@tanstack)\//.test(id)) return 'base';
					if (/node_modules\/(echarts|zrender|tslib)\//.test(id)) return 'charts';
					if (/node_modules\/@antv\//.test(id)) return 'graph';
					if (/node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt)\//.test(id)) return 'editor';
					return undefined;
				},
			},
		},
	},
});
