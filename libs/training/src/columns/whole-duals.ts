import { unbalancedFlow } from './balanced-flow.js';
import type { ColumnRows } from './column-rows.js';
import type { Prices } from './columns-task.js';
import { classOfRival, rivalOf } from './rivals.js';

type Labels = Pick<ColumnRows, 'labels' | 'classes'>;

/**
 * Duals as whole numbers that are feasible exactly: u_ic >= 0, sum_c u_ic <= c_i, and every class balances. With u_ic
 * as a flow from the class of row i to its rival c, each class sends as much as it receives. A solver's duals are so
 * only up to its tolerances, and as biases are free, any difference would void a bound. What is too much between two
 * classes is taken from the largest duals between them.
 * @param duals u_ic, per row and rival
 * @param costs c_i of each row
 */
export function wholeDuals(duals: Float64Array, costs: Float64Array, { labels, classes }: Labels): Prices {
  const unit = unitOf(costs);
  const whole = new Float64Array(duals.length);
  const rivals = classes - 1;
  const flow = new Float64Array(classes * classes);
  for (let row = 0, at = 0; row < labels.length; row++) {
    let left = Math.floor(costs[row] / unit);
    for (let rival = 0; rival < rivals; rival++, at++) {
      whole[at] = Math.max(0, Math.min(Math.round(duals[at] / unit), left));
      left -= whole[at];
      flow[labels[row] * classes + classOfRival(labels[row], rival)] += whole[at];
    }
  }
  unbalancedFlow(flow, classes).forEach((amount, between) => {
    if (amount > 0) takeLargest(whole, placesOf(between, { labels, classes }), amount);
  });
  return { duals: whole, unit };
}

/** Where the duals between two classes stand. */
function placesOf(between: number, { labels, classes }: Labels): number[] {
  const [label, other] = [Math.floor(between / classes), between % classes];
  const places: number[] = [];
  labels.forEach((own, row) => {
    if (own === label) places.push(row * (classes - 1) + rivalOf(label, other));
  });
  return places;
}

function takeLargest(whole: Float64Array, places: number[], amount: number): void {
  places.sort((a, b) => whole[b] - whole[a] || a - b);
  for (let next = 0; amount > 0; next++) {
    const taken = Math.min(amount, whole[places[next]]);
    whole[places[next]] -= taken;
    amount -= taken;
  }
}

/** So small that rounding does not matter, so large that all sums stay below 2^51: a power of two. */
function unitOf(costs: Float64Array): number {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  return total === 0 ? 1 : 2 ** (Math.ceil(Math.log2(total)) - 51);
}

/** Whether duals from elsewhere are feasible, exactly. */
export function areFeasible({ duals, unit }: Prices, costs: Float64Array, { labels, classes }: Labels): boolean {
  const rivals = classes - 1;
  if (duals.length !== labels.length * rivals) return false;
  const sent = new Float64Array(classes);
  for (let row = 0, at = 0; row < labels.length; row++) {
    let sum = 0;
    for (let rival = 0; rival < rivals; rival++, at++) {
      if (!Number.isInteger(duals[at]) || duals[at] < 0) return false;
      sum += duals[at];
      sent[classOfRival(labels[row], rival)] -= duals[at];
    }
    if (sum * unit > costs[row]) return false;
    sent[labels[row]] += sum;
  }
  return sent.every((amount) => amount === 0);
}

/**
 * What a neuron of a class gains per row that it fires on: g_i = sum over rivals c of u_ic ([class = y_i] - [class =
 * c]), in units. With two classes it is u_i y_i.
 */
export function gainsOf({ duals }: Prices, { labels, classes }: Labels, of: number): Float64Array {
  const rivals = classes - 1;
  return Float64Array.from(labels, (label, row) => {
    if (label !== of) return -duals[row * rivals + rivalOf(label, of)];
    let sum = 0;
    for (let at = row * rivals; at < (row + 1) * rivals; at++) sum += duals[at];
    return sum;
  });
}

/** The sum of all duals in units. */
const totalOf = ({ duals }: Prices): number => duals.reduce((sum, dual) => sum + dual, 0);

/**
 * Lower bound on the objective of the best network over the whole family: the duals, scaled down until no neuron
 * violates its constraint, are feasible. Source: Farley 1990.
 * @param largest no neuron's edge is larger, in units, whatever its class
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
