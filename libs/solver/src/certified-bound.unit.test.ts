import { ModelBuilder, objectiveOf, type Model } from '@mipnet/mip';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { certifiedLowerBound } from './certified-bound.js';
import { loadHighsSolver } from './dialects/highs.js';
import type { SyncSolver } from './solve.js';

let solver: SyncSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

const number = fc.integer({ min: -90, max: 90 }).map((n) => n / 7);

/** Random small LPs over boxes; every row keeps the point drawn, so that they are feasible. */
const programs = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 5 })).chain(([columns, rows]) =>
  fc.record({
    box: fc.array(fc.tuple(number, fc.double({ min: 0, max: 9, noNaN: true })), {
      minLength: columns,
      maxLength: columns,
    }),
    cost: fc.array(number, { minLength: columns, maxLength: columns }),
    matrix: fc.array(fc.array(number, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    }),
    slack: fc.array(fc.tuple(fc.constantFrom(0, 1, Infinity), fc.constantFrom(0, 0.3, Infinity)), {
      minLength: rows,
      maxLength: rows,
    }),
    multipliers: fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: rows, maxLength: rows }),
    offset: number,
  }),
);

function modelOf({
  box,
  cost,
  matrix,
  slack,
  offset,
}: {
  box: [number, number][];
  cost: number[];
  matrix: number[][];
  slack: [number, number][];
  offset: number;
}): Model {
  const builder = new ModelBuilder();
  box.forEach(([lower, width], j) => builder.column(lower, lower + width, { cost: cost[j] }));
  matrix.forEach((row, i) => {
    const activity = row.reduce((sum, value, j) => sum + value * (box[j][0] + box[j][1] / 3), 0);
    builder.row(activity - slack[i][0], { constant: 0, columns: [...row.keys()], values: row }, activity + slack[i][1]);
  });
  builder.addOffset(offset);
  return builder.build();
}

describe('certifiedLowerBound', () => {
  test('is below the optimum for any multipliers whatever', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const model = modelOf(program);
        const { status, objective } = solver.solve(model, { relaxation: true });
        expect(status).toBe('optimal');
        const scale = 1e-6 * Math.max(1, Math.abs(objective!));
        expect(certifiedLowerBound(model, Float64Array.from(program.multipliers))).toBeLessThanOrEqual(
          objective! + scale,
        );
        expect(certifiedLowerBound(model, new Float64Array(model.rowCount))).toBeLessThanOrEqual(objective! + scale);
      }),
      { numRuns: 80 },
    );
  });

  test('is below the objective at every feasible point, not only up to a tolerance', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const model = modelOf({ ...program, slack: program.slack.map((): [number, number] => [1, 1]) });
        const x = Float64Array.from(program.box, ([lower, width]) => lower + width / 3);
        const { duals } = solver.solve(model, { relaxation: true });
        expect(certifiedLowerBound(model, duals!)).toBeLessThanOrEqual(
          objectiveOf(model, x) + 1e-12 * Math.abs(objectiveOf(model, x)),
        );
      }),
      { numRuns: 50 },
    );
  });

  test('equals the value of the LP for its duals', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const model = modelOf(program);
        const { objective, duals } = solver.solve(model, { relaxation: true });
        expect(Math.abs(certifiedLowerBound(model, duals!)! - objective!)).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(objective!)),
        );
      }),
      { numRuns: 80 },
    );
  });

  describe('null if nothing is proven', () => {
    const open = (lower: number, upper: number, cost: number): Model => {
      const builder = new ModelBuilder();
      const x = builder.column(lower, upper, { cost });
      builder.row(2, { constant: 0, columns: [x], values: [1] }, Infinity);
      return builder.build();
    };

    test.each([
      ['a needed bound is infinite', open(0, Infinity, -1), [0]],
      ['both bounds are infinite', open(-Infinity, Infinity, 1), [0.5]],
      ['a multiplier is no number', open(0, 1, 1), [NaN]],
      ['a multiplier is infinite', open(0, 1, 1), [Infinity]],
      ['products overflow', open(0, 1e300, 1), [1e300]],
    ])('%s', (_, model, duals) => expect(certifiedLowerBound(model, Float64Array.from(duals))).toBeNull());

    test('an infinite bound that is not needed does no harm, nor does a multiplier on the open side of a row', () => {
      expect(certifiedLowerBound(open(0, Infinity, 1), Float64Array.of(0.5))).toBeCloseTo(1, 12);
      // At y = 1 the reduced cost is 0 up to round-off, and that much of an infinite range is not bounded.
      expect(certifiedLowerBound(open(0, Infinity, 1), Float64Array.of(1))).toBeNull();
      expect(certifiedLowerBound(open(0, 9, 1), Float64Array.of(-5))).toBeCloseTo(0, 12);
    });
  });
});
