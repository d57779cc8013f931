// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import {
  kindOf,
  mergeInSlots,
  NodeSlots,
  type LeafProgress,
  type LeavesToCome,
  type NodeSlotsOptions,
} from '@mipnet/activities/leaves';
import { PatientStore, type ObjectStore } from '@mipnet/object-store';
import {
  endedBy,
  solveTree,
  targetMet,
  type Budget,
  type Driver,
  type ProblemNode,
  type Solved,
} from '@mipnet/recursion';
import { failedLeaf, lostPart, NodeProgress, storePatienceSeconds } from '@mipnet/workflows/plain';
import type { Engine, EngineRun } from './engine.js';
import { Spending } from './spending.js';

/**
 * No other process could do the work meanwhile, and nothing ends this process at a fixed time, so there is no limit on
 * a busy machine.
 */
const patience = { store: storePatienceSeconds, handBack: 60 };

/** A node's place in the tree: its progress, its stop, and what its costs count for. */
interface Place {
  readonly run: string;
  readonly progress: NodeProgress;
  /** Called before the run's progress is shown: nodes below the root report to the one above them. */
  readonly below: Set<() => void>;
  /** Aborted: the node ends early. */
  readonly signal: AbortSignal;
  /** Notes the cost of a leaf. */
  paid(solved: Solved): Solved;
  /** After a round that others are to follow; absent: the node has no target of its own. */
  readonly checkTarget: ((solved: Solved) => void) | undefined;
}

/**
 * The recursion in this process: plain calls, and one solver thread per slot. The result is the same as with Temporal.
 */
export class LocalEngine implements Engine {
  readonly kind = 'local';
  readonly server = null;
  readonly #store: ObjectStore;
  readonly #nodes: NodeSlots;
  readonly #slots: number;

  constructor(store: ObjectStore, slots: number, options: Omit<NodeSlotsOptions, 'patience'> = {}) {
    this.#store = new PatientStore(store, { seconds: storePatienceSeconds });
    this.#slots = slots;
    this.#nodes = new NodeSlots(store, slots, { ...options, patience });
  }

  /** A thread starts if there is none, and loads what these leaves need. */
  prepare(leaves: LeavesToCome): void {
    this.#nodes.prepare(leaves);
  }

  uiUrlOf(): null {
    return null;
  }

  async run({ run, node, onProgress, signal, budget = {} }: EngineRun): Promise<Solved> {
    const progress = new NodeProgress(run, node, Date.now());
    const spending = new Spending(budget, signal);
    const below = new Set<() => void>();
    // The deepest nodes report first.
    const refresh = (): void => [...below].reverse().forEach((report) => report());
    // Unfinished parts are left out, but still count as parts of the run.
    const noteStop = (): void => {
      refresh();
      progress.stop();
    };
    if (spending.signal.aborted) noteStop();
    spending.signal.addEventListener('abort', noteStop, { once: true });
    const show = (): void => {
      refresh();
      onProgress(progress.snapshot(Date.now()));
    };
    const ticking = setInterval(() => {
      spending.check();
      show();
    }, 1000);
    const place: Place = {
      run,
      progress,
      below,
      signal: spending.signal,
      paid: (solved) => spending.paid(solved),
      checkTarget: (solved) => spending.endBy(targetMet(budget, solved)),
    };
    // A node that is itself a leaf is shown like a round with one part.
    const isLeaf = node.splits.length === 0;
    if (isLeaf) progress.apply({ kind: 'divided', node, round: 0, parts: [node] }, Date.now());
    try {
      const solved = await solveTree(this.#driver(place), node);
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

  #driver(place: Place): Driver {
    const { progress, signal } = place;
    return {
      window: this.#slots,
      divide: async (node, state) => (await kindOf(node)).divideNode(this.#store, node, state, this.#slots),
      merge: mergeInSlots(this.#store, this.#nodes),
      solve: async (leaf, unneeded) => place.paid(await this.#solve(leaf, place, unneeded)),
      recurse: (node) => this.#recurse(node, place),
      lost: (part, error) =>
        (error as Error).name === 'ObjectStoreError' ? undefined : lostPart(part, (error as Error).message),
      stopped: () => signal.aborted,
      ready: async () => undefined,
      checkpoint: async () => undefined,
      progress: (event) => {
        progress.apply(event, Date.now());
        if (event.kind === 'merged' && event.again) place.checkTarget?.(event.solved);
      },
    };
  }

  async #recurse(node: ProblemNode, above: Place): Promise<Solved> {
    const { run, below } = above;
    const progress = new NodeProgress(run, node, Date.now());
    const report = (): void => above.progress.childReported(progress.snapshot(Date.now()), Date.now());
    const inside: Place = { ...above, progress, checkTarget: undefined };
    below.add(report);
    try {
      return node.budget === undefined
        ? await solveTree(this.#driver(inside), node)
        : await this.#withBudget(node, node.budget, inside);
    } finally {
      below.delete(report);
    }
  }

  /** A part that is a run of its own: its budget ends it alone, its leaves are also paid by the whole run. */
  async #withBudget(node: ProblemNode, budget: Budget, place: Place): Promise<Solved> {
    const own = new Spending(budget, place.signal);
    const ticking = setInterval(() => own.check(), 1000);
    try {
      const driver = this.#driver({
        ...place,
        signal: own.signal,
        paid: (solved) => place.paid(own.paid(solved)),
        checkTarget: (solved) => own.endBy(targetMet(budget, solved)),
      });
      const solved = await solveTree(driver, node);
      return own.endedBy ? endedBy(own.endedBy, solved) : solved;
    } finally {
      clearInterval(ticking);
    }
  }

  async #solve(leaf: ProblemNode, { progress, signal: stop }: Place, unneeded: Promise<void>): Promise<Solved> {
    const enough = new AbortController();
    void unneeded.then(() => enough.abort());
    const signal = AbortSignal.any([stop, enough.signal]);
    progress.leavesBegan(1);
    try {
      const onProgress = (news: LeafProgress): void => progress.leafReported(news);
      return await this.#nodes.solve(leaf, { onProgress, signal });
    } catch (error) {
      // A crash of the solver fails this leaf, not the run; bad input fails the run.
      if ((error as { code?: string }).code !== 'crash') throw error;
      return { ...failedLeaf(leaf.name, (error as Error).message), stopped: signal.aborted };
    } finally {
      progress.leavesEnded(1);
    }
  }

  close(): Promise<void> {
    return this.#nodes.close();
  }
}
