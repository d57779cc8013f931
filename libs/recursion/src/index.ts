export * from './budget.js';
export * from './node.js';
export * from './solve-tree.js';
export * from './accuracy.js';
export * from './covers.js';
export * from './gap.js';
export * from './leaf-counts.js';
export * from './verdict-counts.js';
