import type { Prices } from './columns-task.js';

/**
 * Duals as whole numbers that are feasible exactly: 0 <= u_i <= c_i, and the sums of both classes are equal. A solver's
 * duals are so only up to its tolerances, and with a free bias any difference between the classes would void a bound.
 * What is too much is taken from the largest duals of the heavier class.
 * @param duals u_i of each row
 * @param costs c_i of each row
 * @param labels 1 for y = +1, 0 for y = -1
 */
export function wholeDuals(duals: Float64Array, costs: Float64Array, labels: Int32Array): Prices {
  const unit = unitOf(costs);
  const gains = new Float64Array(duals.length);
  let excess = 0;
  for (let row = 0; row < duals.length; row++) {
    const whole = Math.max(0, Math.min(Math.round(duals[row] / unit), Math.floor(costs[row] / unit)));
    gains[row] = labels[row] === 1 ? whole : -whole || 0;
    excess += gains[row];
  }
  const heavier = Math.sign(excess);
  const order = Int32Array.from(gains.keys()).sort((a, b) => heavier * (gains[b] - gains[a]) || a - b);
  for (let at = 0; excess !== 0; at++) {
    const taken = Math.min(Math.abs(excess), Math.abs(gains[order[at]]));
    gains[order[at]] -= heavier * taken;
    excess -= heavier * taken;
  }
  return { gains, unit };
}

/** So small that rounding does not matter, so large that all sums stay below 2^51: a power of two. */
function unitOf(costs: Float64Array): number {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  return total === 0 ? 1 : 2 ** (Math.ceil(Math.log2(total)) - 51);
}

/** Whether duals from elsewhere are feasible: 0 <= u_i <= c_i, the sign that of the label, and balanced. */
export function areFeasible({ gains, unit }: Prices, costs: Float64Array, labels: Int32Array): boolean {
  const isIn = (gain: number, row: number): boolean =>
    Number.isInteger(gain) && Math.abs(gain) * unit <= costs[row] && (gain === 0 || gain > 0 === (labels[row] === 1));
  return gains.length === costs.length && gains.every(isIn) && gains.reduce((sum, gain) => sum + gain, 0) === 0;
}

/** sum_i u_i in units. */
const totalOf = ({ gains }: Prices): number => gains.reduce((sum, gain) => sum + Math.abs(gain), 0);

/**
 * Lower bound on the objective of the best network over the whole family: the duals, scaled down until no neuron
 * violates its constraint, are feasible. Source: Farley 1990.
 * @param largest no neuron's edge is larger, in units
 */
export function farleyBound(prices: Prices, largest: number): number {
  const scale = Math.max(1, largest * prices.unit * roundedUp);
  return (totalOf(prices) * prices.unit) / scale / roundedUp;
}

/** More than the rounding errors of the few operations on a bound. */
const roundedUp = 1 + 2 ** -48;

/** Edges up to this improve nothing, in units: one with a relative excess that the gap of a proof allows. */
export const targetOf = ({ unit }: Pick<Prices, 'unit'>): number => Math.floor((1 + edgeTolerance) / unit);

const edgeTolerance = 2e-7;
