import type { Solver, SyncSolver } from '@mipnet/solver';
import { highsCapabilities } from '@mipnet/solver/capabilities';

/** A solver that answers by a function, and declares what HiGHS can do. */
export function fakeSolver(name: string, solve: SyncSolver['solve']): Solver {
  const open = (): never => {
    throw new Error(`${name} keeps no model open`);
  };
  return {
    name,
    capabilities: highsCapabilities,
    sessions: async () => ({ name, solve, open }),
    solve: async (model, options) => solve(model, options),
    close: async () => undefined,
  };
}
