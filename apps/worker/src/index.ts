export * from './options.js';
export { buildId } from './deployment.js';
export * from './run-worker.js';
export * from './worker-error.js';
