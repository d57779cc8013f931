// Tested by node-run.int.test.ts.
import {
  CancellationScope,
  condition,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { StoreIdentity } from '@mipnet/object-store';
import type { Driver, Merged, ProblemNode, ProgressEvent, RoundState, Solved } from '@mipnet/recursion';
import { BudgetWatch } from './budget-watch.js';
import { Children } from './children.js';
import { cutShort, nonRetryableErrorTypes } from './leaf-failure.js';
import { Leaves } from './leaves.js';
import { checkLimits, checkPartCount, continueAtBytes, continueAtEvents } from './limits.js';
import {
  pausedSignal,
  type ChildReport,
  type Limits,
  type NodeInput,
  type NodeWorkflow,
  type OrchestratorActivities,
  type Progress,
} from './messages.js';
import { NodeProgress } from './progress.js';
import { Reports } from './reports.js';
import { StoreWaits } from './store-waits.js';

const usualLeafSeconds = 86_400;

/** The node's `Driver`, and the state that its messages change. */
export class NodeRun implements Driver {
  readonly #input: NodeInput;
  readonly #progress: NodeProgress;
  /** Holds the leaves and children, which a stop cancels. Merges continue. */
  readonly #work = new CancellationScope();
  readonly #orchestrator = proxyActivities<OrchestratorActivities>({
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '60 seconds',
    retry: { initialInterval: '1 second', maximumInterval: '1 minute', maximumAttempts: 8, nonRetryableErrorTypes },
  });
  readonly #storeWaits: StoreWaits;
  readonly #leaves: Leaves;
  readonly #children: Children;
  readonly #reports: Reports;
  readonly #budget: BudgetWatch;
  readonly #limits: Required<Limits>;

  constructor(input: NodeInput) {
    checkLimits(input);
    this.#input = input;
    this.#limits = { window: input.window, leafSeconds: input.leafSeconds ?? usualLeafSeconds };
    this.#progress = new NodeProgress(input.run, input.node, Date.now(), input.resumed?.progress);
    this.#reports = new Reports(input);
    this.#storeWaits = new StoreWaits(this.#work, ({ message, why }) => {
      if (!this.#progress.troubled(message)) return;
      log.warn(message, { why });
      this.#reports.send(this.progressNow());
    });
    const stopped = (): boolean => this.stopped();
    const leafSeconds = (): number => this.#limits.leafSeconds;
    this.#leaves = new Leaves({ work: this.#work, store: input.store, leafSeconds, stopped }, this.#storeWaits);
    this.#children = new Children({ input, limits: this.#limits, paused: () => this.#progress.paused });
    this.#budget = new BudgetWatch({
      budget: input.budget,
      progress: () => this.progressNow(),
      stopped,
      stop: () => void this.stop(),
    });
    this.#show();
  }

  /** Runs the recursion; a node that is itself a leaf is shown like a round with one part. */
  async whole(recursion: () => Promise<Solved>): Promise<Solved> {
    const { node } = this.#input;
    const soleLeaf = node.splits.length === 0;
    this.#budget.watchTheClock();
    if (soleLeaf) this.progress({ kind: 'divided', node, round: 0, parts: [node] });
    const solved = await recursion();
    if (soleLeaf) {
      this.progress({ kind: 'part', node, round: 0, index: 0, solved });
      this.progress({ kind: 'merged', node, round: 0, solved, again: false });
    }
    return this.#budget.ended(this.#progress.withUnfinished(solved));
  }

  // ---- Driver

  get window(): number {
    return this.#limits.window;
  }

  async divide(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]> {
    const summary = `divide ${node.name}, round ${state.round + 1}`;
    const parts = await this.#storeWaits.whileItFails(() =>
      this.#orchestrator.divide.executeWithOptions({ summary }, [node, state, ...this.#store]),
    );
    checkPartCount(node.name, parts.length);
    return parts;
  }

  async merge(node: ProblemNode, state: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged> {
    const ended = parts.filter((part) => part !== undefined).length;
    const summary = `merge ${node.name}, round ${state.round + 1}: ${ended} of ${parts.length}`;
    const given = parts.map((part) => part ?? null);
    return this.#storeWaits.whileItFails(() =>
      this.#orchestrator.merge.executeWithOptions({ summary }, [node, state, given, ...this.#store]),
    );
  }

  /** The last argument of activities. */
  get #store(): [StoreIdentity?] {
    const { store } = this.#input;
    return store ? [store] : [];
  }

  async solve(leaf: ProblemNode, unneeded: Promise<void>): Promise<Solved> {
    this.#progress.leafBegan();
    try {
      return await this.#leaves.solve(leaf, unneeded);
    } finally {
      this.#progress.leafEnded();
    }
  }

  async recurse(node: ProblemNode): Promise<Solved> {
    try {
      return await this.#work.run(() => this.#children.run(node, this.#reports.parts));
    } catch (error) {
      if (this.stopped() && isCancellation(error)) return cutShort(node.name, true);
      throw error;
    }
  }

  stopped(): boolean {
    return this.#progress.stopped;
  }

  ready(): Promise<void> {
    return condition(() => !this.#progress.paused || this.stopped());
  }

  async checkpoint(_node: ProblemNode, state: RoundState): Promise<void> {
    const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
    const { historyLimit = continueAtEvents, historyBytesLimit = continueAtBytes } = this.#input;
    const isLong = historyLength >= historyLimit || historySize >= historyBytesLimit;
    if (!continueAsNewSuggested && !isLong) return;
    const resumed = { state, progress: this.progressNow() };
    await makeContinueAsNewFunc<NodeWorkflow>()({
      ...this.#input,
      ...this.#limits,
      reportBudget: this.#reports.left,
      resumed,
    });
  }

  progress(event: ProgressEvent): void {
    this.#progress.apply(event, Date.now());
    this.#show();
    if (event.kind === 'merged' && event.again) this.#budget.checkTarget(event.solved);
    this.#budget.checkCosts();
    if (this.#reports.isMilestone(event)) this.#reports.send(this.progressNow());
  }

  // ---- Messages

  progressNow(): Progress {
    return this.#progress.snapshot(Date.now());
  }

  setPaused(paused: boolean): Progress {
    if (paused) this.#progress.pause();
    else this.#progress.resume(Date.now());
    this.#children.tell(pausedSignal, paused);
    return this.#show();
  }

  /** Idempotent. A child treats the cancellation of its workflow as a stop. */
  stop(): Progress {
    this.#progress.stop();
    this.#work.cancel();
    return this.#show();
  }

  childReported(report: ChildReport): void {
    this.#progress.childReported(report);
    this.#show();
    this.#budget.checkCosts();
  }

  #show(): Progress {
    const progress = this.progressNow();
    this.#reports.show(progress);
    return progress;
  }
}
