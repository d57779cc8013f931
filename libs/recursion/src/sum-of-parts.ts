import { addCounts, noLeaves } from './leaf-counts.js';
import type { Solved } from './node.js';
import { solversOf } from './solvers-of.js';

/**
 * What the rounds before and the parts of this one cost, together: a node's own figures.
 * @param merging seconds of this merge
 */
export function sumOfParts(
  before: Solved | undefined,
  parts: readonly (Solved | undefined)[],
  merging: number,
): Pick<Solved, 'leaves' | 'seconds' | 'solvers'> {
  const all = [before, ...parts].filter((solved) => solved !== undefined);
  const inAll = (pick: (seconds: Solved['seconds']) => number): number =>
    all.reduce((sum, { seconds }) => sum + pick(seconds), 0);
  return {
    leaves: all.reduce((sum, { leaves }) => addCounts(sum, leaves), noLeaves),
    seconds: { solver: inAll(({ solver }) => solver), merge: inAll(({ merge }) => merge) + merging },
    ...solversOf(all),
  };
}
