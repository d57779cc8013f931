// Tested by branch-on-signs.unit.test.ts.
import type { FormBound, UnitChoices } from './form-bound.js';

/** Units that look best are tried, this many. */
const tried = 12;

/**
 * The open unit to branch on: of the few whose lines cost the form most, the one whose two sides, tried with the
 * choices as they are, leave the larger bound. Undefined where every unit is decided. Needs the form's gradient at the
 * node. Source: De Palma et al. 2021, filtered smart branching.
 */
export function chooseUnit(form: FormBound, node: UnitChoices): number | undefined {
  const candidates = promising(form, node);
  if (candidates.length <= 1) return candidates[0];
  let chosen = candidates[0];
  let best = -Infinity;
  for (const unit of candidates) {
    const above = boundOnSide(form, node, unit, 1);
    const below = boundOnSide(form, node, unit, -1);
    // The worse child decides; between equals the better one does.
    const value = Math.min(above, below) + 0.2 * Math.min(0, Math.max(above, below));
    if (value <= best) continue;
    best = value;
    chosen = unit;
  }
  return chosen;
}

function promising(form: FormBound, node: UnitChoices): number[] {
  const scored: { readonly unit: number; readonly score: number }[] = [];
  for (let unit = 0; unit < node.side.length; unit++) {
    if (isDecided(node, unit)) continue;
    // What the line misses at the corner, and a little of what it can miss elsewhere: corners move.
    scored.push({
      unit,
      score:
        form.errorOf(unit) +
        0.1 * farthest(form.coefficientOf(unit) * form.gainOf(unit), node.lower[unit], node.upper[unit]),
    });
  }
  return scored
    .sort((one, other) => other.score - one.score)
    .slice(0, tried)
    .map(({ unit }) => unit);
}

/**
 * The upper line of an open relu is farthest at zero, the lower one at an end, where it can be chosen (so half of it
 * counts).
 */
const farthest = (a: number, low: number, high: number): number =>
  a < 0 ? (a * low * high) / (high - low) : 0.5 * a * Math.min(-low, high);

/** A unit with one side only: chosen, or left by its bounds. */
export const isDecided = ({ side, lower, upper }: UnitChoices, unit: number): boolean =>
  side[unit] !== 0 || lower[unit] >= 0 || upper[unit] <= 0;

function boundOnSide(form: FormBound, node: UnitChoices, unit: number, side: 1 | -1): number {
  node.side[unit] = side;
  const bound = form.evaluate(node);
  node.side[unit] = 0;
  return bound;
}
