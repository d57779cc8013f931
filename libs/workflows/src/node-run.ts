import {
  ActivityCancellationType,
  CancellationScope,
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
  type ChildWorkflowHandle,
  type SignalDefinition,
} from '@temporalio/workflow';
import type { ObjectRef, StoreIdentity } from '@mipnet/object-store';
import {
  endedBy,
  targetMet,
  usedUp,
  type BudgetName,
  type Driver,
  type Merged,
  type ProblemNode,
  type ProgressEvent,
  type RoundState,
  type Solved,
} from '@mipnet/recursion';
import { currentDetails } from './current-details.js';
import { classifyLeafFailure, cutShort, failedLeaf, failureTypes, type LeafFailure } from './leaf-failure.js';
import { checkLimits, checkPartCount, continueAtBytes, continueAtEvents } from './limits.js';
import {
  childProgressSignal,
  limitsSignal,
  pausedSignal,
  solverQueueOf,
  type ChildReport,
  type Limits,
  type NodeWorkflow,
  type OrchestratorActivities,
  type Progress,
  type SolverActivities,
  type NodeInput,
} from './messages.js';
import { NodeProgress } from './progress.js';
import { searchAttributesOf } from './search-attributes.js';
import { StoreState, StoreTries } from './store-tries.js';

const defaults = { leafSeconds: 86_400, historyLimit: continueAtEvents };

/** How often a leaf is scheduled anew because its worker was lost; each time has its own five attempts. */
const workersPerLeaf = 4;

/** Of a failed leaf, characters: the reason travels with the results of all parts in one message. */
const longestReason = 200;

/** Reports and search attributes cost history events: about this many a round. */
const reportsPerRound = 10;

/** Reports that all the children of one round may send together, each about four events in their parent's history. */
const reportsOfChildren = 4000;

const nonRetryableErrorTypes = [failureTypes.badInput];

