// Tested by runtime-thread.int.test.ts.
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { RuntimeThreadData } from './runtime-job.js';

/** A thread in which the ONNX runtime starts. */
export interface RuntimeThread {
  /** For the one thread that uses it: see `runtimeBehind`. */
  readonly port: MessagePort;
  /** Nobody answers at the port any more, for example because there was too little memory for the thread. */
  readonly hasEnded: boolean;
  close(): Promise<void>;
}

/**
 * Starts the ONNX runtime in a thread that does nothing else. Its start takes 0.4 s of one core, as long as all else of
 * a short verification; so it begins first, beside everything else. The thread does not keep the process alive.
 */
export function startRuntimeThread(): RuntimeThread {
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./runtime-job.js', import.meta.url), {
    workerData: { port: port2 } satisfies RuntimeThreadData,
    transferList: [port2],
  });
  // A thread that waits for an answer sees that the port is closed.
  worker.on('error', () => undefined);
  let hasEnded = false;
  worker.on('exit', () => (hasEnded = true));
  worker.unref();
  return {
    port,
    get hasEnded() {
      return hasEnded;
    },
    close: async () => void (await worker.terminate()),
  };
}
