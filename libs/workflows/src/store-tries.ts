import type { LeafFailure } from './leaf-failure.js';

// What becomes of work that an object store kept from being done. Nothing of it counts against the work itself: it is
// tried again, and then the run fails. A part of the run is never left out for it.

/** How long an outage of the store is waited for, seconds. Then the run fails; what was solved is in the store. */
export const storePatienceSeconds = 600;

/** How often work is tried when an object is missing or damaged, or the store refuses the worker. */
export const triesOfBadStore = 5;

/** How often the workers of another store may refuse work of one node: so many fit into a workflow's history. */
const mostRefusals = 1000;

type StoreFailure = Extract<LeafFailure, { kind: 'store' }>;

/** What the workers of a node have met in all its work. */
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
      // As long as a worker of the right store may come, the work waits for it, as it does when there is no worker at all.
      // The refusing worker rests.
      case 'other-store':
        return ++this.node.refusals < mostRefusals ? 1 : undefined;
      case 'bad':
        this.node.badSince ??= now;
        // Much work may wait for its turn to fail: without any success it need not come to five tries of one piece.
        if (now - this.node.badSince > storePatienceSeconds * 1000) return undefined;
        return ++this.#tries < triesOfBadStore ? 2 ** (this.#tries - 1) : undefined;
    }
  }
}
