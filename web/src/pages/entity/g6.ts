// g6.ts - the parts of G6 that the contacts graph uses, in the chunk that is loaded with it.
export { Graph } from '@antv/g6';
export type { EdgeData, NodeData } from '@antv/g6';
