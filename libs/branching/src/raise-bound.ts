import type { FormBound, UnitChoices } from './form-bound.js';

export interface RaiseOptions {
  /** Most passes. */
  readonly passes: number;
  /** Stop as soon as the bound is above this. @default never */
  readonly target?: number;
  /** Step of slopes in the first pass, and of multipliers in units of the form's typical coefficient. @default 0.2 */
  readonly pace?: number;
  /** Asked at every pass; true ends the ascent with the best result so far. */
  readonly stopped?: () => boolean;
}

/** Decay of the step from pass to pass, and of the two running means of Adam. */
const decay = 0.97;
const [first, second] = [0.8, 0.95];

/**
 * Raises a form's bound by projected gradient ascent on slopes and multipliers (Adam), in place; keeps the best ones.
 * The returned bound is always certified; the ascent only affects how tight it is.
 */
export function raiseBound(
  form: FormBound,
  choices: UnitChoices,
  { passes, target = Infinity, pace = 0.2, stopped }: RaiseOptions,
): number {
  const count = choices.side.length;
  const { side, slope, multiplier } = choices;
  form.beginClimb();
  let best = form.evaluate(choices);
  if ((count === 0 && !form.climbs) || best > target || passes <= 1) return best;
  const scale = typicalCoefficient(form, count);
  const bestSlope = slope.slice();
  const bestMultiplier = multiplier.slice();
  const gradient = new Float64Array(count);
  const mean = new Float64Array(count);
  const square = new Float64Array(count);
  let step = pace;
  for (let pass = 1; pass < passes && !stopped?.(); pass++) {
    if (count > 0) form.gradient(choices, gradient);
    form.climb();
    const [firstWeight, secondWeight] = [1 - first ** pass, 1 - second ** pass];
    for (let unit = 0; unit < count; unit++) {
      const g = gradient[unit];
      mean[unit] = first * mean[unit] + (1 - first) * g;
      square[unit] = second * square[unit] + (1 - second) * g * g;
      if (square[unit] === 0) continue;
      const move = (step * (mean[unit] / firstWeight)) / (Math.sqrt(square[unit] / secondWeight) + 1e-12);
      if (side[unit] === 0) slope[unit] = Math.min(1, Math.max(0, slope[unit] + move));
      else multiplier[unit] = Math.max(0, multiplier[unit] + scale * form.steepnessOf(unit) * move);
    }
    step *= decay;
    const bound = form.evaluate(choices);
    if (bound <= best) continue;
    best = bound;
    bestSlope.set(slope);
    bestMultiplier.set(multiplier);
    if (best > target) break;
  }
  slope.set(bestSlope);
  multiplier.set(bestMultiplier);
  return best;
}

function typicalCoefficient(form: FormBound, count: number): number {
  let sum = 0;
  let used = 0;
  for (let unit = 0; unit < count; unit++) {
    const a = Math.abs(form.coefficientOf(unit));
    if (a === 0) continue;
    sum += a;
    used++;
  }
  return used === 0 ? 0 : sum / used;
}
