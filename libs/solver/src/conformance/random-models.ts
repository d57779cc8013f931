import { ModelBuilder, type Model } from '@mipnet/mip';

/** A model, and its optimum by enumeration; null if no point is feasible. */
export interface Enumerated {
  readonly model: Model;
  readonly optimum: number | null;
}

/**
 * Small models with two or three integer columns and one real column: for each assignment of the integers, the rows
 * leave an interval for the real one, and its cost picks an end. The same models in every run.
 */
export function enumeratedModels(count: number): readonly Enumerated[] {
  let state = 20_240_207;
  /** Each of 0..most, by the multiplicative generator of Park and Miller. */
  const next = (most: number): number => {
    state = (48271 * state) % 2147483647;
    return state % (most + 1);
  };
  const quarter = (): number => (next(32) - 16) / 4;
  return Array.from({ length: count }, () => {
    const builder = new ModelBuilder();
    const integers = 2 + next(1);
    for (let j = 0; j < integers; j++) {
      const lower = next(6) - 4;
      builder.column(lower, lower + 1 + next(3), { cost: quarter(), integer: true });
    }
    builder.column(-1 - next(2), 1 + next(3), { cost: quarter() });
    const columns = Array.from({ length: integers + 1 }, (_, j) => j);
    for (let row = 0, rows = next(3); row < rows; row++) {
      const values = columns.map(() => (next(2) === 0 ? 0 : quarter()));
      const side = quarter();
      const kind = next(3);
      builder.row(
        kind === 0 ? -Infinity : side - 3,
        { constant: 0, columns, values },
        kind === 1 ? Infinity : side + 3,
      );
    }
    builder.addOffset(quarter());
    const model = builder.build();
    return { model, optimum: enumerate(model) };
  });
}

function enumerate(model: Model): number | null {
  const last = model.columnCount - 1;
  const x = new Float64Array(model.columnCount);
  let best = Infinity;
  const visit = (column: number): void => {
    if (column === last) {
      best = Math.min(best, bestReal(model, x));
      return;
    }
    for (let value = model.columnLower[column]; value <= model.columnUpper[column]; value++) {
      x[column] = value;
      visit(column + 1);
    }
  };
  visit(0);
  return best === Infinity ? null : best;
}

/** The least objective over the last column, the others being given; Infinity if the rows leave it no value. */
function bestReal(model: Model, x: Float64Array): number {
  const last = model.columnCount - 1;
  let lower = model.columnLower[last];
  let upper = model.columnUpper[last];
  for (let i = 0; i < model.rowCount; i++) {
    let fixed = 0;
    let own = 0;
    for (let k = model.starts[i]; k < model.starts[i + 1]; k++) {
      if (model.indices[k] === last) own = model.values[k];
      else fixed += model.values[k] * x[model.indices[k]];
    }
    if (own === 0) {
      if (fixed < model.rowLower[i] || fixed > model.rowUpper[i]) return Infinity;
      continue;
    }
    const ends = [(model.rowLower[i] - fixed) / own, (model.rowUpper[i] - fixed) / own];
    lower = Math.max(lower, Math.min(...ends));
    upper = Math.min(upper, Math.max(...ends));
  }
  if (lower > upper) return Infinity;
  let objective = model.offset + model.cost[last] * (model.cost[last] > 0 ? lower : upper);
  for (let j = 0; j < last; j++) objective += model.cost[j] * x[j];
  return objective;
}
