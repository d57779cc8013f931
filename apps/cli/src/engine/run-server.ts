import { setTimeout } from 'node:timers/promises';
import {
  Client,
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowFailedError,
  type Connection,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, ValueError } from '@temporalio/common';
import type { Solved } from '@mipnet/recursion';
import {
  failureTypes,
  orchestratorQueue,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  runPriority,
  searchAttributeTypes,
  stopUpdate,
  type NodeWorkflow,
  type Progress,
} from '@mipnet/workflows';
import { CliError } from '../cli-error.js';
import type { EngineRun } from './engine.js';
import { RunFailedError } from '../runs/run-failed-error.js';
import { isRunId } from '../runs/run-id.js';
import type { ServerPlace } from '../runs/run-record.js';
import { checkRunData } from '../runs/run-schema.js';
import { UnreadableRunError } from '../runs/unreadable-run-error.js';
import { connectTo } from '@mipnet/stack';
import { plainLine } from '@mipnet/text';
import { memoKey, serverRunOf, type ServerRun } from './server-run.js';
import { StallWatch } from './stall-watch.js';
import { waitOfRun, type Wait } from './wait-of-run.js';
import { mipnetCommand } from '@mipnet/text';

/** A run that has not moved for so long is asked what it waits for, seconds; what is found is said within twice the time. */
const stallSeconds = 15;

/** A server that is gone answers no query; the client would try again for a minute. */
const querySeconds = 5;

/** A server that is restarted comes back; one that is silent for so long does not, seconds. */
const silenceSeconds = 600;

/** How long an orchestrator may take to answer an update. */
const updateSeconds = 20;

/** Most runs of a server that are looked at for a list. */
const mostListed = 5000;

/** By the kind of a run's root, which is also its workflow's type. */
const whatOf = { train: 'Training', verify: 'Verification' } as const;

export type RunToStart = Pick<EngineRun, 'run' | 'node' | 'store' | 'request' | 'priority' | 'budget'>;

export interface WatchOptions {
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: stop the run and hand back the incumbent. */
  readonly signal?: AbortSignal;
  /** Resolves when the stack cannot be kept running. */
  readonly broken?: Promise<Error>;
  /** How long nothing has to move before it is said what the run waits for, seconds. @default 15 */
  readonly stallSeconds?: number;
}

/** The runs of one Temporal server: starts them, looks at them and talks to them. */
export class RunServer {
  readonly place: ServerPlace;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #say: (line: string) => void;
  /** Of the last progress, milliseconds since 1970. */
  #answeredAt = Date.now();

  private constructor(place: ServerPlace, connection: Connection, say: (line: string) => void) {
    this.place = place;
    this.#connection = connection;
    this.#client = new Client({ connection, namespace: place.namespace });
    this.#say = say;
  }

  /** @throws StackError 'unreachable' */
  static async connect(place: ServerPlace, say: (line: string) => void): Promise<RunServer> {
    return new RunServer(place, await connectTo(place.address), say);
  }

  uiUrlOf(run: string): string | null {
    const { uiUrl, namespace } = this.place;
    return uiUrl && `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(run)}`;
  }

  /** @param window parts of a node under way at once */
  async start({ run, node, store, request, priority, budget }: RunToStart, window: number): Promise<void> {
    await this.#client.workflow.start<NodeWorkflow>(node.kind, {
      taskQueue: orchestratorQueue,
      workflowId: run,
      priority: runPriority(run, priority),
      memo: request && { [memoKey]: request },
      args: [{ run, node, store, window, budget, searchAttributes: await this.#knowsSearchAttributes() }],
      staticSummary: node.name,
      staticDetails:
        node.splits.length > 0
          ? `${whatOf[node.kind]}, divided by ${node.splits.join(', then ')}`
          : `${whatOf[node.kind]} in one piece`,
    });
  }

