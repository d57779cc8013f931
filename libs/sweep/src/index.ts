export { divideNode, mergeNode, solveLeaf } from './tree/divide-and-merge.js';
export { spreadOf, type Spread } from './tree/score.js';
export {
  getCell,
  getResult,
  getSweep,
  putCell,
  putSweepNode,
  type Cell,
  type Division,
  type FinalRun,
  type Repeat,
  type RungResult,
  type RungRun,
  type Rungs,
  type SweepProblem,
  type SweepResult,
} from './problem/sweep-problem.js';
export { rungsOf } from './problem/rungs.js';
export { hasLimits } from './problem/scaled-problem.js';
export {
  axisOf,
  hasSweep,
  noSweep,
  readSweepFile,
  sweepJsonSchema,
  withTyped,
  type Axis,
  type Sweep,
  type SweepFile,
  type Variant,
} from './spec/read-sweep.js';
export { changesOf, gridOf, type Combination, type Grid, type SettingToTrain } from './spec/settings.js';
export { halvingSchema, type Halving, type SweepKeys } from './spec/sweep-schema.js';
export { SweepError } from './sweep-error.js';
