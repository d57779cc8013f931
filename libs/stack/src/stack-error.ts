import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * What can be wrong with the stack:
 * `no-binary`: no Temporal server program can be had here;
 * `server`: the Temporal server does not start or does not stay up;
 * `worker`: a worker process does not stay up;
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

/** The stack (Temporal server and worker processes) cannot do what was asked. The message says what to do. */
export class StackError extends MipnetError<StackErrorCode> {
  override readonly name = 'StackError';

  constructor(code: StackErrorCode, message: string, options?: ErrorOptions) {
    super(code, blames[code], message, options);
  }
}
