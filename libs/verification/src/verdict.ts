import type { VerdictCounts } from '@mipnet/recursion';
import type { Effort } from './effort.js';
import type { Witness } from './witness.js';

/**
 * robust: no input of the region is unsafe in the ONNX runtime, proven. adversarial: a witness, replayed in it.
 * misclassified: the centre of the region is already unsafe. unresolved: neither proof nor witness within the limits.
 */
export type VerdictName = 'robust' | 'adversarial' | 'misclassified' | 'unresolved';

/** The step that decided the query. */
export type SettledBy = 'empty region' | 'forward pass' | 'attack' | 'bounds' | 'branching' | 'mip';

/**
 * The answer to a query. Both of its numbers refer to one minimum: over the region, of minus the unsafe value for the
 * goal `any` (above zero: robust), and over the unsafe inputs, of the distance from the centre for `closest`.
 */
export interface Verdict {
  readonly verdict: VerdictName;
  readonly by: SettledBy | null;
  /** Certified lower bound on that minimum; null if none is known. */
  readonly bound: number | null;
  /** Its value at the best point that was replayed: an upper bound; null without a point. */
  readonly best: number | null;
  /** best - bound; null when either is missing. */
  readonly gap: number | null;
  readonly witness?: Witness;
  /**
   * Why it is unresolved, or why the nearest witness is not proven to be the nearest, if that is not a limit; or that
   * float64 finds the witness safe. One sentence.
   */
  readonly reason?: string;
  readonly seconds: number;
  /** Where the time went, and what the bounds left open. */
  readonly effort?: Effort;
}

/** The part of a verdict's reason about a witness that only rounding makes one. */
export const disagreement = 'the witness is unsafe in the ONNX runtime; float64 arithmetic finds it safe';

/** The nearest witness counts as the nearest if a bound proves it up to this fraction of its distance. */
export const nearestTolerance = 1e-4;

/** best - bound, never below 0. */
export const differenceOf = (best: number | null, bound: number | null): number | null =>
  best === null || bound === null ? null : Math.max(0, best - bound);

export function countVerdicts(verdicts: readonly Pick<Verdict, 'verdict'>[]): VerdictCounts {
  const counts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };
  for (const { verdict } of verdicts) counts[verdict]++;
  return counts;
}
