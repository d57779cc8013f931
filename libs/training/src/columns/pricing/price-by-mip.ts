import type { Solver, SolveOptions, SolveResult } from '@mipnet/solver';
import { edgeOfSpread, spreadOfEdge } from './edge.js';
import { gainRows, type GainRows } from './gain-rows.js';
import { NeuronPool } from './neuron-pool.js';
import type { PricingHooks } from './price-neurons.js';
import { pricingModel, type PricingModel } from './pricing-model.js';
import type { PricingResult, PricingTask } from './pricing-task.js';
import { searchNeurons } from './search-neurons.js';

export type PricingLimits = Pick<SolveOptions, 'workLimit' | 'timeLimit' | 'seed'>;

/** How far a solver's numbers may be from exact ones, relative. */
const tolerance = 1e-6;

/**
 * As `priceNeurons`, with the proof by a solver: for families that are too large for an enumeration. `effort.proof` is
 * not used except that 0 leaves out the proof. The bound is the solver's, within its tolerances; without one, or with
 * one that a neuron contradicts, it is the trivial one.
 * @param limits of the MIP
 */
export async function priceByMip(
  solver: Solver,
  task: PricingTask,
  limits: PricingLimits,
  hooks: PricingHooks = {},
): Promise<PricingResult> {
  const { family, effort, most } = task;
  const stopped = (): boolean => hooks.stopped?.() ?? false;
  const rows = gainRows(task);
  const pool = new NeuronPool(rows, family.activation, most);
  const work = searchNeurons(rows, pool, { weights: family.weights, effort: effort.search, stopped });
  const edgeOf = (spread: number): number => edgeOfSpread(family.activation, spread, rows.total);

  let proven: number | null = null;
  if (rows.leads === 0 || family.weights === 0 || rows.count === 0) proven = 0;
  else if (effort.proof > 0 && !stopped()) {
    const target = spreadOfEdge(family.activation, task.target, rows.total);
    proven = await branchAndCut(solver, { rows, pool, weights: family.weights, target }, { ...limits, stopped });
  }
  const isProven = proven !== null && proven < rows.mass;
  return {
    neurons: pool.chosen(most),
    bound: edgeOf(isProven ? proven! : rows.mass),
    boundBy: isProven ? 'branch and cut' : 'trivial',
    work,
  };
}

interface Search {
  readonly rows: GainRows;
  readonly pool: NeuronPool;
  readonly weights: number;
  /** A spread of at most this is of no interest. */
  readonly target: number;
}

/** Offers the solver's neuron to the pool. @returns a bound on the spread, null if there is none */
async function branchAndCut(solver: Solver, search: Search, options: SolveOptions): Promise<number | null> {
  const { rows, pool, weights, target } = search;
  const model = pricingModel(rows, weights);
  const start = pool.best > target ? pool.bestSigned : null;
  const result = await solver.solve(model.model, {
    ...options,
    // What does not exceed the target need not be found.
    ...(start ? { start: model.toPoint(start.terms, start.after) } : { cutoff: -target / model.scale }),
  });
  if (!isConfirmed(model, search, result)) return null;
  if (result.status === 'cutoff') return Math.max(target, pool.best);
  if (result.bound === null) return null;
  const bound = -result.bound * model.scale;
  return bound < pool.best * (1 - tolerance) ? null : Math.max(pool.best, Math.ceil(bound * (1 + tolerance)));
}

/** Whether the solver's point is a neuron with the edge that it claims. */
function isConfirmed({ toTerms, scale }: PricingModel, { pool, weights }: Search, result: SolveResult): boolean {
  if (result.status === 'infeasible' || result.status === 'unbounded') return false;
  if (!result.x || result.objective === null) return true;
  const terms = toTerms(result.x);
  if (terms.columns.length === 0 || terms.columns.length > weights) return false;
  pool.offer(terms);
  return pool.spreadOf(terms) >= -result.objective * scale * (1 - tolerance);
}
