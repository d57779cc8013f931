import { highsCapabilities, type AsyncSolver, type Solver } from '@mipnet/solver';

/** A solver that answers by a function, and declares what HiGHS can do. */
export const fakeSolver = (name: string, solve: Solver['solve']): AsyncSolver => ({
  name,
  capabilities: highsCapabilities,
  solve: async (model, options) => solve(model, options),
  close: async () => undefined,
});
