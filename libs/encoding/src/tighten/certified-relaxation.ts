import type { Model } from '@mipnet/mip';
import { certifiedLowerBound } from '@mipnet/solver';
import { roundOff } from '@mipnet/bounds';

/**
 * A lower bound on the objective over every float64 forward pass that the model represents, from the duals of its
 * relaxation. `certifiedLowerBound` holds exactly for the model's numbers; a forward pass keeps each row only up to the
 * rounding of its sum, which costs at most |dual| times that. Null if the duals prove nothing.
 * @param rowErrors rounding errors of the rows (`rounding.rows`)
 * @param objectiveError rounding error of the unit that is minimised
 */
export function certifiedOverForwardPasses(
  model: Model,
  duals: Float64Array,
  rowErrors: Float64Array,
  objectiveError: number,
): number | null {
  const bound = certifiedLowerBound(model, duals);
  if (bound === null) return null;
  const size = model.columnLower.map((lower, j) => Math.max(Math.abs(lower), Math.abs(model.columnUpper[j])));
  let slack = 0;
  for (let i = 0; i < model.rowCount; i++) {
    if (duals[i] === 0) continue;
    let sum = Math.abs(Number.isFinite(model.rowLower[i]) ? model.rowLower[i] : model.rowUpper[i]);
    for (let k = model.starts[i]; k < model.starts[i + 1]; k++)
      sum += Math.abs(model.values[k]) * size[model.indices[k]];
    slack += Math.abs(duals[i]) * (rowErrors[i] + roundOff(model.starts[i + 1] - model.starts[i], sum));
  }
  let objective = Math.abs(model.offset);
  let terms = 1;
  for (let j = 0; j < model.columnCount; j++) {
    if (model.cost[j] === 0) continue;
    objective += Math.abs(model.cost[j]) * size[j];
    terms++;
  }
  return bound - slack - objectiveError - roundOff(terms, objective + slack + Math.abs(bound));
}
