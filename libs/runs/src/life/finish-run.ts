import { openAnyStore } from '@mipnet/activities';
import type { Solved } from '@mipnet/recursion';
import type { Collected } from '../kinds/kind.js';
import { kindOf } from '../kinds/kinds.js';
import { forgetDatabase, type DataFolder } from '../records/run-folder.js';
import { readRecord, writeRecord } from '../records/run-record.js';
import { endOf, type EndedRun } from '../records/run-request.js';
import { RunFailedError } from '../run-error.js';
import type { RunInHand } from './begin-run.js';
import { failedLine } from './failed-line.js';
import { noteEnd } from './note-end.js';
import { watchStore } from './watch-store.js';
import { whenStoreAnswers } from './when-store-answers.js';

/** Runs what was begun, to its end. @param conclude see `finishRun` */
export function driveRun<T>(hand: RunInHand, conclude: (ended: EndedRun) => Promise<T>): Promise<T> {
  const { engine, watcher, start } = hand;
  beginKeeping(hand);
  return finishRun(hand, engine.run({ ...start, onProgress: watcher.show, signal: watcher.signal }), conclude);
}

/** The first interrupt from now on asks for what there is. */
export function beginKeeping({ request, watcher }: Pick<RunInHand, 'request' | 'watcher'>): void {
  const { stopping } = kindOf(request.asked.kind, request.run);
  watcher.beginKeeping(() => watcher.say(stopping));
}

/**
 * Waits for a run that this process drives or watches, notes its end in its record and concludes it. A run without a
 * result, whatever its kind, is noted with the reason. The engine is closed when this returns or throws.
 * @param conclude makes of the result what was asked for; called again when the object store was away
 */
export async function finishRun<T>(
  { paths, request, store, engine, watcher, held }: Omit<RunInHand, 'start'>,
  solving: Promise<Solved>,
  conclude: (ended: EndedRun) => Promise<T>,
): Promise<T> {
  const server = engine.server?.place ?? null;
  const { run } = request;
  const watching = watchStore(store, watcher.say);
  let isOver = false;
  try {
    const solved = await solving.catch(async (error: Error) => {
      // A server that is gone says nothing about the run; it may be gone on with.
      isOver = server === null || error instanceof RunFailedError;
      if (isOver) await noteFailure(paths, run, error.message);
      throw error;
    });
    watcher.showEnd();
    watching.end();
    const ended = { request, server, uiUrl: engine.uiUrlOf(run), solved, endedAt: new Date().toISOString() };
    await noteEnd(paths, ended);
    isOver = true;
    return await whenStoreAnswers(() => conclude(ended), watcher.say);
  } finally {
    watcher.showEnd();
    watching.end();
    await engine.close();
    if (isOver && server?.kind === 'own') await forgetDatabase(paths, run);
    await held?.release();
  }
}

/** Notes in a run's record why it ended without a result. */
async function noteFailure(paths: RunInHand['paths'], run: string, message: string): Promise<void> {
  const record = await readRecord(paths, run);
  const at = new Date().toISOString();
  if (record) await writeRecord(paths, { ...record, end: { status: 'failed', at, message } });
}

/**
 * Makes of the result of a run what its kind makes of one (a network file, verdicts), whoever comes for it, and notes
 * it in the run's record. The run, its store and its result are all it needs, so that a run outlives the process that
 * started it.
 * @param out where to write the result; left out: where the run was told to, else where its kind puts it
 * @throws RunError 'failed' for a run that left nothing
 */
export async function collectRun(paths: DataFolder, ended: EndedRun, out?: string): Promise<Collected> {
  const { request, solved, endedAt } = ended;
  const record = await noteEnd(paths, ended);
  const place = { data: paths.data, out: out ?? record.out, earlier: record.end?.report };
  const store = await openAnyStore(request.storeUrl);
  const collected = await kindOf(request.asked.kind, request.run).collect(ended, store, place);
  const { report, warnings } = collected;
  if (report !== undefined) await writeRecord(paths, { ...record, end: { ...endOf(solved, endedAt), report } });
  const failed = failedLine(solved);
  return { ...collected, warnings: [...warnings, ...(failed === undefined ? [] : [failed])] };
}
