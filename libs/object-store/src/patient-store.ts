import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectStore } from './object-store.js';
import { ObjectStoreError } from './object-store-error.js';

export interface Patience {
  /** How long one operation is tried again while the store does not answer. */
  readonly seconds: number;
  /** Between two tries. @default 3 */
  readonly pauseSeconds?: number;
  /** When this says true nobody waits any longer. @default never */
  readonly stopped?: () => boolean;
}

/**
 * A store that waits while the store behind it does not answer: what was computed is then not lost to an outage. Errors
 * other than 'unavailable' pass through at once.
 */
export class PatientStore implements ObjectStore {
  readonly url: string;
  readonly #store: ObjectStore;
  readonly #patience: Patience;

  constructor(store: ObjectStore, patience: Patience) {
    this.#store = store;
    this.#patience = patience;
    this.url = store.url;
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    return this.#patiently(() => this.#store.write(key, bytes));
  }

  writeNew(key: string, bytes: Uint8Array): Promise<boolean> {
    return this.#patiently(() => this.#store.writeNew(key, bytes));
  }

  read(key: string): Promise<Uint8Array> {
    return this.#patiently(() => this.#store.read(key));
  }

  readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.#patiently(() => this.#store.readRange(key, start, end));
  }

  has(key: string): Promise<boolean> {
    return this.#patiently(() => this.#store.has(key));
  }

  size(key: string): Promise<number | undefined> {
    return this.#patiently(() => this.#store.size(key));
  }

  /** Not repeated: a list may have been given in part. */
  list(prefix: string): AsyncIterable<string> {
    return this.#store.list(prefix);
  }

  remove(key: string): Promise<void> {
    return this.#patiently(() => this.#store.remove(key));
  }

  async #patiently<T>(operation: () => Promise<T>): Promise<T> {
    const { seconds, pauseSeconds = 3, stopped } = this.#patience;
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        const isAway = error instanceof ObjectStoreError && error.code === 'unavailable';
        if (!isAway || stopped?.() || performance.now() + pauseSeconds * 1000 > deadline) throw error;
        await pause(pauseSeconds * 1000);
      }
    }
  }
}
