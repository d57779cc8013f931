import { weightBound } from '@mipnet/network';
import type { Family } from '../family.js';
import type { FamilyPart } from './pricing-task.js';

/**
 * Weight vectors of the family on so many inputs, a neuron and its opposite counted once and thresholds not counted:
 * sum over r = 1..k of C(inputs, r) (2P)^r / 2. A rounded number, perhaps Infinity.
 */
export function familySize(inputs: number, family: Family): number {
  let size = 0;
  for (let first = 0; first < inputs; first++) size += ledBy(first, inputs, family);
  return size;
}

/** Of these, the ones whose first input it is. */
function ledBy(first: number, inputs: number, { weights, domain }: Family): number {
  const largest = weightBound(domain);
  const later = inputs - first - 1;
  let size = 0;
  let choices = largest;
  for (let more = 0; more < weights && more <= later; more++) {
    size += choices;
    choices *= ((later - more) / (more + 1)) * 2 * largest;
  }
  return size;
}

/**
 * Parts of the family, contiguous ranges of the first input that cover all inputs or those of `range`, with about
 * equally many neurons. An input is not divided, so there may be fewer parts than asked for.
 */
export function partsOfFamily(
  inputs: number,
  family: Family,
  count: number,
  range: FamilyPart = { from: 0, to: inputs },
): FamilyPart[] {
  const sizes = Array.from({ length: range.to - range.from }, (_, at) => ledBy(range.from + at, inputs, family));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const parts: FamilyPart[] = [];
  let [from, size] = [range.from, 0];
  for (let input = range.from; input < range.to; input++) {
    size += sizes[input - range.from];
    const isFull = size >= (total * (parts.length + 1)) / count;
    if (!isFull && input + 1 < range.to) continue;
    parts.push({ from, to: input + 1 });
    from = input + 1;
  }
  return parts;
}
