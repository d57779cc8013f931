import { setTimeout } from 'node:timers/promises';
import { Client, type Connection, type WorkflowHandle } from '@temporalio/client';
import type { StoreIdentity } from '@mipnet/object-store';
import type { Budget, ProblemNode, Solved } from '@mipnet/recursion';
import { connectTo } from '@mipnet/stack';
import { mipnetCommand } from '@mipnet/text';
import {
  orchestratorQueue,
  pauseUpdate,
  resumeUpdate,
  runPriority,
  firstSearchAttributes,
  searchAttributeTypes,
  stopUpdate,
  type NodeWorkflow,
  type Progress,
} from '@mipnet/workflows';
import { kindOf } from '../kinds/kinds.js';
import { checkSolved } from '../records/check-run-data.js';
import type { RunRequest, ServerPlace } from '../records/run-request.js';
import { RunError, UnreadableRunError } from '../run-error.js';
import { askProgress } from './ask-progress.js';
import { listRuns, type Namespace } from './list-runs.js';
import { RunLook } from './look-at-run.js';
import { runListPage } from './run-list-page.js';
import { isNotFound, mayPass, meaningOf } from './server-errors.js';
import { memoKey, serverRunOf, type ServerRun } from './server-run.js';
import { waitOfRun, type Wait } from './wait-of-run.js';

/**
 * After this many seconds without progress, mipnet finds out what a run waits for; it reports the reason within twice
 * the time.
 */
const usualStallSeconds = 15;

/** A restarted server answers again; after this many seconds of silence it counts as gone. */
const silenceSeconds = 600;

/** A server takes 20,000 bytes; characters may have several. */
const longestDetails = 8_000;

/** How long an orchestrator may take to answer an update. */
const updateSeconds = 20;

export interface RunToStart {
  readonly run: string;
  readonly node: ProblemNode;
  /** The store of the run's objects: workers of another store refuse its work. */
  readonly store: StoreIdentity;
  /** The request: the workflow carries it, so that another process can finish the run. */
  readonly request?: RunRequest;
  /** Among runs that share workers: 1 goes first, 5 last. A local run shares with no other. @default 3 */
  readonly priority?: number;
  /** What the run may cost, and the targets at which it ends. */
  readonly budget?: Budget;
}

export interface WatchOptions {
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: stop the run and return the incumbent. */
  readonly signal?: AbortSignal;
  /** Resolves when the stack cannot be kept running. */
  readonly broken?: Promise<Error>;
  /** Seconds without progress after which the reason is reported. @default 15 */
  readonly stallSeconds?: number;
}

/** The runs of one Temporal server: starts, reads and controls them. */
export class RunServer {
  readonly place: ServerPlace;
  readonly #client: Client;
  readonly #namespace: Namespace;
  readonly #say: (line: string) => void;
  /** Temporal's ids of the workflow executions of runs. */
  readonly #executions = new Map<string, string>();

  private constructor(place: ServerPlace, connection: Connection, say: (line: string) => void) {
    this.place = place;
    this.#namespace = { connection, namespace: place.namespace };
    this.#client = new Client(this.#namespace);
    this.#say = say;
  }

  /** @throws StackError 'unreachable' */
  static async connect(place: ServerPlace, say: (line: string) => void): Promise<RunServer> {
    return new RunServer(place, await connectTo(place.address), say);
  }

  /** Of the server; null if it does not say. */
  async version(): Promise<string | null> {
    const asked = this.#namespace.connection.workflowService.getSystemInfo({});
    return (await asked.catch(() => undefined))?.serverVersion ?? null;
  }

  /**
   * The run's page in the Temporal UI: the one with its plan and how far it is, if the server has named its execution
   * here; otherwise the one with its events.
   */
  uiUrlOf(run: string): string | null {
    const { uiUrl, namespace } = this.place;
    const execution = this.#executions.get(run);
    const page = execution === undefined ? '' : `/${execution}/user-metadata`;
    return uiUrl && `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(run)}${page}`;
  }

