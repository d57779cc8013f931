import { describe, expect, test } from 'vitest';
import type { Family } from '../family.js';
import { familySize, partsOfFamily } from './parts-of-family.js';

const family = (weights: number, domain: Family['domain']): Family => ({ weights, domain, activation: 'sign' });

/** All weight vectors with 1 to k weights that are not zero, whose first one has an input in the range. */
function countBetween(inputs: number, { weights }: Family, largest: number, [from, to]: [number, number]): number {
  let count = 0;
  const visit = (next: number, used: number): void => {
    if (used > 0) count++;
    if (used === weights) return;
    for (let input = next; input < (used === 0 ? to : inputs); input++)
      for (let weight = 0; weight < 2 * largest; weight++) visit(input + 1, used + 1);
  };
  visit(from, 0);
  return count;
}

describe('familySize', () => {
  test('counts a weight vector and its opposite once', () => {
    for (const [largest, domain] of [
      [1, 'ternary'],
      [1, 'binary'],
      [2, 'integer(2)'],
    ] as const)
      for (const weights of [0, 1, 2, 3, 6])
        expect(familySize(5, family(weights, domain))).toBe(
          countBetween(5, family(weights, domain), largest, [0, 5]) / 2,
        );
  });
});

describe('partsOfFamily', () => {
  test('parts are ranges one after the other, of all inputs', () => {
    for (const count of [1, 2, 3, 7, 40]) {
      const parts = partsOfFamily(20, family(3, 'ternary'), count);
      expect(parts.length).toBeLessThanOrEqual(count);
      expect(parts[0].from).toBe(0);
      expect(parts.at(-1)!.to).toBe(20);
      parts.forEach(({ from, to }, p) => {
        expect(to).toBeGreaterThan(from);
        if (p > 0) expect(from).toBe(parts[p - 1].to);
      });
    }
  });

  test('parts hold about equally many neurons, as far as whole inputs allow it', () => {
    const given = family(3, 'ternary');
    const sizes = partsOfFamily(40, given, 4).map(({ from, to }) => countBetween(40, given, 1, [from, to]));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const first = countBetween(40, given, 1, [0, 1]);
    expect(sizes).toHaveLength(4);
    for (const size of sizes) expect(Math.abs(size - total / 4)).toBeLessThanOrEqual(first);
  });

  test('no inputs, no parts', () => {
    expect(partsOfFamily(0, family(3, 'ternary'), 4)).toEqual([]);
  });
});
