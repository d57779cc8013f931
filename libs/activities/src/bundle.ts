// Tested by bundle.unit.test.ts.
import { createHash } from 'node:crypto';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import {
  getSealed,
  ObjectStoreError,
  putSealed,
  type ObjectRef,
  type ObjectStore,
  type StoreIdentity,
} from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { failureTypes, type Bundle, type LeafOutcome } from '@mipnet/workflows';
import { toActivityFailure } from './activity-failure.js';
import { cancelReason, stopWasAskedFor } from './cancellation.js';
import { withHeartbeats } from './heartbeats.js';
import { leafBegins, type LeafProgress, type LeafSolver } from './leaf-solver.js';
import type { SolverDependencies } from './solver-dependencies.js';
import type { StoreGuard } from './store-guard.js';

/** Heartbeat of a bundle: the progress of the leaf that it solves. */
export interface BundleProgress extends LeafProgress {
  /** Index of the leaf. */
  readonly at: number;
  readonly leaf: string;
}

/** A result of a leaf in a bundle, kept until the bundle ends, for the worker that takes over. */
interface EndedLeaf {
  readonly problem: string;
  readonly solved: Solved;
}

/**
 * Solves the leaves of a bundle one after the other, and writes each result under the bundle's name while the next leaf
 * is solved. It ends early after a stop, after a decisive result, when its time is over, or when the store fails.
 *
 * A second attempt solves nothing: its predecessor may have died of one of the leaves. It returns the results that are
 * stored and has the other leaves done alone.
 */
export class BundleSolver {
  readonly #leaves: LeafSolver;
  readonly #store: ObjectStore;
  readonly #guard: StoreGuard;

  constructor({ leaves, store, guard }: SolverDependencies) {
    this.#leaves = leaves;
    this.#store = store;
    this.#guard = guard;
  }

  async run(bundle: Bundle, store?: StoreIdentity): Promise<readonly LeafOutcome[]> {
    const { attempt, heartbeatDetails } = Context.current().info;
    const last = heartbeatDetails as BundleProgress | undefined;
    let latest = last ?? progressAt(bundle, 0);
    const work = (): Promise<readonly LeafOutcome[]> =>
      attempt > 1 ? this.#collect(bundle, last) : this.#solve(bundle, (progress) => (latest = progress));
    return withHeartbeats(
      () => latest,
      () => this.#guard.run(store, work),
    );
  }

  async #solve(bundle: Bundle, report: (progress: BundleProgress) => void): Promise<readonly LeafOutcome[]> {
    const { cancellationSignal: signal } = Context.current();
    const outcomes: LeafOutcome[] = bundle.leaves.map(() => ({}));
    const ends = performance.now() + bundle.seconds * 1000;
    for (const [at, leaf] of bundle.leaves.entries()) {
      if (signal.aborted || (at > 0 && performance.now() > ends)) break;
      let latest = progressAt(bundle, at);
      report(latest);
      const onProgress = (progress: LeafProgress): void => {
        latest = { ...latest, ...progress, checkpoint: progress.checkpoint ?? latest.checkpoint };
        report(latest);
      };
      const outcome = await this.#outcomeOf(() => this.#leaves.solve(leaf, { onProgress, signal }), leaf, at > 0);
      if (outcome.solved?.stopped && !stopWasAskedFor(signal)) {
        log.info(`leaf '${leaf.name}' was interrupted: ${cancelReason(signal)}; it will be done again`);
        outcomes[at] = { again: 'interrupted', checkpoint: latest.checkpoint };
        break;
      }
      outcomes[at] = outcome;
      if (outcome.solved?.decisive) break;
      if (outcome.storeFailed) break;
      if (outcome.solved && !outcome.solved.stopped) this.#keep(bundle, at, outcome.solved);
    }
    return outcomes.map(({ solved, again, checkpoint }) => ({ solved, again, checkpoint }));
  }

  /**
   * A leaf that fails does not take the others with it.
   * @throws bad input, and a store's failure if nothing is solved
   */
  async #outcomeOf(
    solve: () => Promise<Solved>,
    leaf: ProblemNode,
    othersSolved: boolean,
  ): Promise<LeafOutcome & { readonly storeFailed?: boolean }> {
    try {
      return { solved: await solve() };
    } catch (error) {
      const failure = toActivityFailure(error, '');
      const type = failure instanceof ApplicationFailure ? failure.type : undefined;
      const storeFailed = type === failureTypes.store;
      if (type === failureTypes.badInput || (storeFailed && !othersSolved)) throw error;
      log.warn(`leaf '${leaf.name}' failed in a bundle and will be done alone`, { error: String(error) });
      return { again: (error as { code?: unknown }).code === 'crash' ? 'crash' : 'error', storeFailed };
    }
  }

  /** It only saves time after a death; the next leaf need not wait for it. */
  #keep({ id, leaves }: Bundle, at: number, solved: Solved): void {
    const ended: EndedLeaf = { problem: leaves[at].problem.sha256, solved };
    putSealed(this.#store, keyOf(id, at), ended).catch(() => undefined);
  }

  async #collect({ id, leaves }: Bundle, last: BundleProgress | undefined): Promise<readonly LeafOutcome[]> {
    const outcomes = leaves.map(async ({ problem }, at): Promise<LeafOutcome> => {
      const solved = await this.#kept(keyOf(id, at), problem);
      return solved ? { solved } : { again: 'lost', checkpoint: last?.at === at ? last.checkpoint : undefined };
    });
    return Promise.all(outcomes);
  }

  async #kept(key: string, problem: ObjectRef): Promise<Solved | undefined> {
    try {
      const ended = await getSealed<EndedLeaf>(this.#store, key);
      return ended.problem === problem.sha256 ? ended.solved : undefined;
    } catch (error) {
      if (error instanceof ObjectStoreError && (error.code === 'missing' || error.code === 'damaged')) return undefined;
      throw error;
    }
  }
}

const progressAt = ({ leaves }: Bundle, at: number): BundleProgress => ({
  ...leafBegins(leaves[at]),
  at,
  leaf: leaves[at].name,
});

const keyOf = (id: string, at: number): string => `bundles/${createHash('sha256').update(id).digest('hex')}/${at}`;
