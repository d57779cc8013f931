import type { SessionSolver } from './session.js';
import type { Solver } from './solver.js';

let loaded: Promise<SessionSolver> | undefined;

/** Loads HiGHS (WASM, one thread) into this thread. */
export const loadHighsSolver = async (): Promise<SessionSolver> =>
  (await import('./dialects/highs.js')).loadHighsSolver();

/**
 * What keeps LPs open and gives their duals, in this thread: the solver itself if it can, otherwise HiGHS in
 * WebAssembly, which is loaded once per thread. Relaxations, bounds and local search use it whatever solves the MIPs.
 */
export async function sessionsOf(solver: Solver): Promise<SessionSolver> {
  return solver.sessions?.() ?? (loaded ??= loadHighsSolver());
}
