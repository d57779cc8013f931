import { isServerThere } from '@mipnet/stack';
import { mipnetCommand } from '@mipnet/text';
import { RunError } from '../run-error.js';
import type { BeginOptions, RunInHand } from './begin-run.js';

/** A run that nobody stays with needs a server that does. @throws RunError 'bad-input' */
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
 * Starts what was begun and leaves it on its server.
 * @throws RunError 'failed' for a server that went away meanwhile
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
