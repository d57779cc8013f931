export { Prover, type Bounds } from './bounds.js';
export { checkCertificate, type Files, type Outcome } from './check.js';
export { graphOf } from './graph.js';
export type { Graph } from './layers.js';
export { readOnnxFile } from './onnx-file.js';
export { casesOf, type Case, type Row } from './property.js';
export { Refusal } from './refusal.js';
export { TreeWalk, type Node, type Part } from './tree-walk.js';
