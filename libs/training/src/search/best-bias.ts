import { halfGrid } from '@mipnet/encoding';

/**
 * The bias b that minimises sum_k weight_k max(0, rho - y_k (t_k + b)) exactly: the sum is convex and piecewise linear
 * in b with breakpoints y_k rho - t_k, so the slope changes its sign at the minimum. If the minimum is an interval, its
 * middle is taken (the largest margin to either side), on the half grid if there is one.
 * @param t scores without bias;
 * @param labels 1 is y = +1, 0 is y = -1
 */
export function bestBias(
  t: Float64Array,
  labels: Int32Array,
  weights: Float64Array,
  rho: number,
  grid: number | null,
): number {
  const breaks = Float64Array.from(t, (score, k) => (labels[k] === 1 ? rho : -rho) - score);
  const order = Int32Array.from(breaks.keys()).sort((a, b) => breaks[a] - breaks[b] || a - b);
  let slope = 0;
  for (let k = 0; k < labels.length; k++) if (labels[k] === 1) slope -= weights[k];
  const tolerance = 1e-12 * weights.reduce((sum, weight) => sum + weight, 0);
  let from = order.length > 0 ? breaks[order[0]] : 0;
  let to = from;
  for (let position = 0; position < order.length; position++) {
    slope += weights[order[position]];
    if (slope < -tolerance) continue;
    from = breaks[order[position]];
    to = slope <= tolerance && position + 1 < order.length ? breaks[order[position + 1]] : from;
    break;
  }
  const middle = (from + to) / 2;
  return grid === null ? middle : halfGrid(middle, grid);
}