/** The node's `Driver`, and the state that its messages change. */
export class NodeRun implements Driver {
  readonly #progress: NodeProgress;
  readonly #input: NodeInput;
  /** Holds the leaves and children: what a stop cancels. Merges go on. */
  readonly #work = new CancellationScope();
  readonly #children = new Set<ChildWorkflowHandle<NodeWorkflow>>();
  readonly #orchestrator = proxyActivities<OrchestratorActivities>({
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '60 seconds',
    retry: { initialInterval: '1 second', maximumInterval: '1 minute', maximumAttempts: 8, nonRetryableErrorTypes },
  });
  #limits: Required<Limits>;
  #reportsLeft: number;
  #partsOfRound = 0;
  #partsEnded = 0;
  #endedBy: BudgetName | undefined;
  readonly #storeState = new StoreState();

  constructor(input: NodeInput) {
    checkLimits(input);
    this.#input = input;
    this.#limits = { window: input.window, leafSeconds: input.leafSeconds ?? defaults.leafSeconds };
    this.#reportsLeft = input.reportBudget ?? 0;
    this.#progress = new NodeProgress(input.run, input.node, Date.now(), input.resumed?.progress);
    this.#show();
  }

  /** Runs the recursion; a node that is itself a leaf is shown like a round with one part. */
  async whole(recursion: () => Promise<Solved>): Promise<Solved> {
    const { node } = this.#input;
    const soleLeaf = node.splits.length === 0;
    this.#watchTheClock();
    if (soleLeaf) this.progress({ kind: 'divided', node, round: 0, parts: [node] });
    const solved = await recursion();
    if (soleLeaf) {
      this.progress({ kind: 'part', node, round: 0, index: 0, solved });
      this.progress({ kind: 'merged', node, round: 0, solved, again: false });
    }
    const complete = this.#progress.withUnfinished(solved);
    return this.#endedBy ? endedBy(this.#endedBy, complete) : complete;
  }

  // ---- Driver

  get window(): number {
    return this.#limits.window;
  }

  async divide(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]> {
    const summary = `divide ${node.name}, round ${state.round + 1}`;
    const parts = await this.#withStore(() =>
      this.#orchestrator.divide.executeWithOptions({ summary }, [node, state, ...this.#store]),
    );
    checkPartCount(node.name, parts.length);
    return parts;
  }

  async merge(node: ProblemNode, state: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged> {
    const ended = parts.filter((part) => part !== undefined).length;
    const summary = `merge ${node.name}, round ${state.round + 1}: ${ended} of ${parts.length}`;
    const given = parts.map((part) => part ?? null);
    return this.#withStore(() =>
      this.#orchestrator.merge.executeWithOptions({ summary }, [node, state, given, ...this.#store]),
    );
  }

  async solve(leaf: ProblemNode, unneeded: Promise<void>): Promise<Solved> {
    this.#progress.leafBegan();
    try {
      return await this.#solveLeaf(leaf, unneeded);
    } finally {
      this.#progress.leafEnded();
    }
  }

  async recurse(node: ProblemNode): Promise<Solved> {
    try {
      return await this.#work.run(() => this.#runChild(node));
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
    const { historyLimit = defaults.historyLimit, historyBytesLimit = continueAtBytes } = this.#input;
    const isLong = historyLength >= historyLimit || historySize >= historyBytesLimit;
    if (!continueAsNewSuggested && !isLong) return;
    const resumed = { state, progress: this.progressNow() };
    await makeContinueAsNewFunc<NodeWorkflow>()({
      ...this.#input,
      ...this.#limits,
      reportBudget: this.#reportsLeft,
      resumed,
    });
  }

  progress(event: ProgressEvent): void {
    this.#progress.apply(event, Date.now());
    this.#show();
    if (event.kind === 'merged' && event.again && this.#input.budget)
      this.#endBy(targetMet(this.#input.budget, event.solved));
    this.#checkCosts();
    if (event.kind === 'divided') {
      this.#partsOfRound = event.parts.length;
      this.#partsEnded = 0;
    }
    const milestone =
      event.kind !== 'part' || ++this.#partsEnded % Math.ceil(this.#partsOfRound / reportsPerRound) === 0;
    if (milestone) this.#report();
  }

  // ---- Messages

  progressNow(): Progress {
    return this.#progress.snapshot(Date.now());
  }

  setPaused(paused: boolean): Progress {
    if (paused) this.#progress.pause();
    else this.#progress.resume(Date.now());
    for (const child of this.#children) this.#tell(child, pausedSignal, paused);
    return this.#show();
  }

  /** Idempotent. A child takes the cancellation of its workflow as a stop. */
  stop(): Progress {
    this.#progress.stop();
    this.#work.cancel();
    return this.#show();
  }

  setLimits(limits: Limits): Progress {
    this.#limits = { ...this.#limits, ...limits };
    for (const child of this.#children) this.#tell(child, limitsSignal, limits);
    return this.#show();
  }

  childReported(report: ChildReport): void {
    this.#progress.childReported(report);
    this.#show();
    this.#checkCosts();
  }

  // ---- Budget

  /** Time passes without any event. */
  #watchTheClock(): void {
    const { wall } = this.#input.budget ?? {};
    if (wall === undefined) return;
    const left = this.progressNow().startedAt + wall * 1000 - Date.now();
    sleep(Math.max(1, Math.ceil(left))).then(
      () => this.#checkCosts(),
      () => undefined,
    );
  }

  #checkCosts(): void {
    const { budget } = this.#input;
    if (!budget) return;
    const { solved, seconds, startedAt, phase } = this.progressNow();
    // What has been done when the last part of the last round ends is not cut short by its price.
    if (phase === 'done') return;
    this.#endBy(
      usedUp(budget, { wall: (Date.now() - startedAt) / 1000, solverSeconds: seconds.solver, subproblems: solved }),
    );
  }

  #endBy(name: BudgetName | null): void {
    if (name === null || this.stopped()) return;
    this.#endedBy = name;
    this.stop();
  }

  // ---- Leaves and children

  async #solveLeaf(leaf: ProblemNode, unneeded: Promise<void>): Promise<Solved> {
    let checkpoint: ObjectRef | undefined;
    const storeTries = new StoreTries(this.#storeState);
    for (let worker = 1; ;) {
      try {
        const solved = await this.#work.run(() =>
          CancellationScope.cancellable(() => {
            const scope = CancellationScope.current();
            void unneeded.then(() => scope.cancel());
            return this.#scheduleSolve(leaf, checkpoint);
          }),
        );
        this.#storeState.succeeded();
        return solved;
      } catch (error) {
        const failure = classifyLeafFailure(error);
        if (failure.kind === 'bad-input') throw error;
        // Whatever becomes of a leaf after a stop, or when nobody needs it, there is nothing to wait for.
        if (this.stopped() || failure.kind === 'cancelled') return cutShort(leaf.name, this.stopped());
        if (failure.kind === 'store') {
          await this.#afterStoreFailure(error, failure, storeTries);
          continue;
        }
        if (failure.kind !== 'worker-lost' || worker++ === workersPerLeaf) {
          log.warn(`leaf '${leaf.name}' failed; the run goes on without it`, {
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

  /** No schedule-to-start or schedule-to-close timeout: a leaf may wait in the queue for as long as there are no workers. */
  #scheduleSolve(leaf: ProblemNode, checkpoint: ObjectRef | undefined): Promise<Solved> {
    const { solve } = proxyActivities<SolverActivities>({
      taskQueue: solverQueueOf(workflowInfo().taskQueue),
      startToCloseTimeout: this.#limits.leafSeconds * 1000,
      heartbeatTimeout: '10 seconds',
      // So that a stop waits for the incumbent which the solver hands back.
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
      retry: { initialInterval: '1 second', maximumInterval: '30 seconds', maximumAttempts: 5, nonRetryableErrorTypes },
    });
    const { store } = this.#input;
    return solve.executeWithOptions(
      { summary: leaf.name },
      store ? [leaf, checkpoint ?? null, store] : checkpoint ? [leaf, checkpoint] : [leaf],
    );
  }

  // ---- The object store

  /** The last argument of activities. */
  get #store(): [StoreIdentity?] {
    const { store } = this.#input;
    return store ? [store] : [];
  }

  /** Runs an activity again as long as only the object store is in its way, within reason. */
  async #withStore<T>(activity: () => Promise<T>): Promise<T> {
    const tries = new StoreTries(this.#storeState);
    for (;;) {
      try {
        return await activity();
      } catch (error) {
        const failure = classifyLeafFailure(error);
        if (failure.kind !== 'store') throw error;
        await this.#afterStoreFailure(error, failure, tries);
      }
    }
  }

  /** Waits until the next try. @throws the error when there is none: the run fails with it */
  async #afterStoreFailure(
    error: unknown,
    failure: Extract<LeafFailure, { kind: 'store' }>,
    tries: StoreTries,
  ): Promise<void> {
    const seconds = tries.after(failure, Date.now());
    if (seconds === undefined) throw error;
    if (this.#progress.troubled(failure.message)) {
      log.warn(failure.message, { why: failure.why });
      this.#report();
    }
    // A stop ends the wait.
    await this.#work.run(() => sleep(seconds * 1000)).catch(() => undefined);
  }

  async #runChild(node: ProblemNode): Promise<Solved> {
    const { run, store, searchAttributes, historyLimit, historyBytesLimit } = this.#input;
    const reportBudget = Math.floor(reportsOfChildren / this.#partsOfRound);
    const limits = { historyLimit, historyBytesLimit, reportBudget, ...this.#limits };
    const args: [NodeInput] = [{ run, node, store, searchAttributes, ...limits }];
    const child = await startChild<NodeWorkflow>(node.kind, {
      workflowId: `${workflowInfo().workflowId}/${node.name}`,
      args,
      staticSummary: node.name,
      staticDetails: `Part of ${this.#input.node.name}, divided by ${node.splits.join(', ')}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      parentClosePolicy: ParentClosePolicy.TERMINATE,
    });
    this.#children.add(child);
    // A pause that came between the command and the start found no child to tell.
    if (this.#progress.paused) this.#tell(child, pausedSignal, true);
    try {
      return await child.result();
    } finally {
      this.#children.delete(child);
    }
  }

  // ---- For those who watch

  #show(): Progress {
    const progress = this.progressNow();
    setCurrentDetails(currentDetails(progress));
    return progress;
  }

  #report(): void {
    const progress = this.progressNow();
    if (this.#input.searchAttributes) upsertSearchAttributes(searchAttributesOf(progress));
    const { parent } = workflowInfo();
    if (!parent || this.#reportsLeft === 0) return;
    this.#reportsLeft--;
    const { name, total, inFlight, counts, seconds, trouble } = progress;
    this.#tell(getExternalWorkflowHandle(parent.workflowId), childProgressSignal, {
      name,
      total,
      inFlight,
      counts,
      seconds,
      trouble,
    });
  }

  /** The other side may have just ended: then there is nobody left who wants to know. */
  #tell<Arg>(
    to: { signal(def: SignalDefinition<[Arg]>, arg: Arg): Promise<void> },
    signal: SignalDefinition<[Arg]>,
    arg: Arg,
  ): void {
    to.signal(signal, arg).catch((error: unknown) =>
      log.debug('signal not delivered', { signal: signal.name, error: String(error) }),
    );
  }
}
