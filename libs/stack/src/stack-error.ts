import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * Faults of the stack: `no-binary`:
 * no Temporal server program is available;
 * `server`: the Temporal server does not start or does not keep running;
 * `worker`: a worker process does not keep running;
 * `unreachable`: the Temporal server named by the environment does not answer;
 * `environment`: settings that contradict each other;
 * `store`: the folder of the object store cannot be written.
 */
export type StackErrorCode = 'no-binary' | 'server' | 'worker' | 'unreachable' | 'environment' | 'store';

const blames = {
  'no-binary': 'input',
  server: 'environment',
  worker: 'environment',
  unreachable: 'input',
  environment: 'input',
  store: 'input',
} as const satisfies Record<StackErrorCode, Blame>;

/** An error of the stack (Temporal server and worker processes). The message says what to do. */
export class StackError extends MipnetError<StackErrorCode> {
  override readonly name = 'StackError';

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
