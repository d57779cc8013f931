// Stored data of runs: records, network files and their origin. This entry does not load Temporal.
export {
  dataOriginIn,
  isSameData,
  originOf,
  originOfChanged,
  type DataOrigin,
  type FileHashes,
  type Origin,
} from '../kinds/training/network-origin.js';
export { isTraining, trainAskedOf, type TrainAsked } from '../kinds/training/train-asked.js';
export { isSweep, type SweepAsked } from '../kinds/sweep/sweep-asked.js';
export type { VerifyAsked } from '../kinds/verification/verify-asked.js';
export {
  readNetwork,
  readNetworkFile,
  writeNetwork,
  type NetworkFile,
  type NetworkFileOptions,
} from './network-file.js';
export { classNamesIn } from './class-metadata.js';
export { transformationIn, transformationNote } from './transformation.js';
export { tableInputsIn, type TableInputs } from './table-inputs.js';
export { runFolder, type DataFolder } from './run-folder.js';
export { readRecords, writeRecord } from './run-record.js';
export type { Asked, EndedRun, RunEnd, RunRecord, RunRequest } from './run-request.js';
