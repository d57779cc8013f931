import { openAnyStore } from '@mipnet/activities';
import type { Solved } from '@mipnet/recursion';
import type { Engine } from '../engine/engine.js';
import type { Paths } from '@mipnet/stack/folders';
import type { ProgressDisplay } from '../terminal/progress-display.js';
import { endRun, noteFailure } from './collect-run.js';
import { RunFailedError } from './run-failed-error.js';
import { forgetDatabase, type RunRequest } from './run-record.js';
import { watchStore } from './watch-store.js';
import { whenStoreAnswers } from './when-store-answers.js';

export interface RunInHand {
  readonly request: RunRequest;
  readonly engine: Engine;
  readonly display: ProgressDisplay;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Waits for a run that this process drives or watches, and ends it: network file, record, report. The engine is closed
 * when this returns or throws. @returns the exit code
 */
export async function finishRun(
  paths: Pick<Paths, 'data'>,
  { request, engine, display, out, json }: RunInHand,
  solving: Promise<Solved>,
): Promise<number> {
  const place = engine.server?.place ?? null;
  const { run } = request;
  let ended = false;
  const watching = watchStore(await openAnyStore(request.storeUrl), display.say);
  try {
    const solved = await solving.catch(async (error: Error) => {
      // A server that is gone says nothing about the run; it may be gone on with.
      ended = place === null || error instanceof RunFailedError;
      if (ended) await noteFailure(paths, run, error.message);
      throw error;
    });
    display.end();
    watching.end();
    const endedAt = new Date().toISOString();
    const collected = { request, server: place, uiUrl: engine.uiUrlOf(run), solved, endedAt };
    return await whenStoreAnswers(() => endRun(paths, collected, { out, json, say: display.say }), display.say).finally(
      () => (ended = true),
    );
  } finally {
    display.end();
    watching.end();
    await engine.close();
    if (ended && place?.kind === 'own') await forgetDatabase(paths, run);
  }
}
