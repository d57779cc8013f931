import { describe, expect, test } from 'vitest';
import { fixedFilters, fixedNames } from './registry.js';

describe.each(fixedNames)('fixed filters %s', (name) => {
  const { weights, about } = fixedFilters[name];

  test.each([
    { filters: 1, channels: 1, kernel: 3 },
    { filters: 8, channels: 1, kernel: 5 },
    { filters: 12, channels: 3, kernel: 7 },
    { filters: 4, channels: 2, kernel: 2 },
  ])('are ternary, as many as asked, and the same each time: $filters x $channels x $kernel', (shape) => {
    const made = weights(shape);
    expect(made).toHaveLength(shape.filters * shape.channels * shape.kernel ** 2);
    expect(made.every((weight) => [-1, 0, 1].includes(weight))).toBe(true);
    expect(weights(shape)).toEqual(made);
    const size = shape.channels * shape.kernel ** 2;
    const filters = Array.from({ length: shape.filters }, (_, f) => made.slice(f * size, (f + 1) * size));
    for (const filter of filters) expect(filter.some((weight) => weight !== 0)).toBe(true);
    expect(new Set(filters.map(String)).size).toBe(shape.filters);
  });

  test('say what they are', () => expect(about).toMatch(/\w/));
});

test('edges: Prewitt for side 3; even surfaces give 0; opposite directions differ in sign', () => {
  const { weights } = fixedFilters['oriented-edges'];
  const eight = weights({ filters: 8, channels: 1, kernel: 3 });
  expect([...eight.subarray(0, 9)]).toEqual([-1, 0, 1, -1, 0, 1, -1, 0, 1]);
  expect([...eight.subarray(9, 18)]).toEqual([-1, -1, 0, -1, 0, 1, 0, 1, 1]);
  for (const kernel of [2, 3, 4, 5, 7, 9]) {
    const size = kernel ** 2;
    const made = weights({ filters: 12, channels: 1, kernel });
    for (let f = 0; f < 12; f++) {
      const filter = made.subarray(f * size, (f + 1) * size);
      const opposite = made.subarray(((f + 6) % 12) * size, (((f + 6) % 12) + 1) * size);
      expect(filter.reduce((sum, weight) => sum + weight, 0)).toBe(0);
      expect([...filter].every((weight, tap) => weight + opposite[tap] === 0)).toBe(true);
    }
  }
  expect(() => weights({ filters: 4, channels: 1, kernel: 1 })).toThrow('at least 2 x 2 pixels');
});
