import { setTimeout } from 'node:timers/promises';
import { Client, WorkflowFailedError, type Connection, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Solved } from '@mipnet/recursion';
import { failureTypes, orchestratorQueue, progressQuery, runPriority, searchAttributeTypes, stopUpdate, type NodeWorkflow } from '@mipnet/workflows';
import { CliError } from '../cli-error.js';
import { connectTo } from '../stack/environment-server.js';
import type { Stack } from '../stack/stack.js';
import type { Engine, EngineRun } from './engine.js';

/** How long to wait for a worker to take the workflow before saying that none does, seconds. */
const quietSeconds = 15;

/** A server that is gone answers no query; the client would try again for a minute. */
const querySeconds = 5;

const whatOf = { train: 'Training', verify: 'Verification' } as const;

/** The recursion as a Temporal workflow. This process only starts it, watches, and takes its result. */
export class TemporalEngine implements Engine {
  readonly kind = 'temporal';
  readonly #stack: Stack;
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #window: number;
  readonly #onMessage: (line: string) => void;

  private constructor(stack: Stack, connection: Connection, window: number, onMessage: (line: string) => void) {
    this.#stack = stack;
    this.#connection = connection;
    this.#client = new Client({ connection, namespace: stack.namespace });
    this.#window = window;
    this.#onMessage = onMessage;
  }

  /** @param window parts of a node under way at once */
  static async connect(stack: Stack, window: number, onMessage: (line: string) => void): Promise<TemporalEngine> {
    return new TemporalEngine(stack, await connectTo(stack.address), window, onMessage);
  }

  uiUrlOf(workflowId: string): string | null {
    return this.#stack.uiUrl && `${this.#stack.uiUrl}/namespaces/${this.#stack.namespace}/workflows/${encodeURIComponent(workflowId)}`;
  }

  async run({ run, node, onProgress, signal, priority }: EngineRun): Promise<Solved> {
    const handle = await this.#client.workflow.start<NodeWorkflow>(node.kind, {
      taskQueue: orchestratorQueue,
      workflowId: run,
      priority: runPriority(run, priority),
      args: [{ run, node, window: this.#window, searchAttributes: await this.#knowsSearchAttributes() }],
      staticSummary: node.name,
      staticDetails: node.splits.length > 0 ? `${whatOf[node.kind]}, divided by ${node.splits.join(', then ')}` : `${whatOf[node.kind]} in one piece`,
    });
    const stop = (): void => void handle.executeUpdate(stopUpdate).catch(() => handle.cancel().catch(() => undefined));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    const watching = this.#watch(handle, onProgress);
    try {
      return await Promise.race([handle.result(), this.#stack.broken.then((error) => Promise.reject(error))]);
    } catch (error) {
      throw meaningOf(error);
    } finally {
      await watching.end();
      signal.removeEventListener('abort', stop);
    }
  }

  #watch(handle: WorkflowHandle<NodeWorkflow>, onProgress: EngineRun['onProgress']): { end(): Promise<void> } {
    const pause = new AbortController();
    let ended = false;
    let answered = false;
    const began = Date.now();
    const look = async (): Promise<void> => {
      while (!ended) {
        await this.#client.withDeadline(Date.now() + querySeconds * 1000, () => handle.query(progressQuery)).then((progress) => {
          answered = true;
          if (!ended) onProgress(progress);
        }, () => undefined);
        if (!answered && Date.now() - began > quietSeconds * 1000) {
          answered = true;
          this.#onMessage('no worker has answered for the run yet; start some with "mipnet worker --role orchestrator" and "mipnet worker --role solver"');
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
      const { customAttributes } = await this.#connection.operatorService.listSearchAttributes({ namespace: this.#stack.namespace });
      return searchAttributeTypes.every(({ name }) => name in (customAttributes ?? {}));
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
    await this.#stack.stop();
  }
}

/** What a failed workflow means to the person who started it. */
function meaningOf(error: unknown): unknown {
  if (!(error instanceof WorkflowFailedError)) return error;
  let cause: unknown = error.cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause) cause = cause.cause;
  const message = cause instanceof Error ? cause.message : error.message;
  const badInput = cause instanceof ApplicationFailure && cause.type === failureTypes.badInput;
  return new CliError(badInput ? 'bad-input' : 'failed', message, { cause: error });
}
