import { sha256Hex } from './content-addressed.js';
import { decodeDocument, encodeDocument } from './document.js';
import type { ObjectStore } from './object-store.js';
import { ObjectStoreError } from './object-store-error.js';

// Most objects are named by their hash. A sealed document has a name of its own, so that callers find it who do
// not know its content yet; its first bytes are the hash of the others.

const sealBytes = 32;

/** Stores plain data under a key. The same value gives the same bytes. @throws as encodeDocument and the store */
export async function putSealed(store: ObjectStore, key: string, value: unknown): Promise<void> {
  const body = encodeDocument(value);
  await store.write(key, Buffer.concat([Buffer.from(sha256Hex(body), 'hex'), body]));
}

/**
 * The plain data under a key, verified by its seal. The seal finds damage, not malice: who can write into the store can
 * seal anything.
 * @throws ObjectStoreError 'missing', 'damaged', 'unavailable'
 */
export async function getSealed<T>(store: ObjectStore, key: string): Promise<T> {
  const bytes = await store.read(key);
  const body = bytes.subarray(sealBytes);
  if (sha256Hex(body) !== Buffer.from(bytes.subarray(0, sealBytes)).toString('hex')) {
    throw new ObjectStoreError(
      'damaged',
      `object ${key} in ${store.url} is damaged: its bytes do not match the hash that they begin with; ` +
        'running the same again replaces it',
    );
  }
  return decodeDocument<T>(body, `object ${key} in ${store.url}`);
}
