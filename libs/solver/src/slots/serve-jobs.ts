// Tested by slot-pool.int.test.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { limitMemory } from '../memory-ceiling.js';
import type { JobMessage, JobRequest, SlotData } from './messages.js';
import { portableError } from './portable-error.js';

export interface JobContext {
  /** Sends a message to the owner at once, even from inside a solve that blocks the thread. */
  post(value: unknown): void;
  /** True after the owner asked the job to return its incumbent. */
  stopped(): boolean;
}

/**
 * A job module calls this: it runs `job` for every input that the owner of this thread sends, one at a time.
 * @param job gets the input and the data of the pool
 * @param prepare gets what the owner says of the inputs to come, before they are there; an error in it is left to the
 *   jobs
 */
export function serveJobs<Data, Input, Output, Notice = never>(
  job: (input: Input, data: Data, context: JobContext) => Promise<Output>,
  prepare?: (notice: Notice, data: Data, context: JobContext) => Promise<unknown>,
): void {
  const port = parentPort;
  if (!port) throw new Error('serveJobs runs in a worker thread only');
  const { stopFlag, data, memoryMegabytes } = workerData as SlotData;
  if (memoryMegabytes !== undefined) limitMemory(memoryMegabytes);
  const flag = new Int32Array(stopFlag);
  const send = (message: JobMessage): void => port.postMessage(message);
  const context: JobContext = {
    post: (value) => send({ kind: 'posted', value }),
    stopped: () => Atomics.load(flag, 0) === 1,
  };
  const answer = async (input: Input): Promise<void> =>
    send({ kind: 'result', value: await job(input, data as Data, context) });
  port.on('message', (request: JobRequest) => {
    if ('notice' in request) void prepare?.(request.notice as Notice, data as Data, context).catch(() => undefined);
    // A result that cannot be sent is an error of the job, too.
    else
      void answer(request.input as Input).catch((error: unknown) =>
        send({ kind: 'error', error: portableError(error) }),
      );
  });
}
