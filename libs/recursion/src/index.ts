export * from './budget.js';
export * from './node.js';
export * from './solve-tree.js';
