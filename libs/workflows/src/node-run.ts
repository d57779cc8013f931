// Tested by node-run.int.test.ts.
import {
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  ContinueAsNew,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { StoreIdentity } from '@mipnet/object-store';
import type { Driver, LeafUnderWay, Merged, ProblemNode, ProgressEvent, RoundState, Solved } from '@mipnet/recursion';
import { BudgetWatch } from './budget-watch.js';
import { Bundles } from './bundles.js';
import { Children } from './children.js';
import { classifyLeafFailure, nonRetryableErrorTypes } from './leaf-failure.js';
import { cutShort, longestReason, lostPart } from './unsolved.js';
import { Leaves, type LeafSettings } from './leaves.js';
import { continueAtBytes, continueAtEvents, mostParts } from './largest.js';
import { checkLimits, checkPartCount } from './limits.js';
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
import type { RunStatusName } from './search-attributes.js';
import { StoreWaits } from './store-waits.js';

const usualLeafSeconds = 86_400;

/** How many reports the long leaves of a round may send in total; each is about four events of the history. */
const reportsOfLeaves = 2000;

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
  /** Undefined for a run that an older version began: its history has one activity per leaf. */
  readonly #bundles: Bundles | undefined;
  readonly #children: Children;
  readonly #reports: Reports;
  readonly #budget: BudgetWatch;
  readonly #limits: Required<Limits>;
  /** Whether all parts of this round are leaves. */
  #leavesOnly = false;

  constructor(input: NodeInput) {
    checkLimits(input);
    this.#input = input;
    this.#limits = { window: input.window, leafSeconds: input.leafSeconds ?? usualLeafSeconds };
    this.#progress = new NodeProgress(input.run, input.node, Date.now(), input.resumed?.progress);
    this.#reports = new Reports({ input, calm: patched('calm-reports'), progress: () => this.progressNow() });
    this.#storeWaits = new StoreWaits(this.#work, ({ message, why }) => {
      if (!this.#progress.troubled(message)) return;
      log.warn(message, { why });
      this.#reports.send();
    });
    const stopped = (): boolean => this.stopped();
    const leafSeconds = (): number => this.#limits.leafSeconds;
    const reports = (): number => Math.floor(reportsOfLeaves / Math.max(1, this.#reports.parts));
    const leafSettings: LeafSettings = { work: this.#work, store: input.store, leafSeconds, stopped, reports };
    this.#leaves = new Leaves(leafSettings, this.#storeWaits);
    this.#children = new Children({ input, limits: this.#limits, paused: () => this.#progress.paused });
    this.#budget = new BudgetWatch({
      budget: input.budget,
      progress: () => this.progressNow(),
      stopped,
      stop: () => void this.stop(),
    });
    this.#bundles = patched('bundles') ? this.#bundlesWith(leafSettings) : undefined;
    this.#show();
  }

  #bundlesWith(leafSettings: LeafSettings): Bundles {
    const progress = this.#progress;
    const settings = {
      ...leafSettings,
      window: () => this.#limits.window,
      paused: () => progress.paused,
      allowed: () => this.#budget.leavesLeft(),
      began: (leaves: number) => progress.leavesBegan(leaves),
      ended: (leaves: number) => progress.leavesEnded(leaves),
    };
    return new Bundles(settings, this.#leaves, this.#storeWaits);
  }

  /** Runs the recursion; a node that is itself a leaf is shown like a round with one part. */
  async whole(recursion: () => Promise<Solved>): Promise<Solved> {
    const { node } = this.#input;
    const soleLeaf = node.splits.length === 0;
    this.#budget.watchTheClock();
    if (soleLeaf) this.progress({ kind: 'divided', node, round: 0, parts: [node] });
    const solved = await recursion().catch((error: unknown) => {
      if (!(error instanceof ContinueAsNew)) this.#reports.end('failed');
      throw error;
    });
    if (soleLeaf) {
      this.progress({ kind: 'part', node, round: 0, index: 0, solved });
      this.progress({ kind: 'merged', node, round: 0, solved, again: false });
    }
    const whole = this.#budget.ended(this.#progress.withUnfinished(solved));
    this.#reports.end(endStatusOf(whole));
    return whole;
  }

  // ---- Driver

  /** All leaves of a round wait in `Bundles`, which keeps to the window. */
  get window(): number {
    return this.#bundles && this.#leavesOnly ? mostParts : this.#limits.window;
  }

  async divide(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]> {
    const summary = `divide ${node.name}, round ${state.round + 1}`;
    const parts = await this.#storeWaits.whileItFails(() =>
      this.#orchestrator.divide.executeWithOptions({ summary }, [node, state, ...this.#store]),
    );
    checkPartCount(node.name, parts.length);
    this.#leavesOnly = parts.every(({ splits }) => splits.length === 0);
    if (this.#leavesOnly) this.#bundles?.expect(parts.length);
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
    if (this.#bundles) return this.#bundles.solve(leaf, unneeded);
    this.#progress.leavesBegan(1);
    try {
      return await this.#leaves.solve(leaf, unneeded);
    } finally {
      this.#progress.leavesEnded(1);
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

  lost(part: ProblemNode, error: unknown): Solved | undefined {
    let cause = error;
    while (cause instanceof ChildWorkflowFailure) cause = cause.cause;
    const failure = classifyLeafFailure(cause);
    if (failure.kind !== 'bad-input' && failure.kind !== 'failed') return undefined;
    log.warn(`part '${part.name}' failed; the run continues without it`, { part: part.name, error: String(cause) });
    return lostPart(part, failure.message.slice(0, longestReason));
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
    // The last of the results that came together shows them all.
    const settled = event.kind !== 'part' || (this.#bundles?.taken() ?? true);
    if (settled) this.#show();
    if (event.kind === 'merged' && event.again) this.#budget.checkTarget(event.solved);
    if (settled) this.#budget.checkCosts();
    if (this.#reports.isMilestone(event)) this.#reports.send();
    if (settled) this.#bundles?.send();
  }

  // ---- Messages

  progressNow(): Progress {
    return this.#progress.snapshot(Date.now());
  }

  setPaused(paused: boolean): Progress {
    if (paused) this.#progress.pause();
    else this.#progress.resume(Date.now());
    this.#bundles?.send();
    this.#children.tell(pausedSignal, paused);
    this.#reports.asked();
    return this.#show();
  }

  /** Idempotent. A child treats the cancellation of its workflow as a stop. */
  stop(): Progress {
    this.#progress.stop();
    this.#work.cancel();
    this.#bundles?.send();
    this.#reports.asked();
    return this.#show();
  }

  childReported(report: ChildReport): void {
    this.#progress.childReported(report, Date.now());
    this.#show();
    this.#budget.checkCosts();
  }

  /** What a long leaf does. */
  leafReported(news: LeafUnderWay): void {
    this.#progress.leafReported(news);
    this.#show();
    this.#reports.send();
  }

  #show(): Progress {
    const progress = this.progressNow();
    this.#reports.show(progress);
    return progress;
  }
}

/** What lists say about a run with a result. */
function endStatusOf({ stopped, endedBy }: Solved): RunStatusName {
  if (endedBy === 'gap' || endedBy === 'accuracy') return 'target';
  if (endedBy !== undefined) return 'budget';
  return stopped ? 'stopped' : 'completed';
}
