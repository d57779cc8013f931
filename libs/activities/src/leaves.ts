// What solves leaves in this process: this entry does not load Temporal.
export { getCourse } from './course.js';
export { kindOf } from './kinds.js';
export { mergeInSlots } from './merge-node.js';
export type { LeavesToCome } from './node-job.js';
export { NodeSlots, type NodeSlotsOptions } from './node-slots.js';
export type { LeafProgress } from './leaf-solver.js';
export { openAnyStore } from './open-store.js';
