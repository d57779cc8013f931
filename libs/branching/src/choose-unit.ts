// Tested by branch-on-signs.unit.test.ts.
import type { FormBound, UnitChoices, UnitSides } from './form-bound.js';

/** Units that look best are tried, this many. */
const tried = 12;

/**
 * The undecided unit to branch on: of the few units whose lines weaken the form most, the one whose two sides, tried
 * with the present choices, give the larger bound. A trial repeats only the part of the node's pass that its side
 * changes. Undefined if every unit is decided. Needs the form's bound and gradient at the node. Source: De Palma et al.
 * 2021, filtered smart branching.
 */
export function chooseUnit(form: FormBound, node: UnitChoices): number | undefined {
  const candidates = promising(form, node);
  if (candidates.length <= 1) return candidates[0];
  const { open } = form.network;
  const values = new Map<number, number>();
  // From the input on: what a trial leaves behind is not used by those of later steps.
  for (const unit of [...candidates].sort((one, other) => open[one].step - open[other].step)) {
    const above = boundOnSide(form, node, unit, 1);
    const below = boundOnSide(form, node, unit, -1);
    // The worse child decides; if those are equal, the better one.
    values.set(unit, Math.min(above, below) + 0.2 * Math.min(0, Math.max(above, below)));
  }
  let chosen = candidates[0];
  let best = -Infinity;
  for (const unit of candidates) {
    const value = values.get(unit)!;
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
    // The gap of the line at the corner, and a little of its gap elsewhere, because the corner moves.
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
 * The upper line of an undecided relu is farthest from it at zero, the lower one at an end; the lower one can be
 * chosen, so half of it counts.
 */
const farthest = (a: number, low: number, high: number): number =>
  a < 0 ? (a * low * high) / (high - low) : 0.5 * a * Math.min(-low, high);

/** A unit with only one side: a chosen one, or the one that its bounds allow. */
export const isDecided = ({ side, lower, upper }: UnitSides, unit: number): boolean =>
  side[unit] !== 0 || lower[unit] >= 0 || upper[unit] <= 0;

function boundOnSide(form: FormBound, node: UnitChoices, unit: number, side: 1 | -1): number {
  node.side[unit] = side;
  const bound = form.evaluateFrom(form.network.open[unit].step, node);
  node.side[unit] = 0;
  return bound;
}
