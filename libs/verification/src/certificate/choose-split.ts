// Tested by certificate.unit.test.ts.
import type { Node, Part, Row, TreeWalk } from '@mipnet/checker';

/** Networks with at most this many inputs that move are divided by inputs. */
const fewInputs = 16;

/**
 * How to divide a part that no bound excludes: by the input that the bound of the nearest row depends on most, or, of
 * many inputs, by the unit whose lines weaken it most. Undefined if nothing is left to divide.
 */
export function chooseSplit(walk: TreeWalk, part: Part, rows: readonly Row[]): Node | undefined {
  const bounds = rows.map((_, row) => walk.boundOf(part, { row }));
  walk.boundOf(part, { row: bounds.indexOf(Math.max(...bounds)) });
  const { prover } = walk;
  const { lower, upper } = part.bounds;
  const moving = Array.from({ length: prover.graph.sizes[0] }, (_, i) => i).filter((i) => lower[i] < upper[i]);
  const weight = (i: number) => Math.abs(prover.coefficients[i]) * (upper[i] - lower[i]);
  const most = <Of>(all: readonly Of[], score: (one: Of) => number): Of | undefined =>
    all.reduce<Of | undefined>((best, one) => (best === undefined || score(one) > score(best) ? one : best), undefined);
  if (moving.length <= fewInputs) {
    const input = most(moving, weight);
    if (input === undefined) return undefined;
    const at = lower[input] + (upper[input] - lower[input]) / 2;
    return at > lower[input] && at < upper[input] ? { input, at } : undefined;
  }
  const undecided = [...walk.undecided(part)];
  const chosen = most(undecided, ({ position: p, output }) => {
    const wide = Math.min(-lower[p], upper[p]) > 0 ? (-lower[p] * upper[p]) / (upper[p] - lower[p]) : 0;
    return Math.abs(prover.coefficients[output]) * wide;
  });
  return chosen === undefined || !(lower[chosen.position] < 0 && upper[chosen.position] > 0)
    ? undefined
    : { unit: chosen.unit, at: 0 };
}
