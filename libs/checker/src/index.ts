export { Prover, type Bounds } from './bounds.js';
export { checkCertificate, type Files } from './check.js';
export type { Outcome } from './outcome.js';
export type { Network } from './network.js';
export { isDecided, type Piecewise } from './piecewise.js';
export { casesOf, type Case, type Row } from './property.js';
export { networkOf } from './read-network.js';
export { Refusal } from './refusal.js';
export { TreeWalk, type Node, type Part } from './tree.js';
