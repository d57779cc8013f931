// Tested by price-by-mip.unit.test.ts.
import { ModelBuilder, type LinearExpression, type Model } from '@mipnet/mip';
import type { GainRows } from './gain-rows.js';
import type { Terms } from './neuron-pool.js';

/**
 * The neuron with the largest sum of g_i (2 z_i - 1) as a MIP, where z_i says whether it fires on row i:
 *
 *     minimise  -sum_i g_i (2 z_i - 1) / scale
 *     c_j = p_j - q_j,  u_j <= p_j <= P u_j,  v_j <= q_j <= P v_j,  u_j + v_j <= 1     (p = u and q = v if P = 1)
 *     sum_j (u_j + v_j) <= k,  and at least 1 over the columns that may lead
 *     g_i > 0:  sum_j c_j d_ij - t >=  1/2 - M_i (1 - z_i)
 *     g_i < 0:  sum_j c_j d_ij - t <= -1/2 + M_i z_i
 *
 * One side per row is enough, because the objective pushes z_i to the other side. Scores are whole, so that a threshold
 * t half a unit away from all of them exists, and t may be real. With R_i = P * (sum of the k largest d_ij), a score is
 * from -R_i to R_i, t from -R - 1/2 to R + 1/2 with R the largest R_i, and M_i = R + R_i + 1.
 *
 * Cuts: a neuron that fires on i with g_i > 0 also fires on j with g_j < 0, unless it has a negative weight where j is
 * larger or a positive one where i is larger: z_i <= z_j + sum of v_l (d_jl > d_il) + sum of u_l (d_jl < d_il). Every
 * row gets those for a few heavy rows that differ from it in the fewest columns.
 */
export interface PricingModel {
  readonly model: Model;
  /** Spread = -objective * scale. */
  readonly scale: number;
  toTerms(x: Float64Array): Terms;
  /** @param after the neuron fires on the rows with a larger score */
  toPoint(terms: Terms, after: number): Float64Array;
}

/** Cuts per row. */
const nearest = 2;
/** Rows of each sign that the others are compared with for cuts: those with the largest gains. */
const compared = 50;

export function pricingModel(rows: GainRows, weights: number): PricingModel {
  const builder = new ModelBuilder();
  const scale = rows.gains.reduce((largest, gain) => Math.max(largest, Math.abs(gain)), 1);
  const differences = differencesOf(rows);
  const reach = reachOf(rows, differences, weights);
  const furthest = reach.reduce((most, each) => Math.max(most, each), 0);

  const threshold = builder.column(-furthest - 0.5, furthest + 0.5);
  const weightColumns = Array.from({ length: rows.columns.count }, () => addWeight(builder, rows.largest));
  const uses = (end: number): LinearExpression =>
    sumOf(weightColumns.slice(0, end).flatMap(({ positive, negative }) => [positive, negative]));
  builder.row(-Infinity, uses(rows.columns.count), weights);
  builder.row(1, uses(rows.leads), Infinity);

  const fires = Array.from(rows.gains, (gain) => builder.binary({ cost: (-2 * gain) / scale }));
  builder.addOffset(rows.total / scale);
  for (let i = 0; i < rows.count; i++) {
    const score: LinearExpression = scoreOf(weightColumns, differences, i, rows.count);
    const far = furthest + reach[i] + 1;
    const parts = [score, sumOf([threshold]), sumOf([fires[i]])];
    if (rows.gains[i] > 0) builder.rowOf(0.5 - far, parts, [1, -1, -far], Infinity);
    else builder.rowOf(-Infinity, parts, [1, -1, -far], -0.5);
  }
  addCuts(builder, rows, { weightColumns, differences, fires });

  return {
    model: builder.build(),
    scale,
    toTerms: (x) => {
      const coefficients = weightColumns.map(({ up, down }) => Math.round(x[up]) - Math.round(x[down]));
      const columns = coefficients.flatMap((coefficient, column) => (coefficient === 0 ? [] : [column]));
      return { columns, coefficients: columns.map((column) => coefficients[column]) };
    },
    toPoint: (terms, after) => {
      const x = new Float64Array(builder.columnCount);
      terms.columns.forEach((column, t) => {
        const { up, down, positive, negative } = weightColumns[column];
        const coefficient = terms.coefficients[t];
        x[coefficient > 0 ? positive : negative] = 1;
        x[coefficient > 0 ? up : down] = Math.abs(coefficient);
      });
      x[threshold] = Math.min(Math.max(after + 0.5, -furthest - 0.5), furthest + 0.5);
      for (let i = 0; i < rows.count; i++) {
        let score = 0;
        terms.columns.forEach((column, t) => {
          score += terms.coefficients[t] * differences[column * rows.count + i];
        });
        x[fires[i]] = score > after ? 1 : 0;
      }
      return x;
    },
  };
}

