export * from './solver.js';
export * from './code-version.js';
export * from './highs.js';
export * from './certified-bound.js';
export * from './slots/serve-jobs.js';
export * from './slots/slot-pool.js';
export * from './session.js';
export * from './rows.js';
