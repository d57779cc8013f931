// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { kindOf, LeafSlots } from '@mipnet/activities';
import { PatientStore, type ObjectStore } from '@mipnet/object-store';
import { endedBy, solveTree, targetMet, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import { failedLeaf, NodeProgress, storePatienceSeconds } from '@mipnet/workflows';
import type { Engine, EngineRun } from './engine.js';
import { Spending } from './spending.js';

/**
 * No other process could do the work meanwhile, and nothing ends this process at a fixed time, so there is no limit on
 * a busy machine.
 */
const patience = { store: storePatienceSeconds, handBack: 60 };

/**
 * The recursion in this process: plain calls, and one solver thread per slot. The result is the same as with Temporal.
 */
export class LocalEngine implements Engine {
  readonly kind = 'local';
  readonly server = null;
  readonly #store: ObjectStore;
  readonly #leaves: LeafSlots;
  readonly #slots: number;

  /**
   * @param memoryMegabytes most that one slot may use; its share of the machine by default
   * @param solvers URLs of solvers that are not found by their names alone
   */
  constructor(
    store: ObjectStore,
    slots: number,
    { memoryMegabytes, solvers }: { readonly memoryMegabytes?: number; readonly solvers?: readonly string[] } = {},
  ) {
    this.#store = new PatientStore(store, { seconds: storePatienceSeconds });
    this.#slots = slots;
    this.#leaves = new LeafSlots(store, slots, memoryMegabytes, patience, solvers);
  }

  uiUrlOf(): null {
    return null;
  }

  async run({ run, node, onProgress, signal, budget = {} }: EngineRun): Promise<Solved> {
    const progress = new NodeProgress(run, node, Date.now());
    const spending = new Spending(budget, signal);
    // Unfinished parts are left out, but still count as parts of the run.
    const noteStop = (): void => progress.stop();
    if (spending.signal.aborted) noteStop();
    spending.signal.addEventListener('abort', noteStop, { once: true });
    const show = (): void => onProgress(progress.snapshot(Date.now()));
    const ticking = setInterval(() => {
      spending.check();
      show();
    }, 1000);
    const driver = this.#driver(progress, spending);
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
      return spending.endedBy ? endedBy(spending.endedBy, complete) : complete;
    } finally {
      clearInterval(ticking);
      spending.signal.removeEventListener('abort', noteStop);
    }
  }

  #driver(progress: NodeProgress, spending: Spending): Driver {
    const { signal } = spending;
    const driver: Driver = {
      window: this.#slots,
      divide: (node, state) => kindOf(node).divideNode(this.#store, node, state),
      merge: (node, state, parts) => kindOf(node).mergeNode(this.#store, node, state, parts),
      solve: async (leaf, unneeded) => spending.paid(await this.#solve(leaf, progress, signal, unneeded)),
      recurse: (node) => solveTree({ ...driver, progress: () => undefined }, node),
      stopped: () => signal.aborted,
      ready: async () => undefined,
      checkpoint: async () => undefined,
      progress: (event) => {
        progress.apply(event, Date.now());
        if (event.kind === 'merged' && event.again) spending.endBy(targetMet(spending.budget, event.solved));
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
      // A crash of the solver fails this leaf, not the run; bad input fails the run.
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
