import type { Model } from '@mipnet/mip';

/** Half a unit in the last place, relative: the largest error of one float64 operation. */
const roundOff = 2 ** -53;

/**
 * A lower bound on the minimum of a model's LP relaxation from ANY row multipliers y, valid for all tolerances of
 * the solver: every term is evaluated at the end of its range with the least value, and the rounding errors of the
 * whole sum are subtracted. With optimal duals it equals the LP value up to round-off. Null if a column that the bound
 * needs has no finite end. Source: Neumaier and Shcherbina 2004, safe bounds in linear and mixed-integer programming.
 */
export function certifiedLowerBound(model: Model, duals: Float64Array): number | null {
  const reduced = Float64Array.from(model.cost);
  const reducedError = new Float64Array(model.columnCount);
  let sum = model.offset;
  let error = Math.abs(model.offset) * roundOff;
  let terms = 1;
  for (let i = 0; i < model.rowCount; i++) {
    if (Number.isNaN(duals[i])) return null;
    const side = duals[i] > 0 ? model.rowLower[i] : model.rowUpper[i];
    // A multiplier of the wrong sign for a one-sided row is dropped: y = 0 is always allowed.
    if (duals[i] === 0 || !Number.isFinite(side)) continue;
    sum += duals[i] * side;
    error += Math.abs(duals[i] * side);
    terms++;
    for (let k = model.starts[i]; k < model.starts[i + 1]; k++) {
      const term = duals[i] * model.values[k];
      const j = model.indices[k];
      reduced[j] -= term;
      reducedError[j] += Math.abs(term) + Math.abs(reduced[j]);
    }
  }
  for (let j = 0; j < model.columnCount; j++) {
    const slack = 3 * roundOff * reducedError[j];
    const atLower = leastTerm(reduced[j] - slack, reduced[j] + slack, model.columnLower[j]);
    const atUpper = leastTerm(reduced[j] - slack, reduced[j] + slack, model.columnUpper[j]);
    const least = Math.min(atLower, atUpper);
    if (!Number.isFinite(least)) return null;
    sum += least;
    error += Math.abs(least);
    terms++;
  }
  const bound = sum - 3 * roundOff * (terms + 2) * error;
  // Multipliers that are no numbers, or so large that a product overflows, prove nothing.
  return Number.isFinite(bound) ? bound : null;
}

/** The least of d * end for d in [from, to]; 0 * infinity counts as 0. */
function leastTerm(from: number, to: number, end: number): number {
  if (from === 0 && to === 0) return 0;
  return Math.min(from * end, to * end);
}
