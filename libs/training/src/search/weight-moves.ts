import { weightBound } from '@mipnet/network';
import type { FreeLayer } from '../problem/training-problem.js';
import type { Precision } from '../model/precision.js';

/** The single changes of a free layer that a local search tries. */
export interface LayerMoves {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly weightSteps: readonly number[];
  readonly biasSteps: readonly number[];
}

export function layerMoves(free: FreeLayer, precision: Precision, size: number): LayerMoves {
  const bound = weightBound(free.domain);
  const ends = (given: Float64Array | undefined, end: number): Float64Array =>
    Float64Array.from({ length: size }, (_, k) =>
      given ? (end < 0 ? Math.max(given[k], end) : Math.min(given[k], end)) : end,
    );
  const lower = ends(free.lower, -bound);
  const upper = ends(free.upper, bound);
  const widest = upper.reduce((most, end, k) => Math.max(most, end - lower[k]), 0);
  return { lower, upper, weightSteps: weightSteps(free, widest), biasSteps: free.bias ? biasSteps(precision) : [] };
}

const bothWays = (steps: readonly number[]): number[] => steps.flatMap((step) => [-step, step]);

function weightSteps({ domain }: FreeLayer, widest: number): number[] {
  if (domain === 'binary') return [-2, 2];
  if (domain === 'real') return bothWays([1 / 8, 1 / 32, 1 / 128].map((share) => share * widest));
  return bothWays(widest > 8 ? [1, Math.round(widest / 8)] : [1]);
}

/** From one grid step on, each four times as far as the one before; without a grid, fractions of 1. */
function biasSteps({ grid, biasStep, halfGrid }: Precision): number[] {
  const unit = biasStep ?? halfGrid ?? (grid === null ? 1 / 256 : grid);
  return bothWays(
    [1, 4, 16, 64, 256, 1024].map((factor) => factor * unit).filter((step) => step === unit || step <= 16),
  );
}
