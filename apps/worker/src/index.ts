export * from './options.js';
export * from './run-worker.js';
export * from './worker-error.js';
