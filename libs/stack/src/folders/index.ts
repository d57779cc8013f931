export { mipnetPaths, type Paths } from './paths.js';
export { makePrivate, privateFile, privateFolder, tightenFolders } from './private-folders.js';
export { isAlive, lockOwner, tryLock, type ProcessLock } from './process-lock.js';
export { writeWhole } from './whole-file.js';
