// Tested by certificate.unit.test.ts.
import type { Node, Part, TreeWalk } from '@mipnet/checker';
import { undecidedUnits } from './undecided-units.js';

/** Networks with at most this many inputs that move are divided by inputs. */
const fewInputs = 16;

/** For each row: the leaf that excludes it alone. */
export const leavesOf = ({ rows }: TreeWalk): Node[] =>
  rows.map((_, row) => ({ rows: rows.map((_, other) => Number(other === row)) }));

/**
 * How to divide a part that no bound excludes: by the input that the bound of the nearest row depends on most, or, of
 * many inputs, by the unit whose lines weaken it most. Undefined if nothing is left to divide.
 */
export function chooseSplit(walk: TreeWalk, part: Part): Node | undefined {
  const leaves = leavesOf(walk);
  const bounds = leaves.map((leaf) => walk.boundOf(part, leaf));
  walk.boundOf(part, leaves[bounds.indexOf(Math.max(...bounds))]);
  const { network, coefficients } = walk.prover;
  const { lower, upper } = part.bounds;
  const moving = Array.from({ length: network.inputs }, (_, i) => i).filter((i) => lower[1 + i] < upper[1 + i]);
  const weight = (i: number) => Math.abs(coefficients[1 + i]) * (upper[1 + i] - lower[1 + i]);
  const most = <Of>(all: readonly Of[], score: (one: Of) => number): Of | undefined =>
    all.reduce<Of | undefined>((best, one) => (best === undefined || score(one) > score(best) ? one : best), undefined);
  if (moving.length <= fewInputs) {
    const input = most(moving, weight);
    if (input === undefined) return undefined;
    const [low, high] = [lower[1 + input], upper[1 + input]];
    const at = low + (high - low) / 2;
    return at > low && at < high ? { input, at } : undefined;
  }
  const chosen = most(undecidedUnits(network, part.bounds), ({ source: p, number }) => {
    const wide = Math.min(-lower[p], upper[p]) > 0 ? (-lower[p] * upper[p]) / (upper[p] - lower[p]) : 0;
    return Math.abs(coefficients[number]) * wide;
  });
  return chosen === undefined || !(lower[chosen.source] < 0 && upper[chosen.source] > 0)
    ? undefined
    : { unit: chosen.unit, at: 0 };
}
