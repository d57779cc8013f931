import type { SolveResult } from './solve.js';

/**
 * The meaning of a result if the solver searched below a cutoff only. Solvers report this in different ways, as
 * infeasible or as the optimality of some worse point; their bound then holds only for the points below the cutoff.
 */
export function withCutoff(result: SolveResult, cutoff: number | undefined): SolveResult {
  if (cutoff === undefined || result.status === 'unbounded') return result;
  const isWorse =
    result.status === 'optimal' && Math.min(result.objective ?? Infinity, result.bound ?? -Infinity) >= cutoff;
  if (isWorse || result.status === 'infeasible')
    return { ...result, status: 'cutoff', x: undefined, objective: null, bound: cutoff };
  return result.bound === null ? result : { ...result, bound: Math.min(result.bound, cutoff) };
}
