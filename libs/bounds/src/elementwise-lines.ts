// Tested by float32-rounding.unit.test.ts.
import { piecesOf, type ElementwiseMap, type Quantize } from '@mipnet/network';
import type { Box } from './box.js';
import { quotientError } from './float32-rounding.js';
import { linesOf, type Lines, type LinesOn } from './piecewise-lines.js';
import { roundOff } from './round-off.js';

/** Lines around every unit of an elementwise layer, as in `Lines`; one entry per unit. */
export interface LayerLines {
  readonly lowerSlope: Float64Array;
  readonly lowerOffset: Float64Array;
  readonly upperSlope: Float64Array;
  readonly upperOffset: Float64Array;
}

/**
 * @param box of the inputs
 * @param errors the runtime's rounding error of each unit; of a quantize layer, before it rounds
 */
export function linesAround({ layer, outputs }: ElementwiseMap, box: Box, errors: Float64Array): LayerLines {
  const linesOn = linesOfLayer(layer);
  const found: LayerLines = {
    lowerSlope: new Float64Array(outputs),
    lowerOffset: new Float64Array(outputs),
    upperSlope: new Float64Array(outputs),
    upperOffset: new Float64Array(outputs),
  };
  const lines: Lines = { lowerSlope: 0, lowerOffset: 0, upperSlope: 0, upperOffset: 0 };
  for (let i = 0; i < outputs; i++) {
    linesOn(box.lower[i], box.upper[i], errors[i], lines);
    found.lowerSlope[i] = lines.lowerSlope;
    found.lowerOffset[i] = lines.lowerOffset;
    found.upperSlope[i] = lines.upperSlope;
    found.upperOffset[i] = lines.upperOffset;
  }
  return found;
}

/** The rule of `linesAround`, for one unit. */
export const linesOfLayer = (layer: ElementwiseMap['layer']): LinesOn =>
  layer.kind === 'quantize' ? quantizeLines(layer) : linesOf(piecesOf(layer));

/** x - 1/(2 levels) <= y <= x + 1/(2 levels) */
function quantizeLines(layer: Quantize): LinesOn {
  return (low, high, error, lines) => {
    const size = Math.max(Math.abs(low), Math.abs(high)) + 1 / layer.levels;
    const half = 0.5 / layer.levels + error + 2 * quotientError(layer) * size + roundOff(5, size + error);
    lines.lowerSlope = 1;
    lines.lowerOffset = -half;
    lines.upperSlope = 1;
    lines.upperOffset = half;
  };
}
