// An engine in this process, and no more: what a command starts before it loads the rest.
export { openAnyStore } from '@mipnet/activities/leaves';
export { LocalEngine } from './engine/local-engine.js';
export { localEngine } from './engine/start-local-engine.js';
export { storeOfRun } from './engine/store-of-run.js';
export type { Watcher } from './life/watcher.js';
