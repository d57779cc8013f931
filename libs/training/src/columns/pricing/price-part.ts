// Tested by price-by-mip.unit.test.ts.
import type { Solver } from '@mipnet/solver';
import { enumerationWork } from './enumerate-neurons.js';
import { gainRows } from './gain-rows.js';
import { priceByMip, type PricingLimits } from './price-by-mip.js';
import { priceNeurons, type PricingHooks } from './price-neurons.js';
import type { PricingResult, PricingTask } from './pricing-task.js';

/**
 * Prices a part by enumeration if its estimated work fits into `effort.proof`, otherwise by branch and cut.
 * @param limits of the MIP
 */
export async function pricePart(
  solver: Solver,
  task: PricingTask,
  limits: PricingLimits,
  hooks: PricingHooks = {},
): Promise<PricingResult> {
  const isEnumerable = enumerationWork(gainRows(task), task.family.weights) <= task.effort.proof;
  return isEnumerable || task.effort.proof === 0 ? priceNeurons(task, hooks) : priceByMip(solver, task, limits, hooks);
}
