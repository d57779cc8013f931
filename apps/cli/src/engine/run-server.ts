import { setTimeout } from 'node:timers/promises';
import { Client, isGrpcServiceError, ServiceError, WorkflowFailedError, WorkflowNotFoundError, type Connection, type WorkflowExecutionInfo, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Solved } from '@mipnet/recursion';
import {
  failureTypes, orchestratorQueue, pauseUpdate, progressQuery, resumeUpdate, runPriority, searchAttributeTypes, stopUpdate,
  type NodeWorkflow, type Progress,
} from '@mipnet/workflows';
import { CliError } from '../cli-error.js';
import type { EngineRun } from './engine.js';
import { RunFailedError } from '../runs/run-failed-error.js';
import { isRunId } from '../runs/run-id.js';
import type { RunRequest, ServerPlace } from '../runs/run-record.js';
import { connectTo } from '../stack/environment-server.js';

/** How long to wait for a worker to take the workflow before saying that none does, seconds. */
const quietSeconds = 15;

/** A server that is gone answers no query; the client would try again for a minute. */
const querySeconds = 5;

/** A server that is restarted comes back; one that is silent for so long does not, seconds. */
const silenceSeconds = 600;

/** How long an orchestrator may take to answer an update. */
const updateSeconds = 20;

/** By the kind of a run's root, which is also its workflow's type. */
const whatOf = { train: 'Training', verify: 'Verification' } as const;

/** Where the request travels in a workflow's memo. */
const memoKey = 'mipnet';

/** A run as its server knows it. */
export interface ServerRun {
  readonly run: string;
  /** Of its root: train, verify. */
  readonly kind: string;
  readonly state: 'running' | 'completed' | 'failed';
  /** ISO 8601 */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** undefined for a run of another version. */
  readonly request: RunRequest | undefined;
}

export type RunToStart = Pick<EngineRun, 'run' | 'node' | 'request' | 'priority' | 'budget'>;

export interface WatchOptions {
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  /** Aborted: stop the run and hand back the incumbent. */
  readonly signal?: AbortSignal;
  /** Resolves when the stack cannot be kept running. */
  readonly broken?: Promise<Error>;
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
  async start({ run, node, request, priority, budget }: RunToStart, window: number): Promise<void> {
    await this.#client.workflow.start<NodeWorkflow>(node.kind, {
      taskQueue: orchestratorQueue,
      workflowId: run,
      priority: runPriority(run, priority),
      memo: request && { [memoKey]: request },
      args: [{ run, node, window, budget, searchAttributes: await this.#knowsSearchAttributes() }],
      staticSummary: node.name,
      staticDetails: node.splits.length > 0 ? `${whatOf[node.kind]}, divided by ${node.splits.join(', then ')}` : `${whatOf[node.kind]} in one piece`,
    });
  }

  /** Newest first. @param prefix of the run's id */
  async list(limit: number, prefix?: string): Promise<readonly ServerRun[]> {
    if (prefix !== undefined && !isRunId(prefix)) return [];
    const types = Object.keys(whatOf).map((type) => `'${type}'`).join(', ');
    const query = [`WorkflowType IN (${types})`, 'ParentWorkflowId IS NULL', `ExecutionStatus != 'ContinuedAsNew'`, ...(prefix === undefined ? [] : [`WorkflowId STARTS_WITH '${prefix}'`])].join(' AND ');
    const runs: ServerRun[] = [];
    for await (const info of this.#client.workflow.list({ query, pageSize: Math.min(limit, 100) })) {
      if (isRunId(info.workflowId)) runs.push(asRun(info));
      if (runs.length >= limit) break;
    }
    return runs.sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** undefined for a run that this server does not know, or no longer. */
  async find(run: string): Promise<ServerRun | undefined> {
    try {
      return asRun(await this.#client.workflow.getHandle(run).describe());
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** undefined when no worker answers. */
  async progress(run: string): Promise<Progress | undefined> {
    return this.#client.withDeadline(Date.now() + querySeconds * 1000, () => this.#handle(run).query(progressQuery)).catch(() => undefined);
  }

  /**
   * Waits for the end. The workflow goes on, or waits, while nobody can ask for it: a server that is away for a while
   * costs no run.
   * @throws RunFailedError with the reason
   */
  async result(run: string): Promise<Solved> {
    for (let said = false; ; ) {
      try {
        return await this.#handle(run).result();
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
  async watch(run: string, { onProgress, signal, broken = new Promise<never>(() => {}) }: WatchOptions): Promise<Solved> {
    const stop = (): void => void this.tell(run, 'stop').catch(() => undefined);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    const watching = this.#look(run, onProgress);
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
      throw new CliError('failed', `no orchestrator answered for ${run} within ${updateSeconds} s; start one with "mipnet worker --role orchestrator"`, { cause });
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #handle(run: string): WorkflowHandle<NodeWorkflow> {
    return this.#client.workflow.getHandle<NodeWorkflow>(run);
  }

  #look(run: string, onProgress: WatchOptions['onProgress']): { end(): Promise<void> } {
    const pause = new AbortController();
    let ended = false;
    let answered = false;
    const began = Date.now();
    const look = async (): Promise<void> => {
      while (!ended) {
        const progress = await this.progress(run);
        if (progress) {
          answered = true;
          this.#answeredAt = Date.now();
          if (!ended) onProgress(progress);
        }
        if (!answered && Date.now() - began > quietSeconds * 1000) {
          answered = true;
          this.#say('no worker has answered for the run yet; start some with "mipnet worker --role orchestrator" and "mipnet worker --role solver"');
        }
        await setTimeout(1000, undefined, { signal: pause.signal }).catch(() => undefined);
      }
    };
    const looking = look();
    return {
      end: async () => {
        ended = true;
        pause.abort();
        // A query still out when the connection is closed would end the whole process.
        await Promise.race([looking, setTimeout(querySeconds * 1000)]);
      },
    };
  }

  /** A cluster that does not know them would refuse them over and over. */
  async #knowsSearchAttributes(): Promise<boolean> {
    try {
      const { customAttributes } = await this.#connection.operatorService.listSearchAttributes({ namespace: this.place.namespace });
      return searchAttributeTypes.every(({ name }) => name in (customAttributes ?? {}));
    } catch {
      return false;
    }
  }
}

function asRun({ workflowId, type, status, startTime, closeTime, memo }: Omit<WorkflowExecutionInfo, 'raw'>): ServerRun {
  const request = memo?.[memoKey] as RunRequest | undefined;
  const state = status.name === 'RUNNING' ? 'running' : status.name === 'COMPLETED' ? 'completed' : 'failed';
  // A run that continued as new began earlier than its last workflow execution.
  return { run: workflowId, kind: type, state, startedAt: request?.startedAt ?? startTime.toISOString(), endedAt: closeTime?.toISOString() ?? null, request: request?.run === workflowId ? request : undefined };
}

/** gRPC: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const passingCodes: readonly number[] = [1, 2, 4, 8, 10, 13, 14];

const mayPass = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && passingCodes.includes(error.cause.code);

/** What a failed workflow means to the person who started it. */
function meaningOf(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  let cause: unknown = error.cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause) cause = cause.cause;
  const message = cause instanceof Error ? cause.message : error.message;
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  // A full disk is mended by whoever asked, as in a local run.
  const badInput = type === failureTypes.badInput || (type === failureTypes.store && (cause as ApplicationFailure).details?.[0] === 'unwritable');
  return new RunFailedError(badInput ? 'bad-input' : 'failed', message, { cause: error });
}
