// Tested by branch-on-inputs.unit.test.ts.
import { addTo, roundOff, type Remainder } from '@mipnet/bounds';

/** Lines around the units of a step that is not affine, and what the units of one that is depend on. */
export interface StepLines {
  readonly lowerSlope: Float64Array;
  readonly lowerOffset: Float64Array;
  readonly upperSlope: Float64Array;
  readonly upperOffset: Float64Array;
  readonly best: Int32Array;
  readonly ceiling: Float64Array;
  /** outputs x inputs: how much the two bounds of a unit change with an input. */
  readonly reach: Float64Array;
}

export const linesFor = (outputs: number, inputs: number): StepLines => ({
  lowerSlope: new Float64Array(outputs),
  lowerOffset: new Float64Array(outputs),
  upperSlope: new Float64Array(outputs),
  upperOffset: new Float64Array(outputs),
  best: new Int32Array(outputs),
  ceiling: new Float64Array(outputs),
  reach: new Float64Array(outputs * inputs),
});

/** Coefficients on what an elementwise step gives -> on what it reads. */
export function throughLines(
  { lowerSlope, lowerOffset, upperSlope, upperOffset }: StepLines,
  size: Float64Array,
  from: Float64Array,
  to: Float64Array,
  remainder: Remainder,
): void {
  const outputs = from.length;
  let constant = 0;
  let sizes = 0;
  for (let i = 0; i < outputs; i++) {
    const a = from[i];
    if (a === 0) {
      to[i] = 0;
      continue;
    }
    const offset = a * (a > 0 ? lowerOffset[i] : upperOffset[i]);
    const next = a * (a > 0 ? lowerSlope[i] : upperSlope[i]);
    to[i] = next;
    constant += offset;
    sizes += Math.abs(offset) + Math.abs(next) * size[i];
  }
  addTo(remainder, constant, roundOff(outputs, sizes));
}

/** The same through a maximum. */
export function throughMaximum(
  { best, ceiling }: StepLines,
  size: Float64Array,
  from: Float64Array,
  to: Float64Array,
  remainder: Remainder,
): void {
  const outputs = from.length;
  let constant = 0;
  let sizes = 0;
  to.fill(0);
  for (let j = 0; j < outputs; j++) {
    const a = from[j];
    if (a === 0) continue;
    const isBest = a > 0 || ceiling[j] === Infinity;
    if (isBest) to[best[j]] += a;
    else constant += a * ceiling[j];
    sizes += Math.abs(a) * Math.max(size[best[j]], isBest ? 0 : Math.abs(ceiling[j]));
  }
  addTo(remainder, constant, roundOff(outputs, sizes));
}
