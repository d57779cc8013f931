import type { ObjectStore } from '@mipnet/object-store';
import { checkSolvers, defaultSolver, parseSolverUrl } from '@mipnet/solver';
import { isServerThere, startStack, type Stack } from '@mipnet/stack';
import { mipnetCommand } from '@mipnet/text';
import { RunError } from '../run-error.js';
import { LocalEngine } from './local-engine.js';
import type { Engine } from './engine.js';
import type { TemporalEngine } from './temporal-engine.js';

export interface EngineChoice {
  /** auto: Temporal where a server can be had, else this process, said. */
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

/** Parts under way at once, as a multiple of the slots: enough that no slot waits for the next. */
const windowPerSlot = 4;
/** Slots of a cluster are not known here. */
const clusterWindow = 500;

/** @throws SolverError 'missing' for a solver that this machine's own workers are to use and do not have */
export async function chooseEngine(choice: EngineChoice): Promise<Engine> {
  const { engine, storeUrl, slots, solver, runFolder, say } = choice;
  if (engine === 'local') return localEngine(choice);
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

async function localEngine({ store, slots, solver }: EngineChoice): Promise<LocalEngine> {
  return new LocalEngine(store, slots, { solvers: await solversHere(solver) });
}

/** What workers of this machine's own need besides the default solver, opened once. @throws SolverError 'missing' */
export async function solversHere(solver: string = defaultSolver): Promise<readonly string[]> {
  if (parseSolverUrl(solver).name === defaultSolver) return [];
  await checkSolvers([solver]);
  return [solver];
}

/** Workers may join a kept stack at any time, so a run may wait for one; whoever waits should know. */
function warnWithoutSolver({ solvers }: Stack, solver: string = defaultSolver, say: (line: string) => void): void {
  const { name } = parseSolverUrl(solver);
  if (solvers === undefined || solvers.includes(name)) return;
  say(
    `the workers of the running stack have the solvers ${solvers.join(', ')}, not ${name}: the run waits until "${mipnetCommand('worker', '--solver', name)}" runs`,
  );
}

/** The engine on a stack that is there; the stack is stopped when it cannot be reached. */
export async function engineOn(stack: Stack, slots: number, say: (line: string) => void): Promise<TemporalEngine> {
  const { TemporalEngine } = await import('./temporal-engine.js');
  const window = stack.kind === 'own' ? windowPerSlot * slots : clusterWindow;
  return TemporalEngine.connect(stack, window, say).catch(async (error: unknown) => {
    await stack.stop();
    throw error;
  });
}
