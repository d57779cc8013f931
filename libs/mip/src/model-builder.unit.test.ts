import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnTimes, type LinearExpression } from './linear-expression.js';
import { ModelBuilder } from './model-builder.js';
import { modelSize, objectiveOf, violationOf, type Model } from './model.js';

const number = fc.integer({ min: -9, max: 9 });
const end = fc.oneof(number, fc.constant(Infinity));
const range = fc
  .tuple(end, end)
  .map(([a, b]): [number, number] => (a === Infinity ? [-Infinity, b] : [Math.min(a, b), Math.max(a, b)]));

interface Written {
  readonly columns: { readonly bounds: [number, number]; readonly cost: number; readonly integer: boolean }[];
  readonly rows: {
    readonly bounds: [number, number];
    readonly parts: { readonly factor: number; readonly constant: number; readonly terms: [number, number][] }[];
  }[];
  readonly objective: [number, number][];
  readonly x: number[];
}

const written: fc.Arbitrary<Written> = fc.integer({ min: 1, max: 70 }).chain((count) => {
  const terms = fc.array(fc.tuple(fc.integer({ min: 0, max: count - 1 }), number), { maxLength: 6 });
  return fc.record({
    columns: fc.array(fc.record({ bounds: range, cost: number, integer: fc.boolean() }), {
      minLength: count,
      maxLength: count,
    }),
    rows: fc.array(
      fc.record({
        bounds: range,
        parts: fc.array(fc.record({ factor: number, constant: number, terms }), { maxLength: 3 }),
      }),
      { maxLength: 70 },
    ),
    objective: terms,
    x: fc.array(
      fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
      { minLength: count, maxLength: count },
    ),
  });
});

const expressionOf = (terms: [number, number][], constant = 0): LinearExpression => ({
  constant,
  columns: terms.map(([column]) => column),
  values: terms.map(([, value]) => value),
});

function built({ columns, rows, objective }: Written): Model {
  const builder = new ModelBuilder();
  columns.forEach(({ bounds: [lower, upper], cost, integer }, j) =>
    expect(builder.column(lower, upper, { cost, integer })).toBe(j),
  );
  rows.forEach(({ bounds: [lower, upper], parts }, i) =>
    expect(
      builder.rowOf(
        lower,
        parts.map(({ terms, constant }) => expressionOf(terms, constant)),
        parts.map(({ factor }) => factor),
        upper,
      ),
    ).toBe(i),
  );
  builder.addObjective(expressionOf(objective, 3), 2);
  builder.addOffset(1);
  return builder.build();
}

const dot = (terms: [number, number][], x: readonly number[]): number =>
  terms.reduce((sum, [column, value]) => sum + value * x[column], 0);

describe('ModelBuilder', () => {
  test('the model says what was written: objective, violation and sizes by dense arithmetic', () => {
    fc.assert(
      fc.property(written, (input) => {
        const model = built(input);
        const { columns, rows, objective, x } = input;
        expect(objectiveOf(model, Float64Array.from(x))).toBeCloseTo(
          columns.reduce((sum, { cost }, j) => sum + cost * x[j], 0) + 2 * dot(objective, x) + 7,
          9,
        );
        const breaks = [
          ...columns.flatMap(({ bounds: [lower, upper], integer }, j) => [
            lower - x[j],
            x[j] - upper,
            integer ? Math.abs(x[j] - Math.round(x[j])) : 0,
          ]),
          ...rows.flatMap(({ bounds: [lower, upper], parts }) => {
            const activity = parts.reduce(
              (sum, { factor, constant, terms }) => sum + factor * (constant + dot(terms, x)),
              0,
            );
            return [lower - activity, activity - upper];
          }),
        ];
        expect(violationOf(model, Float64Array.from(x))).toBeCloseTo(Math.max(0, ...breaks), 9);
        expect(modelSize(model)).toMatchObject({
          columns: columns.length,
          rows: rows.length,
          integers: columns.filter(({ integer }) => integer).length,
        });
      }),
    );
  });

  test('no row names a column twice, whatever its expressions do', () => {
    fc.assert(
      fc.property(written, (input) => {
        const { rowCount, starts, indices, values } = built(input);
        expect(starts[rowCount]).toBe(indices.length);
        expect(values.length).toBe(indices.length);
        for (let i = 0; i < rowCount; i++) {
          const row = indices.subarray(starts[i], starts[i + 1]);
          expect(new Set(row).size).toBe(row.length);
        }
      }),
    );
  });

  test('building copies: what is added later is in the next model only', () => {
    const builder = new ModelBuilder();
    const x = builder.binary();
    const before = builder.build();
    builder.addCost(x, 5);
    builder.row(0, columnTimes(x), 1);
    expect([before.cost[0], before.rowCount, builder.build().cost[0], builder.build().rowCount]).toEqual([0, 0, 5, 1]);
    expect(builder.bounds(x)).toEqual([0, 1]);
  });

  test.each([
    ['crossed bounds', (builder: ModelBuilder) => builder.column(2, 1), /column 1: lower bound 2/],
    ['a bound that is no number', (builder: ModelBuilder) => builder.column(NaN, 1), /column 1/],
    [
      'an infinite coefficient',
      (builder: ModelBuilder) => builder.row(0, columnTimes(0, Infinity), 1),
      /coefficient of column 0 is Infinity/,
    ],
    ['a column that is not there', (builder: ModelBuilder) => builder.row(0, columnTimes(7), 1), /no column 7 among 1/],
    ['a row bound that is no number', (builder: ModelBuilder) => builder.row(NaN, columnTimes(0), 1), /row 0/],
    [
      'an infinite constant against an infinite bound',
      (builder: ModelBuilder) => builder.row(-Infinity, columnTimes(0, 1, -Infinity), 1),
      /row 0/,
    ],
    [
      'a cost that is no number',
      (builder: ModelBuilder) => {
        builder.addCost(0, NaN);
        builder.build();
      },
      /column 0: its cost/,
    ],
    [
      'an infinite objective',
      (builder: ModelBuilder) => {
        builder.addOffset(Infinity);
        builder.build();
      },
      /objective/,
    ],
  ])('refuses %s', (_, use, message) => {
    const builder = new ModelBuilder();
    builder.binary();
    expect(() => use(builder)).toThrow(message);
  });

  test('a point that is no number is never feasible', () => {
    const builder = new ModelBuilder();
    builder.row(-Infinity, columnTimes(builder.column(-Infinity, Infinity)), Infinity);
    expect(violationOf(builder.build(), Float64Array.of(NaN)) <= 1e9).toBe(false);
  });
});
