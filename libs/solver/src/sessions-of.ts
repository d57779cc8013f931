import { loadHighsSolver } from './dialects/highs.js';
import type { SessionSolver } from './session.js';
import type { Solver } from './solver.js';

let loaded: Promise<SessionSolver> | undefined;

/**
 * What keeps LPs open and gives their duals, in this thread: the solver itself if it can, otherwise HiGHS in
 * WebAssembly, which is loaded once per thread. Relaxations, bounds and local search use it whatever solves the MIPs.
 */
export async function sessionsOf(solver: Solver): Promise<SessionSolver> {
  return solver.sessions ?? (await (loaded ??= loadHighsSolver()));
}
