// Tested by bundles.int.test.ts.
import {
  ActivityCancellationType,
  CancellationScope,
  log,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { ObjectRef } from '@mipnet/object-store';
import type { ProblemNode, Solved } from '@mipnet/recursion';
import {
  activitiesAtOnce,
  bundleSeconds,
  bundleSize,
  carriedTogether,
  LeafTimes,
  longestBundleSeconds,
} from './bundle-size.js';
import { classifyLeafFailure, isUnknownActivity, nonRetryableBundleErrors } from './leaf-failure.js';
import { cutShort } from './unsolved.js';
import type { Leaves, LeafSettings } from './leaves.js';
import { bundleActivityId, solverQueueOf, type Bundle, type LeafOutcome, type SolverActivities } from './messages.js';
import type { StoreWaits } from './store-waits.js';

export interface BundleSettings extends LeafSettings {
  /** Most activities at once. */
  window(): number;
  paused(): boolean;
  /** Leaves that the run's budget still allows. */
  allowed(): number;
  /** Leaves that an activity takes, and has ended with. */
  began(leaves: number): void;
  ended(leaves: number): void;
}

/** A leaf that no activity has. */
interface Waiting {
  readonly leaf: ProblemNode;
  readonly unneeded: Promise<void>;
  readonly resolve: (solved: Solved) => void;
  readonly reject: (error: unknown) => void;
  /** A bundle did not end it: whatever is wrong with it must not concern others. */
  alone: boolean;
  checkpoint?: ObjectRef;
}

/**
 * Collects the leaves of a node that wait, and sends small ones together. Whatever goes wrong with a bundle, its leaves
 * then travel alone, and `Leaves` knows what to do about each.
 */
export class Bundles {
  readonly #waiting: Waiting[] = [];
  readonly #times = new LeafTimes();
  #activities = 0;
  #bundles = 0;
  /** Results that the recursion has not taken: it may stop the run, or need no others. */
  #given = 0;
  /** Leaves of this round that have not come yet. */
  #expected = 0;
  /** Whether the first leaves have had their time. */
  #waited = false;
  #timer: Promise<void> | undefined;
  /** A worker of an older version takes no bundles. */
  #refused = false;

  constructor(
    private readonly settings: BundleSettings,
    private readonly leaves: Leaves,
    private readonly storeWaits: StoreWaits,
  ) {}

  /** So many leaves come at once: nothing is sent before all of them are here, so that their number is known. */
  expect(leaves: number): void {
    this.#expected = leaves;
  }

  /** @see Leaves.solve */
  solve(leaf: ProblemNode, unneeded: Promise<void>): Promise<Solved> {
    this.#expected--;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { leaf, unneeded, resolve, reject, alone: false };
      void unneeded.then(() => this.#drop((other) => other.unneeded === unneeded));
      this.#waiting.push(waiting);
      this.send();
    });
  }

  /** The recursion has taken a result. @returns whether it has taken all: then the next ones may be sent */
  taken(): boolean {
    this.#given = Math.max(0, this.#given - 1);
    return this.#given === 0;
  }

  /** Sends what may be sent now; after a pause, too. After a stop nothing waits any more. */
  send(): void {
    const { stopped, paused, window } = this.settings;
    if (stopped()) this.#drop(() => true);
    if (this.#expected > 0 || this.#given > 0) return;
    let allowed = this.settings.allowed();
    while (this.#waiting.length > 0 && !paused()) {
      const now = Date.now();
      const most = activitiesAtOnce(this.#times, { window: window(), waited: this.#waited, now });
      if (this.#activities >= most) return this.#waitForTheFirst(most);
      // Those under way use the budget up; it is checked when they have ended.
      if (allowed <= 0 && this.#activities > 0) return;
      const bundle = this.#next(most, allowed);
      allowed -= bundle.length;
      this.#times.began(now);
      void this.#work(bundle);
    }
  }

  /** The leaves of the next activity, in the order of division. */
  #next(activities: number, allowed: number): readonly Waiting[] {
    const alone = this.#waiting.findIndex((one) => one.alone);
    const size = Math.min(bundleSize(this.#times, this.#waiting.length, activities), allowed);
    const most = this.#refused || alone === 0 ? 1 : Math.min(size, alone < 0 ? Infinity : alone);
    const leaves = this.#waiting.slice(0, Math.max(1, most)).map(({ leaf }) => leaf);
    return this.#waiting.splice(0, carriedTogether(leaves));
  }

  /** Long leaves, or no worker: others need not wait for the times of the first ones. */
  #waitForTheFirst(activities: number): void {
    if (this.#waited || this.#times.mean !== undefined || activities >= this.settings.window()) return;
    this.#timer ??= this.settings.work
      .run(() => sleep(bundleSeconds * 1000))
      .then(
        () => {
          this.#waited = true;
          this.send();
        },
        () => undefined,
      );
  }

  async #work(bundle: readonly Waiting[]): Promise<void> {
    this.#activities++;
    this.settings.began(bundle.length);
    const [first] = bundle;
    let ended = (): void => undefined;
    try {
      if (bundle.length === 1) {
        const solved = await this.leaves.solve(first.leaf, first.unneeded, first.checkpoint);
        ended = () => this.#end(first, solved);
      } else {
        const outcomes = await this.#together(bundle);
        ended = () => this.#endAll(bundle, outcomes);
      }
    } catch (error) {
      ended = () => bundle.forEach(({ reject }) => reject(error));
    }
    this.#activities--;
    this.settings.ended(bundle.length);
    ended();
    this.send();
  }

  /** What the activity says; after a failure, that all its leaves are to be done alone. */
  async #together(bundle: readonly Waiting[]): Promise<readonly LeafOutcome[]> {
    const { work, stopped } = this.settings;
    try {
      const outcomes = await work.run(() =>
        CancellationScope.cancellable(() => {
          const scope = CancellationScope.current();
          // The leaves of a bundle belong to one round, which decides for all of them.
          void bundle[0].unneeded.then(() => scope.cancel());
          return this.#schedule(bundle.map(({ leaf }) => leaf));
        }),
      );
      this.storeWaits.succeeded();
      return outcomes;
    } catch (error) {
      const failure = classifyLeafFailure(error);
      if (failure.kind === 'bad-input') throw error;
      if (stopped() || failure.kind === 'cancelled')
        return bundle.map(({ leaf }) => ({ solved: cutShort(leaf.name, stopped()) }));
      this.#refused ||= isUnknownActivity(error);
      const name = summaryOf(bundle.map(({ leaf }) => leaf));
      log.warn(`bundle '${name}' failed; its leaves are done one by one`, {
        failure: failure.kind,
        error: String(error),
      });
      return bundle.map(() => ({ again: 'lost' }));
    }
  }

  #endAll(bundle: readonly Waiting[], outcomes: readonly LeafOutcome[]): void {
    const decided = outcomes.some(({ solved }) => solved?.decisive);
    const rest: Waiting[] = [];
    bundle.forEach((one, at) => {
      const { solved, again, checkpoint } = outcomes[at];
      if (solved) return this.#end(one, solved);
      if (decided || this.settings.stopped()) return this.#cutShort(one);
      rest.push(one);
      one.alone ||= again !== undefined;
      one.checkpoint = checkpoint ?? one.checkpoint;
    });
    this.#waiting.unshift(...rest);
  }

  #end({ resolve }: Waiting, solved: Solved): void {
    this.#times.ended(solved);
    this.#given++;
    resolve(solved);
    if (solved.decisive) this.#drop(() => true);
  }

  #cutShort({ leaf, resolve }: Waiting): void {
    this.#given++;
    resolve(cutShort(leaf.name, this.settings.stopped()));
  }

  /** Leaves that wait and are no longer needed. */
  #drop(which: (waiting: Waiting) => boolean): void {
    const dropped = this.#waiting.filter(which);
    if (dropped.length === 0) return;
    const kept = this.#waiting.filter((one) => !dropped.includes(one));
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    for (const one of dropped) this.#cutShort(one);
  }

  /** A second attempt solves nothing: it collects what the first one stored. */
  #schedule(leaves: readonly ProblemNode[]): Promise<readonly LeafOutcome[]> {
    const { store, leafSeconds } = this.settings;
    const { taskQueue, runId } = workflowInfo();
    const number = ++this.#bundles;
    const { solveBundle } = proxyActivities<SolverActivities>({
      taskQueue: solverQueueOf(taskQueue, leaves[0].solver),
      activityId: bundleActivityId(number, leaves.length),
      startToCloseTimeout: leafSeconds() * leaves.length * 1000,
      heartbeatTimeout: '10 seconds',
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: {
        initialInterval: '1 second',
        maximumInterval: '30 seconds',
        maximumAttempts: 5,
        nonRetryableErrorTypes: nonRetryableBundleErrors,
      },
    });
    const bundle: Bundle = { id: `${runId}/${number}`, leaves, seconds: longestBundleSeconds };
    return solveBundle.executeWithOptions({ summary: summaryOf(leaves) }, store ? [bundle, store] : [bundle]);
  }
}

/** `pair 4v9 and 11 more` */
const summaryOf = ([first, ...others]: readonly ProblemNode[]): string => {
  const name = first.title ?? first.name;
  return others.length === 0 ? name : `${name} and ${others.length} more`;
};
