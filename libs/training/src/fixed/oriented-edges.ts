import type { FilterShape, FixedFilters } from './fixed-filters.js';

/** Taps nearer to the edge's own line have weight 0; in pixels. */
const halfLine = 0.5;
/** Far above the error of a cosine, far below the distance of any other tap: the same filter on every machine. */
const tolerance = 1e-9;

/**
 * Ternary filters for edges in equally spaced directions: filter o of n is 1 on the side of the angle 2 pi o / n, -1 on
 * the opposite side, and 0 nearer than half a pixel to the line between them. Its weights add up to 0, so that an even
 * surface gives 0. A filter and the one in the opposite direction differ in sign; a relu behind them keeps both. With 8
 * filters of side 3 these are the compass filters of Prewitt. Every channel has the same weights: an edge is one of the
 * sum of the channels.
 */
export const orientedEdges: FixedFilters = {
  about: 'edges in equally spaced directions',
  weights({ filters, channels, kernel }) {
    if (kernel < 2)
      throw new RangeError(`an edge needs a filter of at least 2 x 2 pixels, and this one has ${kernel} x ${kernel}`);
    const side = kernel * kernel;
    const weights = new Float64Array(filters * channels * side);
    for (let filter = 0; filter < filters; filter++) {
      const edge = edgeAt((2 * Math.PI * filter) / filters, kernel);
      for (let channel = 0; channel < channels; channel++) weights.set(edge, (filter * channels + channel) * side);
    }
    return weights;
  },
};

function edgeAt(angle: number, kernel: FilterShape['kernel']): Float64Array {
  const middle = (kernel - 1) / 2;
  return Float64Array.from({ length: kernel * kernel }, (_, tap) => {
    const across = (tap % kernel) - middle;
    const down = Math.floor(tap / kernel) - middle;
    const distance = across * Math.cos(angle) + down * Math.sin(angle);
    return Math.abs(distance) < halfLine - tolerance ? 0 : Math.sign(distance);
  });
}
