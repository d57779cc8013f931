// Tested by ../splits/columns.unit.test.ts.
import { getDocument, type ObjectStore } from '@mipnet/object-store';
import type { Solver } from '@mipnet/solver';
import { statusOf } from '../problem/incumbent.js';
import type { LeafWork } from '../problem/leaf-work.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { getColumnData } from './column-data.js';
import type { Prices, PricingPartTask } from './columns-task.js';
import type { Family } from './family.js';
import { firesOn } from './neuron.js';
import { edgeOfSpread } from './pricing/edge.js';
import { priceNeurons } from './pricing/price-neurons.js';
import { pricePart } from './pricing/price-part.js';
import { gainsOf, targetOf } from './whole-duals.js';

/**
 * The neurons of one part of the family that improve the score of a class most; the objective is minus the largest
 * edge.
 */
export const pricingLeaf = (
  store: ObjectStore,
  solver: Solver,
  problem: TrainingProblem,
  task: PricingPartTask,
  stopped?: () => boolean,
): LeafWork => ({
  async recheck(incumbent) {
    const { priced } = incumbent;
    if (!priced) return undefined;
    const [{ rows }, prices] = await read(store, task);
    const gains = gainsOf(prices, rows, task.class);
    const isRight =
      priced.class === task.class &&
      priced.neurons.every(
        ({ neuron, edge }) =>
          edge === edgeOf(firesOn(neuron, rows), gains, task.family.activation) && edge <= priced.bound,
      );
    return isRight ? { incumbent } : undefined;
  },

  async solve() {
    const [{ rows }, prices] = await read(store, task);
    const { unit } = prices;
    const { family, part, most, effort } = task;
    const gains = gainsOf(prices, rows, task.class);
    const asked = { rows, gains, family, part, most, effort, target: targetOf(prices) };
    // A round of search is short: its bound is that of an enumeration that may stop early.
    const { work, ...found } =
      effort.search > 0
        ? priceNeurons(asked, { stopped })
        : await pricePart(solver, asked, { ...problem.limits, seed: problem.seed }, { stopped });
    const priced = { ...found, class: task.class };
    const objective = -(priced.neurons[0]?.edge ?? 0) * unit;
    const bound = -priced.bound * unit;
    const status = statusOf(objective, bound);
    const boundBy = priced.boundBy === 'trivial' ? null : priced.boundBy;
    const stage = { objective: 'pricing', value: objective, bound, status, start: 0, nodes: 0, work, boundBy };
    return { incumbent: { network: problem.network, objective, bound, status, stages: [stage], priced } };
  },
});

const read = (store: ObjectStore, { data, prices }: PricingPartTask) =>
  Promise.all([getColumnData(store, data), getDocument<Prices>(store, prices)]);

/** |sum_i gains_i h(i)|, from scratch. */
function edgeOf(fires: Uint8Array, gains: Float64Array, activation: Family['activation']): number {
  let on = 0;
  let all = 0;
  fires.forEach((fire, row) => {
    all += gains[row];
    if (fire) on += gains[row];
  });
  return edgeOfSpread(activation, Math.abs(2 * on - all), all);
}
