export * from './messages.js';
export * from './search-attributes.js';
export * from './progress.js';
export * from './current-details.js';
export * from './leaf-failure.js';
export * from './limits.js';
export * from './run-priority.js';
export * from './tree-cost.js';