  /** Newest first. @param prefix of the run's id */
  async list(limit: number, prefix?: string): Promise<readonly ServerRun[]> {
    if (prefix !== undefined && !isRunId(prefix)) return [];
    const types = Object.keys(whatOf)
      .map((type) => `'${type}'`)
      .join(', ');
    const query = [
      `WorkflowType IN (${types})`,
      'ParentWorkflowId IS NULL',
      `ExecutionStatus != 'ContinuedAsNew'`,
      ...(prefix === undefined ? [] : [`WorkflowId STARTS_WITH '${prefix}'`]),
    ].join(' AND ');
    const runs: ServerRun[] = [];
    // Runs that cannot be read hide no others.
    const readable = (): number => runs.filter(({ unreadable }) => unreadable === undefined).length;
    const { namespace } = this.place;
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await this.#connection.workflowService.listWorkflowExecutions({
        namespace,
        query,
        pageSize: Math.min(limit, 100),
        nextPageToken,
      });
      runs.push(...page.executions.map(serverRunOf).filter(({ run }) => isRunId(run)));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken?.length && readable() < limit && runs.length < mostListed);
    return runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** undefined for a run that this server does not know, or no longer. */
  async find(run: string): Promise<ServerRun | undefined> {
    try {
      const { workflowExecutionInfo } = await this.#connection.workflowService.describeWorkflowExecution({
        namespace: this.place.namespace,
        execution: { workflowId: run },
      });
      return workflowExecutionInfo ? serverRunOf(workflowExecutionInfo) : undefined;
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === notFound) return undefined;
      throw error;
    }
  }

  /** undefined when no worker answers, or none of this version. */
  async progress(run: string): Promise<Progress | undefined> {
    return (await this.#ask(run)).progress;
  }

  /** What a run waits for; undefined when somebody works on it. @param queryError see WaitQuestion */
  waitOf(run: string, seconds = stallSeconds, queryError?: string): Promise<Wait | undefined> {
    return waitOfRun({ connection: this.#connection, namespace: this.place.namespace, run, seconds, queryError });
  }

  async #ask(run: string): Promise<{ readonly progress?: Progress; readonly error: string }> {
    try {
      const answer = await this.#client.withDeadline(Date.now() + querySeconds * 1000, () =>
        this.#handle(run).query(progressQuery),
      );
      const { value, wrong } = checkRunData('progress', answer);
      return { progress: value, error: wrong ?? '' };
    } catch (error) {
      // That nobody answered in time is no news.
      return {
        error:
          error instanceof QueryRejectedError || error instanceof QueryNotRegisteredError
            ? error.message
            : failedQuery(error),
      };
    }
  }

  /**
   * Waits for the end. The workflow goes on, or waits, while nobody can ask for it: a server that is away for a while
   * costs no run.
   * @throws RunFailedError with the reason; CliError 'failed' for a result that is none
   */
  async result(run: string): Promise<Solved> {
    for (let said = false; ;) {
      try {
        return checkedResult(run, await this.#handle(run).result());
      } catch (error) {
        const silence = (Date.now() - this.#answeredAt) / 1000;
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
    { onProgress, signal, broken = new Promise<never>(() => {}), stallSeconds: seconds = stallSeconds }: WatchOptions,
  ): Promise<Solved> {
    const stop = (): void => void this.tell(run, 'stop').catch(() => undefined);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const watching = this.#look(run, onProgress, seconds);
    try {
      return await Promise.race([this.result(run), broken.then((error) => Promise.reject(error))]);
    } finally {
      await watching.end();
      signal?.removeEventListener('abort', stop);
    }
  }

  /**
   * Pauses, resumes or stops a run. A stop that no worker answers is left for the one that comes.
   * @throws CliError 'failed' when no orchestrator answers
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
      throw new CliError(
        'failed',
        `no orchestrator answered for ${run} within ${updateSeconds} s; start one with "${mipnetCommand('worker', '--role', 'orchestrator')}"`,
        { cause },
      );
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #handle(run: string): WorkflowHandle<NodeWorkflow> {
    return this.#client.workflow.getHandle<NodeWorkflow>(run);
  }

  #look(run: string, onProgress: WatchOptions['onProgress'], seconds: number): { end(): Promise<void> } {
    const pause = new AbortController();
    let ended = false;
    let queryError: string | undefined;
    // One for each call: a call leaves its listener behind.
    let call = new AbortController();
    const leaving = <T>(body: () => Promise<T>): Promise<T> => {
      call = new AbortController();
      return this.#client.withAbortSignal(call.signal, body);
    };
    const stall = new StallWatch({
      seconds,
      say: (line) => !ended && this.#say(line),
      find: ({ answered }) => leaving(() => this.waitOf(run, seconds, answered ? undefined : queryError)),
    });
    const look = async (): Promise<void> => {
      while (!ended) {
        const { progress, error } = await leaving(() => this.#ask(run));
        queryError = error;
        if (progress) {
          this.#answeredAt = Date.now();
          if (!ended) onProgress(progress);
        }
        if (!ended) await stall.look(progress);
        await setTimeout(1000, undefined, { signal: pause.signal }).catch(() => undefined);
      }
    };
    const looking = look();
    return {
      end: async () => {
        ended = true;
        pause.abort();
        call.abort();
        // A call still out when the connection is closed would end the whole process.
        await Promise.race([looking, setTimeout(2 * querySeconds * 1000)]);
      },
    };
  }

  /** A cluster that does not know them would refuse them over and over. */
  async #knowsSearchAttributes(): Promise<boolean> {
    try {
      const { customAttributes } = await this.#connection.operatorService.listSearchAttributes({
        namespace: this.place.namespace,
      });
      return searchAttributeTypes.every(({ name }) => name in (customAttributes ?? {}));
    } catch {
      return false;
    }
  }
}

/** gRPC */
const invalidArgument = 3;
const notFound = 5;

/** gRPC: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const passingCodes: readonly number[] = [1, 2, 4, 8, 10, 13, 14];

const mayPass = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && passingCodes.includes(error.cause.code);

/** A worker that fails at the query says why, such as that its code is another version's; a server that is busy does not. */
const failedQuery = (error: unknown): string => {
  const details =
    error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === invalidArgument
      ? error.cause.details
      : '';
  return plainLine(details);
};

/** Any worker of the queue writes results. @throws CliError 'failed' */
function checkedResult(run: string, result: unknown): Solved {
  const { value, wrong } = checkRunData('solved', result);
  if (wrong !== undefined) throw new UnreadableRunError('failed', `the result of ${run} cannot be read (${wrong})`);
  return value;
}

/** What a failed workflow means to the person who started it. */
function meaningOf(error: unknown): unknown {
  if (error instanceof ValueError || error instanceof SyntaxError) {
    return new UnreadableRunError('failed', `the result of the run cannot be read (${plainLine(error.message)})`, {
      cause: error,
    });
  }
  if (!(error instanceof WorkflowFailedError)) return error;
  let cause: unknown = error.cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause) cause = cause.cause;
  const message = plainLine(cause instanceof Error ? cause.message : error.message);
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  // A full disk or a missing right is mended by whoever asked, as in a local run.
  const why = type === failureTypes.store ? (cause as ApplicationFailure).details?.[0] : undefined;
  const badInput = type === failureTypes.badInput || why === 'unwritable' || why === 'refused';
  return new RunFailedError(badInput ? 'bad-input' : 'failed', message, { cause: error });
}
