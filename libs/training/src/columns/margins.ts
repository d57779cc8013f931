// Tested by master.unit.test.ts.
import type { ColumnRows } from './column-rows.js';
import { classOfRival } from './rivals.js';

/**
 * s_y - s_c of every row and rival.
 * @param scores classes x count, class by class
 */
export function marginsOf(
  scores: Float64Array,
  { count, labels, classes }: Pick<ColumnRows, 'count' | 'labels' | 'classes'>,
): Float64Array {
  const margins = new Float64Array(count * (classes - 1));
  for (let row = 0, at = 0; row < count; row++) {
    const own = scores[labels[row] * count + row];
    for (let rival = 0; rival < classes - 1; rival++, at++)
      margins[at] = own - scores[classOfRival(labels[row], rival) * count + row];
  }
  return margins;
}

/** sum_i c_i max(0, 1 - smallest margin of row i). @param margins per row and rival */
export function lossOf(margins: Float64Array, costs: Float64Array): number {
  const rivals = margins.length / Math.max(1, costs.length);
  let loss = 0;
  for (let row = 0; row < costs.length; row++) {
    let worst = 0;
    for (let at = row * rivals; at < (row + 1) * rivals; at++) worst = Math.max(worst, 1 - margins[at]);
    loss += costs[row] * worst;
  }
  return loss;
}
