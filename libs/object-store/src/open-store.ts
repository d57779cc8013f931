import { fileURLToPath } from 'node:url';
import { FolderStore } from './folder-store.js';
import { MemoryStore } from './memory-store.js';
import type { ObjectStore } from './object-store.js';
import { ObjectStoreError } from './object-store-error.js';

/** Opens the store behind a URL whose scheme it is registered for, e.g. `{ s3: openS3Store }`. */
export type StoreOpeners = Readonly<Record<string, (url: string) => ObjectStore | Promise<ObjectStore>>>;

/** Of a URL; undefined for a plain path. Two letters at least, so that a Windows drive is a path. */
export const schemeOf = (url: string): string | undefined => /^([A-Za-z][A-Za-z0-9+.-]+):/.exec(url)?.[1].toLowerCase();

/**
 * The store a person names: `memory:` (a new one each time), `file:///folder`, a plain path, or a URL of a scheme in
 * `openers`.
 * @throws ObjectStoreError 'refused' for a URL of no known scheme.
 */
export async function openStore(url: string, openers: StoreOpeners = {}): Promise<ObjectStore> {
  if (url.trim() === '')
    throw new ObjectStoreError('refused', 'the object store has an empty URL; give a folder or a URL');
  const scheme = schemeOf(url);
  if (scheme === undefined) return new FolderStore(url);
  if (scheme === 'memory') return new MemoryStore();
  if (scheme === 'file') return new FolderStore(folderOf(url));
  if (Object.hasOwn(openers, scheme)) return openers[scheme](url);
  const known = ['memory:', 'file:///folder', 'a plain path', ...Object.keys(openers).map((name) => `${name}:`)].join(
    ', ',
  );
  // Only the scheme is shown: the rest of a mistyped URL may hold a password.
  throw new ObjectStoreError(
    'refused',
    `no object store is known for URLs that begin with ${scheme}:; known are ${known}`,
  );
}

function folderOf(url: string): string {
  if (!/^file:\/\/\/|^file:\/[^/]/i.test(url)) {
    throw new ObjectStoreError(
      'refused',
      `${url} is not a file URL of this machine; write file:///absolute/folder or a plain path`,
    );
  }
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new ObjectStoreError(
      'refused',
      `${url} is not a file URL of this machine; write file:///absolute/folder or a plain path`,
      {
        cause: error,
      },
    );
  }
}
