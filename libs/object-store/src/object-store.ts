import type { VerifiedCache } from './verified-cache.js';

/** A reference to an immutable object. Small and JSON-safe, because Temporal histories hold it. */
export interface ObjectRef {
  readonly key: string;
  /** Lower-case hex SHA-256 of the whole object. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Storage for immutable bytes. Adapters (memory, folder, S3) move bytes; they neither hash nor interpret them.
 * Keys are relative slash-separated paths of [A-Za-z0-9._-]; anything else is refused with an ObjectStoreError.
 */
export interface ObjectStore {
  /** For messages and manifests: `memory:`, `file:///path` or `s3://bucket/prefix`. */
  readonly url: string;
  /** Only on a caching store: where objects are kept once their hash has been verified. */
  readonly verified?: VerifiedCache;
  /** Writes all or nothing. Writing an existing key again with the same bytes is harmless. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Writes the object unless there is one under this key; decided in one step, so that of several writers one wins.
   * @returns whether it was written
   */
  writeNew(key: string, bytes: Uint8Array): Promise<boolean>;
  /** The whole object. @throws ObjectStoreError with code 'missing' when there is none. */
  read(key: string): Promise<Uint8Array>;
  /** Bytes [start, end) of the object. @throws ObjectStoreError 'missing', or 'damaged' when the object is shorter. */
  readRange(key: string, start: number, end: number): Promise<Uint8Array>;
  has(key: string): Promise<boolean>;
  /** Length of the object in bytes, undefined when there is none. */
  size(key: string): Promise<number | undefined>;
  /** Keys that start with the prefix, in code-unit order. */
  list(prefix: string): AsyncIterable<string>;
  /** Removing what is not there is harmless. */
  remove(key: string): Promise<void>;
}
