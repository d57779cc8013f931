import { kindOf, LeafSlots } from '@mipnet/activities';
import type { ObjectStore } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import { failedLeaf, NodeProgress } from '@mipnet/workflows';
import type { Engine, EngineRun } from './engine.js';

/** The recursion in this process: plain calls, and one solver thread a slot. The same result as by Temporal. */
export class LocalEngine implements Engine {
  readonly kind = 'local';
  readonly server = null;
  readonly #store: ObjectStore;
  readonly #leaves: LeafSlots;
  readonly #slots: number;

  constructor(store: ObjectStore, slots: number) {
    this.#store = store;
    this.#slots = slots;
    this.#leaves = new LeafSlots(store, slots);
  }

  uiUrlOf(): null {
    return null;
  }

  async run({ run, node, onProgress, signal }: EngineRun): Promise<Solved> {
    const progress = new NodeProgress(run, node, Date.now());
    const show = (): void => onProgress(progress.snapshot(Date.now()));
    const ticking = setInterval(show, 1000);
    const driver = this.#driver(progress, signal);
    try {
      const solved = await solveTree(driver, node);
      show();
      return solved;
    } finally {
      clearInterval(ticking);
    }
  }

  #driver(progress: NodeProgress, signal: AbortSignal): Driver {
    const driver: Driver = {
      window: this.#slots,
      divide: (node, state) => kindOf(node).divideNode(this.#store, node, state),
      merge: (node, state, parts) => kindOf(node).mergeNode(this.#store, node, state, parts),
      solve: (leaf) => this.#solve(leaf, progress, signal),
      recurse: (node) => solveTree({ ...driver, progress: () => undefined }, node),
      stopped: () => signal.aborted,
      ready: async () => undefined,
      checkpoint: async () => undefined,
      progress: (event) => progress.apply(event, Date.now()),
    };
    return driver;
  }

  async #solve(leaf: ProblemNode, progress: NodeProgress, signal: AbortSignal): Promise<Solved> {
    progress.leafBegan();
    try {
      return await this.#leaves.solve(leaf, { onProgress: () => undefined, signal });
    } catch (error) {
      // A crash of the solver costs this leaf, not the run; bad input is the run's.
      if ((error as { code?: string }).code !== 'crash') throw error;
      return { ...failedLeaf(leaf.name), stopped: signal.aborted };
    } finally {
      progress.leafEnded();
    }
  }

  close(): Promise<void> {
    return this.#leaves.close();
  }
}
