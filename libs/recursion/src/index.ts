export * from './node.js';
export * from './train.js';
