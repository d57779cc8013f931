// Tested by conformance.unit.test.ts.
import { magnitudes, roundOff, type Box } from '@mipnet/bounds';
import type { LinearExpression } from '@mipnet/mip';
import { growthOf, hasExactPieces, isStepwise, piecesOf, type LayerMap, type PiecewiseLinear } from '@mipnet/network';
import { unitsOf, type Signal, type Unit } from './signal.js';

/**
 * How far the float64 forward pass can be from the expression of each unit of a layer's output. A unit that became a
 * new column has none: the column is the forward pass's number, and the rows that define it carry the error. Sums that
 * are still expressions differ by the rounding of the pass and of the terms that the encoder has folded into their
 * constants.
 * @param box bounds on the input of the layer
 * @param before units of the input and their errors
 */
export function foldingErrors(
  map: LayerMap,
  box: Box,
  before: readonly Unit[],
  errors: Float64Array,
  after: Signal,
): Float64Array {
  if (map.kind === 'identity') return errors;
  if (map.kind === 'affine') {
    const size = magnitudes(box);
    return map.bias.map((bias, j) => {
      let sum = Math.abs(bias);
      let passedOn = 0;
      for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
        sum += Math.abs(map.values[e]) * size[map.indices[e]];
        passedOn += Math.abs(map.values[e]) * errors[map.indices[e]];
      }
      // Once for the pass, once for the encoder.
      return 2 * roundOff(map.starts[j + 1] - map.starts[j], sum) + passedOn * (1 + 2 ** -40);
    });
  }
  if (map.kind === 'elementwise' && map.layer.kind === 'activation')
    return activationErrors(piecesOf(map.layer), magnitudes(box), before, errors, unitsOf(after));
  // A maximum passes a unit on unchanged, and a quantize layer gives a constant or a new column: no value moves further
  // than an input's error.
  return Float64Array.from(unitsOf(after), ({ expression }, j) => {
    const inputs = map.kind === 'maximum' ? map.indices.subarray(map.starts[j], map.starts[j + 1]) : Int32Array.of(j);
    const isNew = expression.columns.length > 0 && !inputs.some((i) => before[i].expression === expression);
    return isNew ? 0 : inputs.reduce((most, i) => Math.max(most, errors[i]), 0);
  });
}

/** New columns are the forward pass's numbers; on a piece the error of the input grows with the slope. */
function activationErrors(
  f: PiecewiseLinear,
  size: Float64Array,
  before: readonly Unit[],
  errors: Float64Array,
  after: readonly Unit[],
): Float64Array {
  const { slope, offset } = growthOf(f);
  const isSum = !hasExactPieces(f) || (!isStepwise(f) && offset > 0);
  const reach = f.breaks.reduce((most, { at }) => Math.max(most, Math.abs(at)), 0);
  return Float64Array.from(after, ({ expression }, i) => {
    const rounding = isSum ? 2 * roundOff(2 * f.breaks.length + 2, 2 * (slope + 1) * (size[i] + reach) + offset) : 0;
    return (hasNewColumn(expression, before[i].expression) ? 0 : Math.max(1, slope) * errors[i]) + rounding;
  });
}

/** Whether an expression has a column that the other has not. */
function hasNewColumn(expression: LinearExpression, other: LinearExpression): boolean {
  if (expression === other) return false;
  for (let at = 0; at < expression.columns.length; at++) if (!has(other, expression.columns[at])) return true;
  return false;
}

function has({ columns }: LinearExpression, column: number): boolean {
  for (let at = 0; at < columns.length; at++) if (columns[at] === column) return true;
  return false;
}
