import { ensureStoreId, type ObjectStore } from '@mipnet/object-store';
import type { Budget, ProblemNode } from '@mipnet/recursion';
import { mipnetPaths, type ProcessLock } from '@mipnet/stack/folders';
import { chooseEngine } from '../engine/choose-engine.js';
import type { Engine } from '../engine/engine.js';
import { kindOf } from '../kinds/kinds.js';
import { pruneRecords } from '../records/prune-records.js';
import { holdRun, runFolder, type DataFolder } from '../records/run-folder.js';
import { newRunId } from '../records/run-id.js';
import { writeRecord } from '../records/run-record.js';
import type { Asked, RunRequest } from '../records/run-request.js';
import type { RunToStart } from '../server/run-server.js';
import type { Watcher } from './watcher.js';

export interface BeginOptions {
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly slots: number;
  /** Among runs that share workers: 1 goes first, 5 last. @default 3 */
  readonly priority?: number;
  /** URL of the solver of its MIPs, for one that is not found by its name alone. */
  readonly solver?: string;
}

/** A run of any kind before it has a name. */
export interface PreparedRun {
  readonly asked: Asked;
  /** The root, whose problem is in the store. */
  readonly node: ProblemNode;
  readonly store: ObjectStore;
  readonly storeUrl: string;
  /** When the command began; ISO 8601. */
  readonly startedAt: string;
  /** Where to write the result. */
  readonly out?: string;
  readonly budget?: Budget;
}

/** A run that this process has an engine for. Whoever has it in hand finishes it, leaves it or gives it up. */
export interface RunInHand {
  readonly paths: DataFolder;
  readonly request: RunRequest;
  readonly start: RunToStart;
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly watcher: Watcher;
  /** Tells other commands that this process has the run in hand, where the engine does not. */
  readonly held?: ProcessLock;
}

/** Gives a run its name, its engine and its record. Nothing of it is solved yet. */
export async function beginRun(
  { asked, node, store, storeUrl, startedAt, out, budget }: PreparedRun,
  { engine: wanted, slots, priority, solver = node.solver }: BeginOptions,
  watcher: Watcher,
): Promise<RunInHand> {
  const paths = mipnetPaths();
  const run = newRunId(kindOf(asked.kind, node.name).planOf({ asked, node }));
  const request: RunRequest = { run, asked, node, storeUrl, startedAt };
  const start: RunToStart = { run, node, store: await ensureStoreId(store), request, priority, budget };
  const { say } = watcher;
  const engine = await chooseEngine({
    engine: wanted,
    store,
    storeUrl,
    slots,
    solver,
    runFolder: runFolder(paths, run),
    say,
  });
  let held: ProcessLock | undefined;
  try {
    const uiUrl = engine.uiUrlOf(run);
    if (uiUrl) say(`watch it at ${uiUrl}`);
    if (engine.kind === 'local') held = await holdRun(paths, run);
    await pruneRecords(paths);
    await writeRecord(paths, { ...request, server: engine.server?.place ?? null, out });
    return { paths, request, start, store, engine, watcher, held };
  } catch (error) {
    await engine.close();
    await held?.release();
    throw error;
  }
}
