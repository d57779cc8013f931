import type { MaximumMap } from '@mipnet/network';
import type { Box } from './box.js';

/** Per output j of a maximum over windows: x_best[j] <= max_i x_i <= ceiling[j]. */
export interface MaximumLines {
  /** The input of the window with the largest lower bound. */
  readonly best: Int32Array;
  /**
   * Largest upper bound of the window; infinite where the best input beats all others, and the maximum is that input.
   */
  readonly ceiling: Float64Array;
}

/** Bounds of each maximum on a box of its inputs, for all that carries linear bounds through a max pool. */
export function maximumLines(map: MaximumMap, box: Box): MaximumLines {
  const best = new Int32Array(map.outputs);
  const ceiling = new Float64Array(map.outputs);
  for (let j = 0; j < map.outputs; j++) {
    const window = map.indices.subarray(map.starts[j], map.starts[j + 1]);
    best[j] = window.reduce((most, i) => (box.lower[i] > box.lower[most] ? i : most), window[0]);
    ceiling[j] = window.reduce((most, i) => Math.max(most, box.upper[i]), -Infinity);
    if (window.every((i) => i === best[j] || box.upper[i] <= box.lower[best[j]])) ceiling[j] = Infinity;
  }
  return { best, ceiling };
}
