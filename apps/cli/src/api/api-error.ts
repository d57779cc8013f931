import { blameOf, MipnetError, type Blame } from '@mipnet/errors';
import { errorLine } from '../terminal/error-line.js';

/** `stopped`: the signal came before there was anything to keep. `unexpected`: an error that mipnet did not foresee. */
class ApiError extends MipnetError {
  override readonly name = 'MipnetError';
}

/**
 * Runs a function of the API so that it fails with a MipnetError only: errors of solver threads have lost their class,
 * and a stop without a result is what the caller wanted.
 */
export async function withMipnetErrors<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true) throw stopped(error);
    if (error instanceof MipnetError) throw error;
    const { code } = (error ?? {}) as { code?: unknown };
    const blame: Blame | undefined = blameOf(error);
    if (blame !== undefined && typeof code === 'string')
      throw new ApiError(code, blame, errorLine(error), { cause: error });
    throw new ApiError('unexpected', 'program', errorLine(error), { cause: error });
  }
}

const stopped = (cause: unknown): ApiError =>
  new ApiError('stopped', 'input', 'stopped by the signal before there was anything to keep', { cause });
