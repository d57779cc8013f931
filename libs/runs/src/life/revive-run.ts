// Tested by ../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import { solversHere } from '../engine/start-local-engine.js';
import { engineOn } from './begin-run.js';
import { openAnyStore } from '@mipnet/activities/leaves';
import { checkStorePlace, startOwnStack } from '@mipnet/stack';
import { mipnetPaths } from '@mipnet/stack/folders';
import { runFolder } from '../records/run-folder.js';
import { writeRecord } from '../records/run-record.js';
import type { EndedRun, RunRecord } from '../records/run-request.js';
import { beginKeeping, finishRun } from './finish-run.js';
import type { Watcher } from './watcher.js';

export interface ReviveOptions {
  readonly slots: number;
  /** Path of the output, instead of the one in the run's request. */
  readonly out?: string;
}

/** Starts a lost run's server again on the same database, with workers, and completes the run. */
export async function reviveRun<T>(
  record: RunRecord,
  { slots, out }: ReviveOptions,
  watcher: Watcher,
  conclude: (ended: EndedRun) => Promise<T>,
): Promise<T> {
  const paths = mipnetPaths();
  const { run, storeUrl, node } = record;
  const { say } = watcher;
  await checkStorePlace(storeUrl);
  const store = await openAnyStore(storeUrl);
  say(`continuing ${run}, whose process died`);
  const folder = runFolder(paths, run);
  const solvers = await solversHere(node.solver);
  const stack = await startOwnStack({
    storeUrl,
    slots,
    solvers,
    onMessage: say,
    paths,
    env: process.env,
    runFolder: folder,
  });
  const engine = await engineOn(stack, slots, say);
  const { server } = engine;
  // If this process dies as well, the next one knows the path of the output.
  await writeRecord(paths, { ...record, server: server.place, ...(out === undefined ? {} : { out }) });
  say(`watch it at ${server.uiUrlOf(run)}`);
  const hand = { paths, request: record, store, engine, watcher };
  beginKeeping(hand);
  const solving = server.watch(run, { onProgress: watcher.show, signal: watcher.signal, broken: stack.broken });
  return finishRun(hand, solving, conclude);
}
