import { isServerThere } from '@mipnet/stack';
import { mipnetCommand } from '@mipnet/text';
import { RunError } from '../run-error.js';
import type { BeginOptions, RunInHand } from './begin-run.js';

/** A run without its command needs a server that keeps running. @throws RunError 'bad-input' */
export async function checkDetach(engine: BeginOptions['engine']): Promise<void> {
  if (engine !== 'local' && (await isServerThere())) return;
  const why =
    engine === 'local'
      ? 'a run of --engine local lives in this process'
      : "a server of this command's own would end with it";
  throw new RunError(
    'bad-input',
    `--detach: ${why}; run "${mipnetCommand('up')}" first, or set TEMPORAL_ADDRESS, and use --engine temporal or auto`,
  );
}

/**
 * Starts a run that has begun and leaves it on its server.
 * @throws RunError 'failed' if the server does not answer any more
 */
export async function leaveRun({ engine, start, held }: RunInHand): Promise<{ run: string; uiUrl: string | null }> {
  try {
    if (!engine.start)
      throw new RunError('failed', '--detach: the server went away while the run was prepared; run it again');
    await engine.start(start);
    return { run: start.run, uiUrl: engine.uiUrlOf(start.run) };
  } finally {
    await engine.close();
    await held?.release();
  }
}
