import { seededRandom } from '@mipnet/dataset';
import type { Family } from '../../family.js';
import type { PricingTask } from '../pricing-task.js';

export interface SmallCase {
  readonly seed: number;
  readonly family: Family;
  /** Values of an input: 0 up to one less. */
  readonly values: number;
}

/** A pricing problem that brute force can solve: about 13 rows, 4 or 5 inputs. With an odd seed the gains balance. */
export function smallTask({ seed, family, values }: SmallCase): PricingTask {
  const random = seededRandom(seed);
  const count = 6 + random.integer(14);
  const inputs = 4 + random.integer(2);
  const rows = { count, inputs, values: Uint8Array.from({ length: count * inputs }, () => random.integer(values)) };
  const gains = Float64Array.from({ length: count }, () => random.integer(21) - 10);
  if (seed % 2) gains[0] -= gains.reduce((sum, gain) => sum + gain, 0);
  const effort = { search: 1e6, proof: 1e12 };
  return { rows, gains, family, part: { from: 0, to: inputs }, most: 5, target: 0, effort };
}
