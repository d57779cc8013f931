// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { ensureStoreId, type ObjectStore } from '@mipnet/object-store';
import type { Budget, ProblemNode } from '@mipnet/recursion';
import { startStack, type Stack } from '@mipnet/stack';
import { mipnetPaths, type ProcessLock } from '@mipnet/stack/folders';
import type { Engine } from '../engine/engine.js';
import { LocalEngine } from '../engine/local-engine.js';
import type { TemporalEngine } from '../engine/temporal-engine.js';
import { kindOf } from '../kinds/kinds.js';
import { pruneRecords } from '../records/prune-records.js';
import { holdRun, runFolder, type DataFolder } from '../records/run-folder.js';
import { newRunId } from '../records/run-id.js';
import { writeRecord } from '../records/run-record.js';
import type { Asked, RunRequest } from '../records/run-request.js';
import { RunError } from '../run-error.js';
import type { RunToStart } from '../server/run-server.js';
import type { Watcher } from './watcher.js';

export interface BeginOptions {
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly slots: number;
  /** Among runs that share workers: 1 goes first, 5 last. @default 3 */
  readonly priority?: number;
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
  { engine: wanted, slots, priority }: BeginOptions,
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

interface EngineChoice {
  /** auto: Temporal where a server can be had, else this process, said. */
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store: ObjectStore;
  readonly storeUrl: string;
  readonly slots: number;
  /** Of the run: where a server of its own keeps its database. */
  readonly runFolder?: string;
  readonly say: (line: string) => void;
}

/** Parts under way at once, as a multiple of the slots: enough that no slot waits for the next. */
const windowPerSlot = 4;
/** Slots of a cluster are not known here. */
const clusterWindow = 500;

async function chooseEngine({ engine, store, storeUrl, slots, runFolder, say }: EngineChoice): Promise<Engine> {
  if (engine === 'local') return new LocalEngine(store, slots);
  try {
    const stack = await startStack({ storeUrl, slots, runFolder, onMessage: say });
    if (stack.storeUrl !== storeUrl) {
      await stack.stop();
      throw new RunError(
        'failed',
        `a stack that stores in ${stack.storeUrl} came up while this run was prepared for ${storeUrl}; run it again`,
      );
    }
    return await engineOn(stack, slots, say);
  } catch (error) {
    if (engine === 'temporal' || (error as { code?: unknown }).code !== 'no-binary') throw error;
    say(`no Temporal server, so this runs in this process, with the same result: ${(error as Error).message}`);
    return new LocalEngine(store, slots);
  }
}

/** The engine on a stack that is there; the stack is stopped when it cannot be reached. */
export async function engineOn(stack: Stack, slots: number, say: (line: string) => void): Promise<TemporalEngine> {
  const { TemporalEngine } = await import('../engine/temporal-engine.js');
  const window = stack.kind === 'own' ? windowPerSlot * slots : clusterWindow;
  return TemporalEngine.connect(stack, window, say).catch(async (error: unknown) => {
    await stack.stop();
    throw error;
  });
}
