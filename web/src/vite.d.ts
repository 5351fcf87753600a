declare module '*.css';
declare module 'virtual:qingdao' {
	const map: { type: 'FeatureCollection'; features: { type: 'Feature'; properties: { id: string; name: string; zh: string }; geometry: unknown }[] };
	export default map;
}
