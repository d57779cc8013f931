import type { Network } from '@mipnet/network';
import { certifiedLowerBound, sessionsOf, type Solver } from '@mipnet/solver';
import type { StageModel } from '../model/stage-model.js';

export interface Relaxation {
  /** Lower bound of the MIP, from the duals of its LP relaxation in outward-rounded arithmetic. */
  readonly bound: number | null;
  /** The LP solution rounded inside the domain. */
  readonly rounded?: Network;
}

/** Non-zeros a row, on average, from which a model counts as dense. */
const denseRow = 100;

/**
 * Solves the LP relaxation: a certified bound, and a start by rounding.
 * @param floor what is known before: a loss is never negative
 * @param workLimit LP iterations; beyond it neither bound nor start
 */
export async function relax(
  solver: Solver,
  stageModel: StageModel,
  stopped: () => boolean,
  floor: number | null = null,
  workLimit?: number,
): Promise<Relaxation> {
  const { model } = stageModel;
  // Rows full of data leave presolve nothing to find, and it takes as long as the simplex method itself.
  const isDense = model.indices.length > denseRow * model.rowCount;
  // Bounds are rebuilt from duals, which not every solver has.
  const simplex = await sessionsOf(solver);
  const lp = simplex.solve(model, { relaxation: true, presolve: !isDense, stopped, workLimit });
  // Only an optimal LP is worth rounding: a point left by a limit looks like a solution and is none.
  if (lp.status !== 'optimal' || !lp.x) return { bound: floor };
  const certified = lp.duals ? certifiedLowerBound(model, lp.duals) : null;
  return {
    bound: certified === null ? floor : Math.max(certified, floor ?? -Infinity),
    rounded: stageModel.toNetwork(lp.x),
  };
}
