// Tested by runtime-thread.int.test.ts.
import { portableError, type PortableError } from '@mipnet/solver';
import { workerData, type MessagePort } from 'node:worker_threads';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';

// Runs in the thread of `startRuntimeThread`, at the request of one other thread.

/** `model`: the ONNX file that the inputs after it are for. */
export type RuntimeRequest = { readonly model: Uint8Array } | { readonly input: Float64Array };

/** One for each request, in their order; for a model, when it is open, an output without numbers. */
export type RuntimeAnswer = { readonly output: Float64Array } | { readonly error: PortableError };

export interface RuntimeThreadData {
  readonly port: MessagePort;
}

const { port } = workerData as RuntimeThreadData;

// A file that holds no model: when it is refused, the runtime has started.
let opened: Promise<OnnxRuntime> = openOnnxRuntime(new Uint8Array());
opened.catch(() => undefined);

port.on('message', (request: RuntimeRequest) => {
  if ('model' in request) opened = openInstead(opened, request.model);
  void opened
    .then((runtime) => ('model' in request ? new Float64Array(0) : runtime.run(request.input)))
    .then(
      (output): RuntimeAnswer => ({ output }),
      (error: unknown): RuntimeAnswer => ({ error: portableError(error) }),
    )
    .then((answer) => port.postMessage(answer));
});

async function openInstead(before: Promise<OnnxRuntime>, model: Uint8Array): Promise<OnnxRuntime> {
  await before.then(
    (runtime) => runtime.release(),
    () => undefined,
  );
  return openOnnxRuntime(model);
}
