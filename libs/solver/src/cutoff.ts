import type { SolveResult } from './solve.js';

/**
 * What a result means if the solver was told to look below a cutoff only. Solvers report this in their own ways, as
 * infeasible or as the optimality of some worse point, and their bound then speaks about the points below the cutoff
 * alone.
 */
export function withCutoff(result: SolveResult, cutoff: number | undefined): SolveResult {
  if (cutoff === undefined || result.status === 'unbounded') return result;
  const isWorse =
    result.status === 'optimal' && Math.min(result.objective ?? Infinity, result.bound ?? -Infinity) >= cutoff;
  if (isWorse || result.status === 'infeasible')
    return { ...result, status: 'cutoff', x: undefined, objective: null, bound: cutoff };
  return result.bound === null ? result : { ...result, bound: Math.min(result.bound, cutoff) };
}
