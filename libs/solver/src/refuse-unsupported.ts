import type { Capabilities } from './solver.js';
import { SolverError, type SolveOptions } from './solve.js';

/** @throws SolverError 'unsupported' for an option that a solver of these capabilities cannot follow */
export function refuseUnsupported(solver: string, capabilities: Capabilities, options: SolveOptions): void {
  if (options.workLimit !== undefined && capabilities.work === null)
    throw new SolverError(
      'unsupported',
      `the solver '${solver}' has no limit that stops at the same point in every run: use timeLimit ` +
        'instead of workLimit, or the solver highs',
    );
  if (options.relaxation && !capabilities.relaxation)
    throw new SolverError(
      'unsupported',
      `the solver '${solver}' solves no LP relaxations: use the solver highs for them`,
    );
}
