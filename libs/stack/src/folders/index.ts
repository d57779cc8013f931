export { mipnetPaths, type Paths } from './paths.js';
export { checkStorePlace, storePlace } from '../store-place.js';
export { makePrivate, privateFile, tightenFolders } from './private-folders.js';
export { lockOwner, tryLock, type ProcessLock } from './process-lock.js';
export { writeWhole } from './whole-file.js';
