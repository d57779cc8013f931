// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { kindOf, LeafSlots } from '@mipnet/activities';
import { PatientStore, type ObjectStore } from '@mipnet/object-store';
import { endedBy, solveTree, targetMet, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import { failedLeaf, NodeProgress, storePatienceSeconds } from '@mipnet/workflows';
import type { Engine, EngineRun } from './engine.js';
import { Purse } from './purse.js';

/**
 * Nobody else could do the work meanwhile, and nobody ends this process at a fixed time: on a busy machine it takes as
 * long as it takes.
 */
const patience = { store: storePatienceSeconds, handBack: 60 };

/** The recursion in this process: plain calls, and one solver thread a slot. The same result as by Temporal. */
export class LocalEngine implements Engine {
  readonly kind = 'local';
  readonly server = null;
  readonly #store: ObjectStore;
  readonly #leaves: LeafSlots;
  readonly #slots: number;

  /** @param memoryMegabytes most that one slot may use; its share of the machine when left out */
  constructor(store: ObjectStore, slots: number, memoryMegabytes?: number) {
    this.#store = new PatientStore(store, { seconds: storePatienceSeconds });
    this.#slots = slots;
    this.#leaves = new LeafSlots(store, slots, memoryMegabytes, patience);
  }

  uiUrlOf(): null {
    return null;
  }

  async run({ run, node, onProgress, signal, budget = {} }: EngineRun): Promise<Solved> {
    const progress = new NodeProgress(run, node, Date.now());
    const purse = new Purse(budget, signal);
    // What is not done by then is left out, and still counts as a part of the run.
    const noteStop = (): void => progress.stop();
    if (purse.signal.aborted) noteStop();
    purse.signal.addEventListener('abort', noteStop, { once: true });
    const show = (): void => onProgress(progress.snapshot(Date.now()));
    const ticking = setInterval(() => {
      purse.check();
      show();
    }, 1000);
    const driver = this.#driver(progress, purse);
    // A node that is itself a leaf is shown like a round with one part.
    const isLeaf = node.splits.length === 0;
    if (isLeaf) progress.apply({ kind: 'divided', node, round: 0, parts: [node] }, Date.now());
    try {
      const solved = await solveTree(driver, node);
      if (isLeaf) {
        progress.apply({ kind: 'part', node, round: 0, index: 0, solved }, Date.now());
        progress.apply({ kind: 'merged', node, round: 0, solved, again: false }, Date.now());
      }
      show();
      const complete = progress.withUnfinished(solved);
      return purse.endedBy ? endedBy(purse.endedBy, complete) : complete;
    } finally {
      clearInterval(ticking);
      purse.signal.removeEventListener('abort', noteStop);
    }
  }

  #driver(progress: NodeProgress, purse: Purse): Driver {
    const { signal } = purse;
    const driver: Driver = {
      window: this.#slots,
      divide: (node, state) => kindOf(node).divideNode(this.#store, node, state),
      merge: (node, state, parts) => kindOf(node).mergeNode(this.#store, node, state, parts),
      solve: async (leaf, unneeded) => purse.paid(await this.#solve(leaf, progress, signal, unneeded)),
      recurse: (node) => solveTree({ ...driver, progress: () => undefined }, node),
      stopped: () => signal.aborted,
      ready: async () => undefined,
      checkpoint: async () => undefined,
      progress: (event) => {
        progress.apply(event, Date.now());
        if (event.kind === 'merged' && event.again) purse.endBy(targetMet(purse.budget, event.solved));
      },
    };
    return driver;
  }

  async #solve(leaf: ProblemNode, progress: NodeProgress, stop: AbortSignal, unneeded: Promise<void>): Promise<Solved> {
    const enough = new AbortController();
    void unneeded.then(() => enough.abort());
    const signal = AbortSignal.any([stop, enough.signal]);
    progress.leafBegan();
    try {
      return await this.#leaves.solve(leaf, { onProgress: () => undefined, signal });
    } catch (error) {
      // A crash of the solver costs this leaf, not the run; bad input is the run's.
      if ((error as { code?: string }).code !== 'crash') throw error;
      return { ...failedLeaf(leaf.name, (error as Error).message), stopped: signal.aborted };
    } finally {
      progress.leafEnded();
    }
  }

  close(): Promise<void> {
    return this.#leaves.close();
  }
}
