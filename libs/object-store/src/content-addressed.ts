import { createHash } from 'node:crypto';
import type { ObjectRef, ObjectStore } from './object-store.js';
import { ObjectStoreError } from './object-store-error.js';

/** Bytes [start, end) of an object, with a hash of their own, so that a part can be read and verified alone. */
export interface ObjectRange {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Lower-case hex SHA-256 of these bytes. */
  readonly sha256: string;
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Stores bytes under `${prefix}/${sha256}`. Storing them again is harmless and, when they are there, writes nothing; an
 * object of this name that has been damaged since is replaced.
 * @throws ObjectStoreError 'refused' for a bad prefix, 'unwritable', 'unavailable'
 */
export async function putObject(store: ObjectStore, prefix: string, bytes: Uint8Array): Promise<ObjectRef> {
  const sha256 = sha256Hex(bytes);
  const key = `${prefix}/${sha256}`;
  if (!(await isThere(store, key, bytes))) await store.write(key, bytes);
  return { key, sha256, bytes: bytes.length };
}

/**
 * Reads the object: what a server says about it (length, checksum) was noted when it was written, before any damage.
 */
async function isThere(store: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  if ((await store.size(key)) !== bytes.length) return false;
  try {
    return Buffer.from(await store.read(key)).equals(bytes);
  } catch (error) {
    if (error instanceof ObjectStoreError && (error.code === 'damaged' || error.code === 'missing')) return false;
    throw error;
  }
}

/**
 * The object a reference points at, verified: never other bytes.
 * @throws ObjectStoreError 'missing', 'damaged', 'unavailable'
 */
export async function getObject(store: ObjectStore, ref: ObjectRef): Promise<Uint8Array> {
  const { key, sha256, bytes } = ref;
  return verified(store, { name: `object ${key}`, sha256, bytes }, () => store.read(key));
}

/** A part of an object, verified by its own hash. @throws ObjectStoreError 'missing', 'damaged', 'unavailable' */
export async function getRange(store: ObjectStore, range: ObjectRange): Promise<Uint8Array> {
  const { key, start, end, sha256 } = range;
  const name = `bytes ${start} to ${end} of object ${key}`;
  return verified(store, { name, sha256, bytes: end - start }, () => store.readRange(key, start, end));
}

interface Expected {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

async function verified(store: ObjectStore, expected: Expected, read: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const load = () => readVerified(store.url, expected, read);
  // The length is part of the name: a reference with the right hash and a wrong length is damaged, cached or not.
  return store.verified === undefined ? load() : store.verified.get(`${expected.sha256}/${expected.bytes}`, load);
}

async function readVerified(
  storeUrl: string,
  expected: Expected,
  read: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const first = await read();
  if (matches(first, expected)) return first;
  // The bytes may have been hurt on their way here and not where they are kept: ask once more before saying so.
  const second = await read();
  if (matches(second, expected)) return second;
  const found =
    second.length === expected.bytes
      ? `SHA-256 ${sha256Hex(second)} instead of ${expected.sha256}`
      : `${second.length} bytes instead of ${expected.bytes}`;
  throw new ObjectStoreError(
    'damaged',
    `${expected.name} in ${storeUrl} is damaged: it has ${found}; run the same plan again, which writes it anew`,
  );
}

function matches(bytes: Uint8Array, expected: Expected): boolean {
  return bytes.length === expected.bytes && sha256Hex(bytes) === expected.sha256;
}
