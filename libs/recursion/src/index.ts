export * from './node.js';
export * from './solve-tree.js';
