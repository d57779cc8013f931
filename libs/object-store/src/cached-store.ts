import type { ObjectStore } from './object-store.js';
import { VerifiedCache } from './verified-cache.js';

export interface CachedStoreOptions {
  /** Memory for objects and ranges, in bytes. @default 268435456 (256 MiB) */
  readonly maxBytes?: number;
}

/**
 * A store whose objects and ranges are read once: `getObject`, `getRange` and `getDocument` keep verified content in
 * memory. The store's own methods go directly to the wrapped store, because their bytes carry no hash.
 */
export class CachedStore implements ObjectStore {
  readonly url: string;
  readonly verified: VerifiedCache;
  readonly #store: ObjectStore;

  constructor(store: ObjectStore, options: CachedStoreOptions = {}) {
    this.#store = store;
    this.url = store.url;
    this.verified = new VerifiedCache(options.maxBytes ?? 256 * 2 ** 20);
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#store.write(key, bytes);
  }

  writeNew(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#store.writeNew(key, bytes);
  }

  read(key: string): Promise<Uint8Array> {
    return this.#store.read(key);
  }

  readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.#store.readRange(key, start, end);
  }

  has(key: string): Promise<boolean> {
    return this.#store.has(key);
  }

  size(key: string): Promise<number | undefined> {
    return this.#store.size(key);
  }

  list(prefix: string): AsyncIterable<string> {
    return this.#store.list(prefix);
  }

  remove(key: string): Promise<void> {
    return this.#store.remove(key);
  }
}
