import { checkKey, checkPrefix, checkRange, shorterThanRange } from './object-key.js';
import type { ObjectStore } from './object-store.js';
import { missingObject } from './object-store-error.js';

/** Objects in the memory of this process. Bytes are copied in and out, as every other store does. */
export class MemoryStore implements ObjectStore {
  readonly url = 'memory:';
  readonly #objects = new Map<string, Uint8Array>();

  async write(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key);
    this.#objects.set(key, new Uint8Array(bytes));
  }

  async writeNew(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    if (this.#objects.has(key)) return false;
    this.#objects.set(key, new Uint8Array(bytes));
    return true;
  }

  async read(key: string): Promise<Uint8Array> {
    return new Uint8Array(this.#object(key));
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkRange(key, start, end);
    const object = this.#object(key);
    if (end > object.length) throw shorterThanRange(this.url, key, end, object.length);
    return object.slice(start, end);
  }

  async has(key: string): Promise<boolean> {
    checkKey(key);
    return this.#objects.has(key);
  }

  async size(key: string): Promise<number | undefined> {
    checkKey(key);
    return this.#objects.get(key)?.length;
  }

  async *list(prefix: string): AsyncGenerator<string> {
    checkPrefix(prefix);
    // Default sort is by code unit.
    yield* [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async remove(key: string): Promise<void> {
    checkKey(key);
    this.#objects.delete(key);
  }

  #object(key: string): Uint8Array {
    checkKey(key);
    const object = this.#objects.get(key);
    if (object === undefined) throw missingObject(this.url, key);
    return object;
  }
}
