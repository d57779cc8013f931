// Tested by node-failures.int.test.ts.
import type { LeafFailure } from './leaf-failure.js';

// How work continues that an object store prevented. This does not count against the work itself: it is tried again,
// and after too many tries the run fails. No part of the run is left out for it.

/**
 * How long work waits for a store that does not answer, seconds. Then the run fails; what was solved is in the store.
 */
export const storePatienceSeconds = 600;

/** How often work is tried if an object is missing or damaged, or the store refuses the worker. */
export const triesOfBadStore = 5;

/** How often workers of another store may refuse work of one node: this number fits into a workflow's history. */
const mostRefusals = 1000;

type StoreFailure = Extract<LeafFailure, { kind: 'store' }>;

/** The store failures in all work of a node. */
export class StoreState {
  refusals = 0;
  /** Of the first failure since work last succeeded, milliseconds since 1970. */
  badSince: number | undefined;

  succeeded(): void {
    this.badSince = undefined;
  }
}

/** The failures of one piece of work (a leaf, a division, a merge). */
export class StoreTries {
  #tries = 0;
  #awaySince: number | undefined;

  constructor(private readonly node: StoreState) {}

  /**
   * Seconds until the next try; undefined: give up.
   * @param now milliseconds since 1970
   */
  after({ why }: StoreFailure, now: number): number | undefined {
    switch (why) {
      case 'away':
        this.#awaySince ??= now;
        return now - this.#awaySince < storePatienceSeconds * 1000 ? 5 : undefined;
      // The work waits for a worker of the right store, as it does if there is no worker at all. The refusing worker
      // pauses.
      case 'other-store':
        return ++this.node.refusals < mostRefusals ? 1 : undefined;
      case 'bad':
        this.node.badSince ??= now;
        // If a lot of work waits, one piece may take long to reach five tries; a time without any success ends the run
        // earlier.
        if (now - this.node.badSince > storePatienceSeconds * 1000) return undefined;
        return ++this.#tries < triesOfBadStore ? 2 ** (this.#tries - 1) : undefined;
    }
  }
}
