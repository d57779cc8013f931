import { ModelBuilder, columnTimes, combination, type Model } from '@mipnet/mip';
import { beforeAll, describe, expect, test } from 'vitest';
import { certifiedLowerBound } from './certified-bound.js';
import { loadHighsSolver } from './dialects/highs.js';
import { rowsFrom } from './rows.js';
import type { SessionSolver } from './session.js';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

/** minimise -x - 2y, x + y <= 5, 0 <= x, y <= 4 */
function small(): Model {
  const builder = new ModelBuilder();
  const x = builder.column(0, 4, { cost: -1 });
  const y = builder.column(0, 4, { cost: -2, integer: true });
  builder.rowOf(-Infinity, [columnTimes(x), columnTimes(y)], [1, 1], 5);
  return builder.build();
}

describe('session', () => {
  test('rows, costs and bounds change, and the model of the session changes with them', () => {
    const session = solver.open(small());
    expect(session.solve().objective).toBeCloseTo(-9, 9);
    session.addRows(rowsFrom([{ lower: -Infinity, upper: 2.5, indices: [1], values: [1] }]));
    const cut = session.solve();
    expect(cut.objective).toBeCloseTo(-7.5, 9); // y = 2.5: a session solves the relaxation
    expect(certifiedLowerBound(session.model, cut.duals!)).toBeCloseTo(-7.5, 9);
    session.setObjective({ constant: 10, columns: [0], values: [1] });
    session.setColumnBounds(0, 1, 2);
    expect(session.solve().objective).toBeCloseTo(11, 9);
    session.deleteRows([0]);
    session.setObjective(columnTimes(1, -1));
    expect(session.solve().objective).toBeCloseTo(-2.5, 9);
    expect(session.model.rowCount).toBe(1);
    session.setColumnBounds(1, 3, 4);
    expect(session.solve().status).toBe('infeasible');
    session.close();
  });

  test('agrees with one-shot solves over a series of objectives, in fewer iterations', () => {
    const builder = new ModelBuilder();
    const columns = Array.from({ length: 30 }, () => builder.column(-1, 1));
    const terms = columns.map((column) => columnTimes(column));
    const wave = (k: number) => Float64Array.from(columns, (_, i) => Math.sin(1 + i * k * 0.7 + k));
    for (let k = 1; k <= 25; k++) builder.row(-Infinity, combination(terms, wave(k)), 1);
    const model = builder.build();
    const session = solver.open(model);
    let warm = 0;
    let cold = 0;
    for (let k = 1; k <= 20; k++) {
      const expression = combination(
        terms,
        wave(40).map((value, i) => value + 0.05 * Math.sin(i * k)),
      );
      session.setObjective(expression);
      const inSession = session.solve();
      const cost = new Float64Array(model.columnCount);
      Array.from(expression.columns).forEach((column, i) => (cost[column] = expression.values[i]));
      const alone = solver.solve({ ...model, cost }, { relaxation: true });
      expect(inSession.objective).toBeCloseTo(alone.objective!, 7);
      warm += inSession.work;
      cold += alone.work;
    }
    expect(warm).toBeLessThan(cold);
    session.close();
  });

  test('a bound that crosses is refused by name', () => {
    const session = solver.open(small());
    expect(() => session.setColumnBounds(1, 2, 1)).toThrow(/column 1/);
    session.close();
  });
});
