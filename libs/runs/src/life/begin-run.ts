// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import { ensureStoreId, type ObjectStore } from '@mipnet/object-store';
import type { Budget, ProblemNode } from '@mipnet/recursion';
import { defaultSolver, parseSolverUrl } from '@mipnet/solver';
import type { Stack } from '@mipnet/stack';
import { mipnetPaths, type ProcessLock } from '@mipnet/stack/folders';
import type { Engine } from '../engine/engine.js';
import type { LocalEngine } from '../engine/local-engine.js';
import { localEngine, solversHere } from '../engine/start-local-engine.js';
import type { TemporalEngine } from '../engine/temporal-engine.js';
import { mipnetCommand } from '@mipnet/text';
import { environmentOf } from './environment-of.js';
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
  /** One in this process that has begun already (`localEngine`); the run closes it. */
  readonly begun?: LocalEngine;
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

/** A run with an engine in this process. Its owner finishes it, leaves it or gives it up. */
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
  { engine: wanted, begun, slots, priority, solver = node.solver }: BeginOptions,
  watcher: Watcher,
): Promise<RunInHand> {
  const paths = mipnetPaths();
  const run = newRunId(kindOf(asked.kind, node.name).planOf({ asked, node }));
  const request: RunRequest = { run, asked, node, storeUrl, startedAt };
  const start: RunToStart = { run, node, store: await ensureStoreId(store), request, priority, budget };
  const { say } = watcher;
  const choice = { engine: wanted, store, storeUrl, slots, solver, runFolder: runFolder(paths, run), say };
  const engine = begun ?? (await chooseEngine(choice));
  let held: ProcessLock | undefined;
  try {
    if (engine.kind === 'local') held = await holdRun(paths, run);
    await pruneRecords(paths);
    const environment = await environmentOf(slots, engine.server);
    await writeRecord(paths, { ...request, environment, server: engine.server?.place ?? null, out });
    return { paths, request, start, store, engine, watcher, held };
  } catch (error) {
    await engine.close();
    await held?.release();
    throw error;
  }
}

interface EngineChoice {
  /** auto: Temporal if a server is available, otherwise this process, with a message. */
  readonly engine: 'auto' | 'temporal' | 'local';
  readonly store: ObjectStore;
  readonly storeUrl: string;
  readonly slots: number;
  /** URL of the solver of the run's MIPs. @default highs */
  readonly solver?: string;
  /** Of the run: where a server of its own keeps its database. */
  readonly runFolder?: string;
  readonly say: (line: string) => void;
}

/** Parts in progress at once, as a multiple of the slots, so that no slot waits for its next part. */
const windowPerSlot = 4;
/** Slots of a cluster are not known here. */
const clusterWindow = 500;

/** @throws SolverError 'missing' for a solver that this machine's own workers are to use and do not have */
async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  const { engine, storeUrl, slots, solver, runFolder, say } = choice;
  if (engine === 'local') return localEngine(choice);
  // Loaded on demand: it brings Temporal along.
  const { isServerThere, startStack } = await import('@mipnet/stack');
  try {
    const solvers = (await isServerThere()) ? [] : await solversHere(solver);
    const stack = await startStack({ storeUrl, slots, solvers, runFolder, onMessage: say });
    warnWithoutSolver(stack, solver, say);
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
    return localEngine(choice);
  }
}

/** Workers may join a kept stack at any time, so a run may wait for one; a line says so. */
function warnWithoutSolver({ solvers }: Stack, solver: string = defaultSolver, say: (line: string) => void): void {
  const { name } = parseSolverUrl(solver);
  if (solvers === undefined || solvers.includes(name)) return;
  say(
    `the workers of the running stack have the solvers ${solvers.join(', ')}, not ${name}: the run waits ` +
      `until "${mipnetCommand('worker', '--solver', name)}" runs`,
  );
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
