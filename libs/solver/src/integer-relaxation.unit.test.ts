import fc from 'fast-check';
import { ModelBuilder, objectiveOf, violationOf, type Model } from '@mipnet/mip';
import { describe, expect, test } from 'vitest';
import { integerRelaxation } from './integer-relaxation.js';

const number = fc.double({ noNaN: true, min: -50, max: 50 }).map((x) => (Math.abs(x) < 1e-3 ? 0 : x));
const column = fc.record({
  integer: fc.boolean(),
  lower: fc.integer({ min: -5, max: 5 }),
  width: fc.integer({ min: 0, max: 8 }),
  cost: number,
  at: fc.double({ noNaN: true, min: 0, max: 1 }),
});
/** A model with a point in it: the rows go around the point, or through it. */
const models = fc.array(column, { minLength: 1, maxLength: 5 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    offset: number,
    rows: fc.array(
      fc.record({
        values: fc.array(number, { minLength: columns.length, maxLength: columns.length }),
        below: fc.constantFrom(0, 0.25, Infinity),
        above: fc.constantFrom(0, 1 / 3, Infinity),
      }),
      { maxLength: 4 },
    ),
  }),
);

type Given = typeof models extends fc.Arbitrary<infer T> ? T : never;

function build({ columns, rows, offset }: Given): {
  readonly model: Model;
  readonly x: Float64Array;
} {
  const builder = new ModelBuilder();
  const x = Float64Array.from(columns, ({ integer, lower, width, at }) =>
    integer ? lower + Math.round(at * width) : lower + at * width,
  );
  for (const { integer, lower, width, cost } of columns) builder.column(lower, lower + width, { integer, cost });
  for (const { values, below, above } of rows) {
    const activity = values.reduce((sum, value, j) => sum + value * x[j], 0);
    builder.row(activity - below, { constant: 0, columns: [...values.keys()], values }, activity + above);
  }
  builder.addOffset(offset);
  return { model: builder.build(), x };
}

describe('integerRelaxation', () => {
  test('a feasible point is feasible on the grid, where its objective is larger by the slack at most', () => {
    fc.assert(
      fc.property(models, (given) => {
        const { model, x } = build(given);
        const { model: whole, fromPoint, objective, slack } = integerRelaxation(model, 'test');
        const y = fromPoint(x);
        expect(violationOf(whole, y)).toBe(0);
        const value = objective.factor * objectiveOf(whole, y) + objective.constant;
        expect(value - slack).toBeLessThanOrEqual(objectiveOf(model, x) + 1e-9);
        expect(slack).toBeLessThan(1e-6);
      }),
      { numRuns: 500 },
    );
  });

  test('a point of the grid breaks the given rows by less than the tolerance', () => {
    fc.assert(
      fc.property(models, (given) => {
        const { model, x } = build(given);
        const { model: whole, fromPoint, toPoint } = integerRelaxation(model, 'test');
        const y = fromPoint(x);
        // Neighbours on the grid, as far as they are feasible there.
        for (let j = 0; j < y.length; j++)
          for (const move of [-1, 0, 1]) {
            const near = y.map((value, k) => (k === j ? value + move : value));
            if (violationOf(whole, near) === 0) expect(violationOf(model, toPoint(near))).toBeLessThan(1e-6);
          }
      }),
      { numRuns: 500 },
    );
  });

  test('is in whole numbers, and keeps a model in whole numbers as it is', () => {
    const builder = new ModelBuilder();
    builder.column(0, 3, { integer: true, cost: -2 });
    builder.column(0, 1, { integer: true, cost: 5 });
    builder.row(1, { constant: 0, columns: [0, 1], values: [1, -3] }, 4);
    const given = builder.build();
    const { model, slack, objective } = integerRelaxation(given, 'test');
    expect(model).toEqual(given);
    expect({ slack, objective }).toEqual({ slack: 0, objective: { factor: 1, constant: 0 } });
    fc.assert(
      fc.property(models, (random) => {
        const { model: whole } = integerRelaxation(build(random).model, 'test');
        for (const list of [whole.values, whole.cost, whole.columnUpper, whole.rowLower, whole.rowUpper])
          for (const value of list) expect(Number.isInteger(value) || Math.abs(value) === Infinity).toBe(true);
      }),
    );
  });

  test.each([
    [
      { lower: -Infinity, upper: 1, value: 1 },
      /column 0 reaches from -Infinity to 1, and the solver 'test' needs finite bounds/,
    ],
    [{ lower: 0, upper: 1e15, value: 0.1 }, /row 0 has numbers that do not fit into the 64 bits/],
  ])('refuses what does not fit: %j', ({ lower, upper, value }, message) => {
    const builder = new ModelBuilder();
    builder.column(lower, upper);
    builder.row(0, { constant: 0, columns: [0], values: [value] }, 1);
    expect(() => integerRelaxation(builder.build(), 'test')).toThrow(message);
  });
});
