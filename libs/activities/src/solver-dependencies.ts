import type { ObjectStore } from '@mipnet/object-store';
import type { LeafSolver } from './leaf-solver.js';
import type { StoreGuard } from './store-guard.js';

/** What the activities of a solver worker need. */
export interface SolverDependencies {
  readonly leaves: LeafSolver;
  /** Where the results of a bundle wait for its end. */
  readonly store: ObjectStore;
  readonly guard: StoreGuard;
}
