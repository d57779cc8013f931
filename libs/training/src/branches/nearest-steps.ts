// Tested by search-boxes.unit.test.ts.
import type { Step } from './anneal-neuron.js';
import type { NeuronModel } from './neuron-model.js';
import type { Shrunken } from './shrink-model.js';

/**
 * Which steps of a neuron annealing may change: the `count` whose columns have the least reduced costs in the
 * relaxation. Of the others, those that the relaxation takes are fixed.
 */
export function nearestSteps(
  { kept, point, reduced }: Shrunken,
  model: NeuronModel,
  count: number,
): { readonly moving: readonly Step[]; readonly fixed: readonly Step[] } {
  const stepsAt = (columns: readonly number[]): Step[] => columns.flatMap((column) => model.stepOf(column) ?? []);
  const order = [...kept]
    .filter((column) => model.stepOf(column) !== undefined)
    .sort((a, b) => Math.abs(reduced[a]) - Math.abs(reduced[b]) || a - b);
  const moving = order.slice(0, count);
  const isMoving = new Set(moving);
  const taken = [...point.keys()].filter((column) => !isMoving.has(column) && point[column] > 0.5);
  return { moving: stepsAt(moving), fixed: stepsAt(taken) };
}
