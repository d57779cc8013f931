import { ObjectStoreError } from './object-store-error.js';

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Nothing exists there, or only a folder, which is no object. */
export function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error));
}

const WRITE_FAILURES: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full; free space or choose another folder',
  EDQUOT: 'its disk quota is used up; free space or choose another folder',
  EFBIG: 'the object is larger than the file size limit; raise the limit (ulimit -f) or choose another folder',
  EROFS: 'its file system is read-only; mount it writable or choose another folder',
  EACCES: 'this user may not write there; change its permissions or choose another folder',
  EPERM: 'this user may not write there; change its permissions or choose another folder',
  ENOENT: 'it cannot be created there; create it or choose another folder',
  ENOTDIR: 'a part of its path is a file, not a folder; choose another folder or key',
  EEXIST: 'a part of its path is a file, not a folder; choose another folder or key',
  EISDIR: 'the key names a folder that holds other objects; choose another key',
  ENOTEMPTY: 'the key names a folder that holds other objects; choose another key',
  EMFILE: 'this process has too many open files; raise the limit (ulimit -n)',
};

/** Turns a failed write below a folder into one sentence that names the folder, the reason and the way out. */
export function writeFailure(folder: string, key: string, error: unknown): ObjectStoreError {
  const code = systemCode(error);
  const why = WRITE_FAILURES[code] ?? `the system says ${code || String(error)}`;
  return new ObjectStoreError('unwritable', `cannot write object ${key} into the folder ${folder}: ${why}`, {
    cause: error,
  });
}

/** The same for a failed read, list or removal; absence is not one of them. */
export function readFailure(folder: string, key: string, error: unknown): ObjectStoreError {
  const code = systemCode(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return new ObjectStoreError(
      'refused',
      `this user may not read ${key} in the folder ${folder}; change its permissions`,
      { cause: error },
    );
  }
  return new ObjectStoreError(
    'unavailable',
    `cannot read ${key} in the folder ${folder}: the system says ${code || String(error)}`,
    {
      cause: error,
    },
  );
}
