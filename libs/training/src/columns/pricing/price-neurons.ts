import { edgeOfSpread, spreadOfEdge } from './edge.js';
import { enumerateNeurons } from './enumerate-neurons.js';
import { gainRows } from './gain-rows.js';
import { NeuronPool } from './neuron-pool.js';
import type { PricingResult, PricingTask } from './pricing-task.js';
import { searchNeurons } from './search-neurons.js';

export interface PricingHooks {
  /** Called now and then; true ends search and proof with what they have so far. */
  stopped?(): boolean;
}

/**
 * The best neurons of a part of the family, and a proven bound on the edge of all of them: first a search, then an
 * enumeration that leaves out what cannot be better. Two calls give the same unless `stopped` ends one.
 */
export function priceNeurons(task: PricingTask, hooks: PricingHooks = {}): PricingResult {
  const { family, effort, target, most } = task;
  const stopped = (): boolean => hooks.stopped?.() ?? false;
  const rows = gainRows(task);
  const pool = new NeuronPool(rows, family.activation, most);
  const edgeOf = (spread: number): number => edgeOfSpread(family.activation, spread, rows.total);

  let work = searchNeurons(rows, pool, { weights: family.weights, effort: effort.search, stopped });
  if (effort.proof === 0) return { neurons: pool.chosen(most), bound: edgeOf(rows.mass), boundBy: 'trivial', work };

  const enumerated = enumerateNeurons(rows, pool, {
    weights: family.weights,
    target: spreadOfEdge(family.activation, target, rows.total),
    effort: effort.proof,
    stopped,
  });
  work += enumerated.work;
  const bound = edgeOf(enumerated.bound);
  return { neurons: pool.chosen(most), bound, boundBy: enumerated.bound < rows.mass ? 'enumeration' : 'trivial', work };
}
