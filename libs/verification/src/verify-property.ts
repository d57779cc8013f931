import type { Network } from '@mipnet/network';
import { addEfforts } from './effort.js';
import { differenceOf, type Verdict } from './verdict.js';
import { verifyQuery, type Steps } from './verify-query.js';
import { vnnlibQueries, type VnnlibProperty } from './vnnlib/property.js';
import type { OnnxRuntime } from './onnx-runtime.js';

/**
 * One verdict on a VNN-LIB property: `robust` if it holds, `adversarial` if one of its queries has a witness, which
 * ends the other queries. A property whose cases all contradict themselves holds for every network. Throws as
 * `verifyQuery`.
 */
export async function verifyProperty(
  network: Network,
  runtime: OnnxRuntime,
  property: VnnlibProperty,
  steps: Steps,
): Promise<Verdict> {
  let all: Verdict = { verdict: 'robust', by: 'empty region', bound: null, best: null, gap: null, seconds: 0 };
  for (const [index, query] of vnnlibQueries(property).entries()) {
    const one = await verifyQuery(network, runtime, query, steps);
    all = index === 0 ? one : joined(all, one);
    if (one.verdict === 'adversarial')
      return { ...one, bound: all.bound, gap: all.gap, seconds: all.seconds, effort: all.effort };
  }
  return all;
}

/** The verdict on two regions together: robust only if both are, and the minimum is the smaller of the two. */
export function joined(one: Verdict, other: Verdict): Verdict {
  const bound = one.bound === null || other.bound === null ? null : Math.min(one.bound, other.bound);
  const best = one.best === null || other.best === null ? (one.best ?? other.best) : Math.min(one.best, other.best);
  // The weaker verdict counts for both; of two equal verdicts, the one that is nearer to the minimum.
  const order = ['misclassified', 'adversarial', 'unresolved', 'robust'] as const;
  const rank = (verdict: Verdict): number => order.indexOf(verdict.verdict);
  const speaks = rank(one) - rank(other) || (one.best ?? Infinity) - (other.best ?? Infinity);
  const decisive = speaks <= 0 ? one : other;
  return {
    ...decisive,
    bound,
    best,
    gap: differenceOf(best, bound),
    seconds: one.seconds + other.seconds,
    effort: addEfforts(one.effort, other.effort),
  };
}
