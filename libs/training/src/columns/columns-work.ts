import type { ObjectStore } from '@mipnet/object-store';
import type { Solver } from '@mipnet/solver';
import type { LeafWork } from '../problem/leaf-work.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { ColumnsTask } from './columns-task.js';
import { masterLeaf } from './master-leaf.js';
import { pricingLeaf } from './pricing-leaf.js';

/** A leaf of the split `columns`. */
export const columnsWork = (
  store: ObjectStore,
  solver: Solver,
  problem: TrainingProblem & { readonly columns: ColumnsTask },
  stopped?: () => boolean,
): LeafWork =>
  problem.columns.kind === 'master'
    ? masterLeaf(store, solver, problem, problem.columns)
    : pricingLeaf(store, solver, problem, problem.columns, stopped);