/** Columns of the MIP for one weight: its positive and its negative part, and whether each is there. */
interface WeightColumns {
  readonly up: number;
  readonly down: number;
  readonly positive: number;
  readonly negative: number;
}

function addWeight(builder: ModelBuilder, largest: number): WeightColumns {
  const [positive, negative] = [builder.binary(), builder.binary()];
  builder.row(-Infinity, sumOf([positive, negative]), 1);
  if (largest === 1) return { up: positive, down: negative, positive, negative };
  const part = (isThere: number): number => {
    const size = builder.column(0, largest, { integer: true });
    builder.rowOf(0, [sumOf([size]), sumOf([isThere])], [1, -1], Infinity);
    builder.rowOf(-Infinity, [sumOf([size]), sumOf([isThere])], [1, -largest], 0);
    return size;
  };
  return { up: part(positive), down: part(negative), positive, negative };
}

const sumOf = (columns: readonly number[]): LinearExpression => ({
  constant: 0,
  columns,
  values: columns.map(() => 1),
});

function scoreOf(
  weightColumns: readonly WeightColumns[],
  differences: Int32Array,
  row: number,
  count: number,
): LinearExpression {
  const columns: number[] = [];
  const values: number[] = [];
  weightColumns.forEach(({ up, down }, j) => {
    const difference = differences[j * count + row];
    if (difference === 0) return;
    columns.push(up, down);
    values.push(difference, -difference);
  });
  return { constant: 0, columns, values };
}

/** Columns x rows, column after column. */
function differencesOf({ count, columns }: GainRows): Int32Array {
  if (columns.differences) return columns.differences;
  const { rowStarts, rows } = columns.ones!;
  const differences = new Int32Array(columns.count * count);
  for (let j = 0; j < columns.count; j++)
    for (let e = rowStarts[j]; e < rowStarts[j + 1]; e++) differences[j * count + rows[e]] = 1;
  return differences;
}

/** How far so many weights can move the score of each row. */
function reachOf({ count, columns, largest }: GainRows, differences: Int32Array, weights: number): number[] {
  return Array.from({ length: count }, (_, row) => {
    const own = Int32Array.from({ length: columns.count }, (_, j) => differences[j * count + row]).sort();
    return largest * own.subarray(Math.max(0, own.length - weights)).reduce((sum, difference) => sum + difference, 0);
  });
}

interface CutColumns {
  readonly weightColumns: readonly WeightColumns[];
  readonly differences: Int32Array;
  readonly fires: readonly number[];
}

function addCuts(builder: ModelBuilder, { count, gains, columns }: GainRows, at: CutColumns): void {
  const { weightColumns, differences, fires } = at;
  const differing = (i: number, j: number): number => {
    let differ = 0;
    for (let start = 0; start < columns.count * count; start += count)
      if (differences[start + i] !== differences[start + j]) differ++;
    return differ;
  };
  const heaviest = Array.from(gains, (_, row) => row).sort((a, b) => Math.abs(gains[b]) - Math.abs(gains[a]) || a - b);
  const positive = heaviest.filter((row) => gains[row] > 0).slice(0, compared);
  const negative = heaviest.filter((row) => gains[row] < 0).slice(0, compared);
  const done = new Set<number>();
  for (let row = 0; row < count; row++) {
    const near = (gains[row] > 0 ? negative : positive)
      .map((other) => ({ other, differ: differing(row, other) }))
      .sort((a, b) => a.differ - b.differ || a.other - b.other)
      .slice(0, nearest);
    for (const { other } of near) {
      const [i, j] = gains[row] > 0 ? [row, other] : [other, row];
      if (done.has(i * count + j)) continue;
      done.add(i * count + j);
      const excuses = weightColumns.flatMap((weight, l) => {
        const change = differences[l * count + j] - differences[l * count + i];
        return change === 0 ? [] : [change > 0 ? weight.negative : weight.positive];
      });
      builder.rowOf(-Infinity, [sumOf([fires[i]]), sumOf([fires[j], ...excuses])], [1, -1], 0);
    }
  }
}
