import { ModelBuilder, type Model } from '@mipnet/mip';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { solverConformance } from '../conformance/index.js';
import { highsVersion, loadHighsSolver } from './highs.js';
import { openSolver } from '../open-solver.js';

solverConformance('highs', () => openSolver('highs:'));

test('the name, which is known before HiGHS is loaded, has the version of the loaded one', async () => {
  expect((await openSolver()).name).toBe(`${(await loadHighsSolver()).name} (WASM)`);
  expect((await loadHighsSolver()).name).toBe(`HiGHS ${highsVersion}`);
});

const quarter = fc.integer({ min: -16, max: 16 }).map((n) => n / 4);
const column = fc.record({
  lower: quarter,
  width: fc.integer({ min: 0, max: 4 }),
  cost: quarter,
  integer: fc.boolean(),
});
const programs = fc.integer({ min: 1, max: 4 }).chain((columns) =>
  fc.record({
    columns: fc.array(column, { minLength: columns, maxLength: columns }),
    rows: fc.array(
      fc.record({
        values: fc.array(quarter, { minLength: columns, maxLength: columns }),
        lower: fc.oneof(
          quarter.map((side) => side - 4),
          fc.constant(-Infinity),
        ),
        upper: fc.oneof(
          quarter.map((side) => side + 4),
          fc.constant(Infinity),
        ),
      }),
      { maxLength: 3 },
    ),
  }),
);

describe('HiGHS on random MIPs with fractional bounds', () => {
  test('gives the same optimum with presolve and without', async () => {
    const solver = await loadHighsSolver();
    fc.assert(
      fc.property(programs, ({ columns, rows }) => {
        const builder = new ModelBuilder();
        for (const { lower, width, cost, integer } of columns) builder.column(lower, lower + width, { cost, integer });
        for (const { lower, upper, values } of rows)
          if (lower <= upper) builder.row(lower, { constant: 0, columns: [...values.keys()], values }, upper);
        const model: Model = builder.build();
        const [presolved, plain] = [true, false].map((presolve) => solver.solve(model, { presolve }));
        expect(presolved.status).toBe(plain.status);
        if (plain.objective !== null) expect(presolved.objective).toBeCloseTo(plain.objective, 5);
      }),
      { numRuns: 60 },
    );
  });
});
