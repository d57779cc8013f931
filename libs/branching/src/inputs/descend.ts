// Tested by branch-on-inputs.unit.test.ts.
import type { Box } from '@mipnet/bounds';

/** Halvings of the step. */
const rounds = 4;

/**
 * Pattern search in a box: moves one input at a time by a quarter of its width, then by less, wherever the value falls.
 * Fills `point`, which it begins at. @returns the value there
 */
export function descend(valueAt: (point: Float64Array) => number, { lower, upper }: Box, point: Float64Array): number {
  let value = valueAt(point);
  for (let round = 0, step = 0.25; round < rounds && value > 0; round++, step /= 2) {
    for (let i = 0; i < point.length && value > 0; i++) {
      const was = point[i];
      const width = upper[i] - lower[i];
      if (width === 0) continue;
      let best = was;
      for (const side of [1, -1]) {
        point[i] = Math.min(upper[i], Math.max(lower[i], was + side * step * width));
        const moved = point[i] === was ? Infinity : valueAt(point);
        if (moved < value) [value, best] = [moved, point[i]];
      }
      point[i] = best;
    }
  }
  return value;
}
