export * from './scenario.js';
export * from './simulate.js';
export * from './slot-time.js';
