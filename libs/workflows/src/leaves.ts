// Tested by node-run.int.test.ts.
import { ActivityCancellationType, CancellationScope, log, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ObjectRef, StoreIdentity } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import { classifyLeafFailure, nonRetryableErrorTypes } from './leaf-failure.js';
import { cutShort, failedLeaf, longestReason } from './unsolved.js';
import { solverQueueOf, type SolverActivities } from './messages.js';
import type { StoreWaits } from './store-waits.js';

/** How often a leaf is scheduled again after its worker was lost; each time it has five attempts. */
const workersPerLeaf = 4;

export interface LeafSettings {
  /** What a stop cancels. */
  readonly work: CancellationScope;
  readonly store: StoreIdentity | undefined;
  /** Longest time one attempt may take, seconds. */
  leafSeconds(): number;
  stopped(): boolean;
  /** How many times a leaf may tell this workflow how far it is. */
  reports(): number;
}

/** The leaves of a node: `solve` activities. */
export class Leaves {
  constructor(
    private readonly settings: LeafSettings,
    private readonly storeWaits: StoreWaits,
  ) {}

  /**
   * A leaf whose attempts all failed has a result without an incumbent; the run continues without it.
   * @param from checkpoint of an attempt in a bundle
   */
  async solve(leaf: ProblemNode, unneeded: Promise<void>, from?: ObjectRef): Promise<Solved> {
    const { work, stopped } = this.settings;
    let checkpoint = from;
    const storeTries = this.storeWaits.tries();
    for (let worker = 1; ;) {
      try {
        const solved = await work.run(() =>
          CancellationScope.cancellable(() => {
            const scope = CancellationScope.current();
            void unneeded.then(() => scope.cancel());
            return this.#schedule(leaf, checkpoint);
          }),
        );
        this.storeWaits.succeeded();
        return solved;
      } catch (error) {
        const failure = classifyLeafFailure(error);
        if (failure.kind === 'bad-input') throw error;
        // After a stop, or if the leaf is no longer needed, its outcome does not matter.
        if (stopped() || failure.kind === 'cancelled') return cutShort(leaf.name, stopped());
        if (failure.kind === 'store') {
          await this.storeWaits.after(error, failure, storeTries);
          continue;
        }
        if (failure.kind !== 'worker-lost' || worker++ === workersPerLeaf) {
          log.warn(`leaf '${leaf.name}' failed; the run continues without it`, {
            leaf: leaf.name,
            failure: failure.kind,
            error: String(error),
          });
          const why = failure.kind === 'failed' ? failure.message : `${workersPerLeaf} workers were lost with it`;
          return failedLeaf(leaf.name, why.slice(0, longestReason));
        }
        checkpoint = failure.checkpoint ?? checkpoint;
      }
    }
  }

  /**
   * No schedule-to-start or schedule-to-close timeout: a leaf may wait in the queue for as long as there are no
   * workers.
   */
  #schedule(leaf: ProblemNode, checkpoint: ObjectRef | undefined): Promise<Solved> {
    const { store, leafSeconds, reports } = this.settings;
    const { solve } = proxyActivities<SolverActivities>({
      taskQueue: solverQueueOf(workflowInfo().taskQueue, leaf.solver),
      startToCloseTimeout: leafSeconds() * 1000,
      heartbeatTimeout: '10 seconds',
      // So that a stop waits for the incumbent that the solver returns.
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 5, nonRetryableErrorTypes },
    });
    return solve.executeWithOptions(
      { summary: leaf.title ?? leaf.name },
      store ? [leaf, checkpoint ?? null, store, reports()] : checkpoint ? [leaf, checkpoint] : [leaf],
    );
  }
}
