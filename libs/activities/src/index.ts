export * from './kinds.js';
export * from './leaf-solver.js';
export * from './activity-failure.js';
export * from './orchestrator-activities.js';
export * from './solver-activities.js';
export * from './leaf-slots.js';
export * from './share-of-memory.js';
export * from './open-store.js';
