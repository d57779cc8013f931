// The npm package `mipnet`. Nothing here writes to stdout or stderr, or ends the process.
export { MipnetError, type Blame } from '@mipnet/errors';
export type { Progress } from '@mipnet/workflows';
export type { Arrays, LabelledArrays } from './arrays.js';
export type { PlanKeys } from '@mipnet/training';
export { predict, type PredictOptions, type PredictResult } from './predict.js';
export type { RunOptions } from './run-options.js';
export { train, type TrainOptions, type TrainResult } from './train.js';
export {
  verify,
  type CurveOptions,
  type CurveResult,
  type VerifyArrays,
  type VerifyOptions,
  type VerifyResult,
} from './verify.js';
