import { openAnyStore } from '@mipnet/activities/leaves';
import type { Solved } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import type { Collected } from '../kinds/kind.js';
import { kindOf } from '../kinds/kinds.js';
import { forgetDatabase, type DataFolder } from '../records/run-folder.js';
import { readRecord, writeRecord } from '../records/run-record.js';
import { endOf, type EndedRun } from '../records/run-request.js';
import { RunFailedError } from '../run-error.js';
import type { RunInHand } from './begin-run.js';
import { failedLine } from './failed-line.js';
import { ProgressFile } from '../live/progress-file.js';
import { noteEnd } from './note-end.js';
import { watchStore } from './watch-store.js';
import { whenStoreAnswers } from './when-store-answers.js';

/** Runs a run that has begun, to its end. @param conclude see `finishRun` */
export function driveRun<T>(hand: RunInHand, conclude: (ended: EndedRun) => Promise<T>): Promise<T> {
  const { engine, watcher, start, paths, request } = hand;
  beginKeeping(hand);
  // Nobody can ask a run of this process alone: it tells by a file.
  const file = engine.server === null ? new ProgressFile(paths, request.run, Date.parse(request.startedAt)) : undefined;
  const onProgress = (progress: Progress): void => {
    watcher.show(progress);
    file?.show(progress);
  };
  const solving = engine.run({ ...start, onProgress, signal: watcher.signal });
  return finishRun(hand, solving, conclude).finally(() => file?.remove());
}

/** From now on, the first interrupt stops the run and keeps its result. */
export function beginKeeping({ request, watcher }: Pick<RunInHand, 'request' | 'watcher'>): void {
  const { stopping } = kindOf(request.asked.kind, request.run);
  watcher.beginKeeping(() => watcher.say(stopping));
}

/**
 * Waits for a run that this process drives or watches, notes its end in its record and concludes it. For a run of any
 * kind without a result, the record gets the reason. The engine is closed when this returns or throws.
 * @param conclude makes the requested output from the result; called again if the object store did not answer
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
      // A server that is gone says nothing about the run; it may be continued.
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
 * Turns the result of a run into the output of its kind (a network file, verdicts) and notes it in the run's record.
 * Any process can do this: it needs only the run, its store and its result, so that a run outlives the process that
 * started it.
 * @param out path of the output. @default the path in the run's request, otherwise the one that its kind chooses
 * @throws RunError 'failed' for a run without a result
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
