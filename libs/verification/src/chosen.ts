// Tested by region.unit.test.ts.
import { choiceAt, countOf, nearestChoice, type Choices } from '@mipnet/encoding';
import { isRound, type Region } from './region.js';

/**
 * The point with every input that has choices on the nearest one, and one input of every group on its larger number:
 * the one that is nearest to it. In an l1 or l2 ball inputs move inwards, so that the distance does not grow.
 */
export function chosen(region: Region, point: Float64Array): Float64Array {
  const { choices, groups = [], ball } = region;
  if (choices === undefined) return point;
  const moved = point.map((value, i) => {
    const own = choices[i];
    if (!own) return value;
    const nearest = nearestChoice(own, value);
    const found = choiceAt(own, nearest);
    if (Math.abs(found - value) <= (own.error ?? 0)) return value;
    return isRound(ball) ? inward(own, nearest, value, ball.centre[i]) : found;
  });
  for (const { inputs, orNone } of groups) {
    const shares = Array.from(inputs, (i) => shareOf(choices[i]!, point[i]));
    const best = shares.indexOf(Math.max(...shares));
    const isNone = orNone && shares[best] < 0.5;
    inputs.forEach((i, k) => (moved[i] = endOf(choices[i]!, !isNone && k === best)));
  }
  return moved;
}

/** The choice on the centre's side of a value. */
function inward(choices: Choices, nearest: number, value: number, centre: number): number {
  const found = choiceAt(choices, nearest);
  if (found === value || found < value === centre < value) return found;
  return choiceAt(choices, Math.min(countOf(choices) - 1, Math.max(0, nearest + (centre < value ? -1 : 1))));
}

/** How far a value is from the smaller to the larger of two numbers. */
function shareOf(choices: Choices, value: number): number {
  const [low, high] = [endOf(choices, false), endOf(choices, true)];
  return high > low ? (value - low) / (high - low) : -Infinity;
}

const endOf = (choices: Choices, larger: boolean): number => choiceAt(choices, larger ? countOf(choices) - 1 : 0);
