// Runs in this process, and files of networks: this entry does not load Temporal or what trains networks.
export type { LocalEngine } from './engine/local-engine.js';
export { refuseStore, storeOfRun } from './engine/store-of-run.js';
export { isIncomplete } from './kinds/incomplete.js';
export { failedQuestions } from './kinds/verification/verdicts.js';
export { beginRun, type BeginOptions } from './life/begin-run.js';
export { failedLine } from './life/failed-line.js';
export { driveRun } from './life/finish-run.js';
export type { Watcher } from './life/watcher.js';
export { classNamesIn } from './records/class-metadata.js';
export { transformationIn, transformationNote } from './records/transformation.js';
export { readModelFile, readNetworkFile, type NetworkFile, type NetworkFileOptions } from './records/network-file.js';