  /** The page of the Temporal UI with the runs of a plan; null if the server does not know the search attribute. */
  async runsPageOf(plan: string): Promise<string | null> {
    return (await this.#knownSearchAttributes()) === 'all' ? runListPage(this.place, plan) : null;
  }

  /** @param window parts of a node in progress at once */
  async start({ run, node, store, request, priority, budget }: RunToStart, window: number): Promise<void> {
    const kind = kindOf(node.kind, run);
    const knows = await this.#knownSearchAttributes();
    const plan = request === undefined ? node.name : kind.planOf(request);
    const { dataset, details } = (request && (await kind.detailsOf?.(request))) ?? {};
    const about = knows === 'all' ? { plan, dataset } : undefined;
    const { title } = kind;
    const what = `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`;
    const how = node.splits.length > 0 ? `${what}, divided by ${node.splits.join(', then ')}` : `${what} in one piece`;
    const { firstExecutionRunId } = await this.#client.workflow.start<NodeWorkflow>(node.kind, {
      taskQueue: orchestratorQueue,
      workflowId: run,
      priority: runPriority(run, priority),
      memo: request && { [memoKey]: request },
      args: [{ run, node, store, window, budget, searchAttributes: knows !== 'none', about }],
      staticSummary: dataset === undefined ? `${title} ${plan}` : `${title} ${plan} on ${dataset}`,
      staticDetails: details === undefined ? how : `${how}\n\n${details}`.slice(0, longestDetails),
    });
    this.#executions.set(run, firstExecutionRunId);
  }

  /** Newest first. @param prefix of the run's id */
  async list(limit: number, prefix?: string): Promise<readonly ServerRun[]> {
    const runs = await listRuns(this.#namespace, limit, prefix);
    for (const { run, execution } of runs) if (execution !== undefined) this.#executions.set(run, execution);
    return runs;
  }

  /** undefined for a run that this server does not know, or no longer knows. */
  async find(run: string): Promise<ServerRun | undefined> {
    const { connection, namespace } = this.#namespace;
    try {
      const { workflowExecutionInfo } = await connection.workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId: run },
      });
      const found = workflowExecutionInfo ? await serverRunOf(workflowExecutionInfo) : undefined;
      if (found?.execution !== undefined) this.#executions.set(run, found.execution);
      return found;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** undefined if no worker answers, or none of this version. */
  async progress(run: string): Promise<Progress | undefined> {
    return (await askProgress(this.#client, run)).progress;
  }

  /** What a run waits for; undefined if a worker works on it. @param queryError see WaitQuestion */
  waitOf(run: string, seconds = usualStallSeconds, queryError?: string): Promise<Wait | undefined> {
    return waitOfRun({ ...this.#namespace, run, seconds, queryError });
  }

  /**
   * Waits for the end. The workflow continues, or waits, while its server does not answer, so an outage of the server
   * does not lose the run.
   * @param answeredAt when the server last answered, milliseconds since 1970
   * @throws RunFailedError with the reason; UnreadableRunError 'failed' for an invalid result
   */
  async result(run: string, answeredAt: () => number = always(Date.now())): Promise<Solved> {
    for (let said = false; ;) {
      try {
        return checkedResult(run, await this.#handle(run).result());
      } catch (error) {
        const silence = (Date.now() - answeredAt()) / 1000;
        if (!mayPass(error) || silence > silenceSeconds) throw meaningOf(error);
        if (!said) this.#say('the Temporal server does not answer at the moment; the run waits for it');
        said = true;
        await setTimeout(1000);
      }
    }
  }

  /** Shows a run's progress until it ends. */
  async watch(
    run: string,
    {
      onProgress,
      signal,
      broken = new Promise<never>(() => undefined),
      stallSeconds = usualStallSeconds,
    }: WatchOptions,
  ): Promise<Solved> {
    const stop = (): void => void this.tell(run, 'stop').catch(() => undefined);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const look = new RunLook({
      client: this.#client,
      namespace: this.#namespace,
      run,
      onProgress,
      say: this.#say,
      stallSeconds,
      waitOf: (queryError) => this.waitOf(run, stallSeconds, queryError),
    });
    try {
      const result = this.result(run, () => look.answeredAt);
      return await Promise.race([result, broken.then((error) => Promise.reject(error))]);
    } finally {
      await look.end();
      signal?.removeEventListener('abort', stop);
    }
  }

  /**
   * Pauses, resumes or stops a run. A stop that no worker answers waits for the next worker.
   * @throws RunError 'failed' if no orchestrator answers
   */
  async tell(run: string, what: 'pause' | 'resume' | 'stop'): Promise<void> {
    const update = { pause: pauseUpdate, resume: resumeUpdate, stop: stopUpdate }[what];
    const handle = this.#handle(run);
    try {
      await this.#client.withDeadline(Date.now() + updateSeconds * 1000, () => handle.executeUpdate(update));
    } catch (cause) {
      if (what === 'stop') {
        await handle.cancel();
        return;
      }
      throw new RunError(
        'failed',
        `no orchestrator answered for ${run} within ${updateSeconds} s; start one with ` +
          `"${mipnetCommand('worker', '--role', 'orchestrator')}"`,
        { cause },
      );
    }
  }

  close(): Promise<void> {
    return this.#namespace.connection.close();
  }

  #handle(run: string): WorkflowHandle<NodeWorkflow> {
    return this.#client.workflow.getHandle<NodeWorkflow>(run);
  }

  /** A cluster that does not know them would refuse them again and again. */
  async #knownSearchAttributes(): Promise<'all' | 'first' | 'none'> {
    const { connection, namespace } = this.#namespace;
    try {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const has = (name: string): boolean => name in (customAttributes ?? {});
      if (searchAttributeTypes.every(({ name }) => has(name))) return 'all';
      return firstSearchAttributes.every(has) ? 'first' : 'none';
    } catch {
      return 'none';
    }
  }
}

const always =
  (time: number): (() => number) =>
  () =>
    time;

/** The result is untrusted: any worker of the queue can write it. @throws UnreadableRunError 'failed' */
function checkedResult(run: string, result: unknown): Solved {
  const { value, wrong } = checkSolved(result);
  if (wrong !== undefined) throw new UnreadableRunError('failed', `the result of ${run} cannot be read (${wrong})`);
  return value;
}
