// Tested by ../../../../apps/cli/src/e2e/verify.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { checkSolvers, defaultSolver, parseSolverUrl } from '@mipnet/solver';
import { LocalEngine } from './local-engine.js';

interface Choice {
  readonly store: ObjectStore;
  readonly slots: number;
  readonly solver?: string;
}

/** An engine in this process. @throws SolverError 'missing' */
export async function localEngine({ store, slots, solver }: Choice): Promise<LocalEngine> {
  return new LocalEngine(store, slots, { solvers: await solversHere(solver) });
}

/** What workers of this machine's own need besides the default solver, opened once. @throws SolverError 'missing' */
export async function solversHere(solver: string = defaultSolver): Promise<readonly string[]> {
  const { name, at } = parseSolverUrl(solver);
  if (name === defaultSolver && at === '') return [];
  await checkSolvers([solver]);
  return [solver];
}
