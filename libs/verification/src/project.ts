import { chosen } from './chosen.js';
import { contains, distance, isRound, type Ball, type Box, type Region } from './region.js';

/**
 * The nearest point of the region, for an l1 or l2 ball up to rounding (but never outside of it); on a choice of every
 * input that has some.
 */
export const project = (region: Region, point: Float64Array): Float64Array =>
  chosen(region, projectedOnBall(region, point));

function projectedOnBall({ box, ball }: Region, point: Float64Array): Float64Array {
  const clamped = point.map((value, i) => Math.min(Math.max(value, box.lower[i]), box.upper[i]));
  if (!isRound(ball) || distance(ball, clamped) <= ball.radius) return clamped;
  if (ball.norm === 'l2') return projectedOnSphere(box, ball, point);
  // The nearest point moves every coordinate back by the same multiple of its weight, and clamps: bisection on the
  // multiple.
  const { centre, radius, weights } = ball;
  const pulled = (i: number, multiple: number): number => {
    const away = point[i] - centre[i];
    const left = Math.abs(away) - multiple * (weights?.[i] ?? 1);
    return left > 0 ? Math.min(Math.max(centre[i] + Math.sign(away) * left, box.lower[i]), box.upper[i]) : centre[i];
  };
  const outside = (multiple: number): boolean => {
    let sum = 0;
    for (let i = 0; i < point.length; i++) {
      const away = Math.abs(pulled(i, multiple) - centre[i]);
      if (away > 0) sum += (weights?.[i] ?? 1) * away;
    }
    return sum * (1 + 2 * point.length * Number.EPSILON) > radius;
  };
  let low = 0;
  let high = 0;
  for (let i = 0; i < point.length; i++) high = Math.max(high, Math.abs(point[i] - centre[i]) / (weights?.[i] ?? 1));
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    if (outside(middle)) low = middle;
    else high = middle;
  }
  return point.map((_, i) => pulled(i, high));
}

/** The nearest point of a box and an l2 ball of a point outside of the ball; never outside, as distances round up. */
function projectedOnSphere(box: Box, ball: Ball, point: Float64Array): Float64Array {
  return ball.weights === undefined ? pulledEvenly(box, ball, point) : pulledByWeight(box, ball, point);
}

/**
 * Without weights every way from the centre shrinks by one factor, and clamps. The factor starts at that of the ball
 * alone and grows while more coordinates clamp, which leave more of the radius to the others.
 */
function pulledEvenly({ lower, upper }: Box, ball: Ball, point: Float64Array): Float64Array {
  const { centre, radius } = ball;
  const pulled = (factor: number): Float64Array =>
    point.map((value, i) => Math.min(upper[i], Math.max(lower[i], centre[i] + (value - centre[i]) * factor)));
  let factor = 0;
  for (let round = 0; round < 20; round++) {
    let [clamped, free] = [0, 0];
    for (let i = 0; i < point.length; i++) {
      const way = point[i] - centre[i];
      const room = (way > 0 ? upper[i] : lower[i]) - centre[i];
      if (Math.abs(way) * factor >= Math.abs(room)) clamped += room * room;
      else free += way * way;
    }
    const next = free === 0 ? factor : Math.sqrt(Math.max(0, radius * radius - clamped) / free);
    if (!(next > factor * (1 + 1e-15))) break;
    factor = next;
  }
  for (let less = 2 ** -53; less < 1; less *= 2) {
    const moved = pulled(factor * (1 - less));
    if (distance(ball, moved) <= radius) return moved;
  }
  return centre.slice();
}

/**
 * With weights every way shrinks by a factor 1 / (1 + m w^2) of its own, and clamps: bisection on the multiple
 * m = t / (1 - t).
 */
function pulledByWeight({ lower, upper }: Box, ball: Ball, point: Float64Array): Float64Array {
  const { centre, weights } = ball;
  const pulled = (t: number): Float64Array =>
    point.map((value, i) => {
      const weight = weights![i];
      if (weight === Infinity || t === 1) return centre[i];
      const back = centre[i] + (value - centre[i]) / (1 + (t / (1 - t)) * weight * weight);
      return Math.min(upper[i], Math.max(lower[i], back));
    });
  let low = 0;
  let high = 1;
  let inside = centre;
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    const moved = pulled(middle);
    if (distance(ball, moved) > ball.radius) low = middle;
    else [high, inside] = [middle, moved];
  }
  return inside.slice();
}

/**
 * A point of the region near the given one whose numbers are float32, so that a float32 runtime sees the same input;
 * inputs with choices move to one. A coordinate whose interval holds no float32 keeps its float64 number. Undefined if
 * the point is outside the region.
 */
export function onFloat32(region: Region, given: Float64Array): Float64Array | undefined {
  const { box, ball, choices } = region;
  const point = chosen(region, given);
  if (!contains(region, point)) return undefined;
  const centre = ball?.centre ?? box.lower;
  const fits = (i: number, value: number) =>
    value >= box.lower[i] && value <= box.upper[i] && (!choices?.[i] || value === point[i]);
  const snap = (shrink: number) =>
    point.map((value, i) => {
      const wanted = ball === undefined ? value : centre[i] + (value - centre[i]) * shrink;
      const near = Math.fround(wanted);
      // For l1 and l2 every distance counts: round towards the centre if that is possible.
      const inward = nextFloat32(near, centre[i] > near);
      const grew =
        isRound(ball) &&
        Math.abs(near - centre[i]) > Math.abs(wanted - centre[i]) &&
        Math.abs(inward - centre[i]) <= Math.abs(wanted - centre[i]);
      return (
        (grew ? [inward, near] : [near, nextFloat32(near, true), nextFloat32(near, false)]).find((candidate) =>
          fits(i, candidate),
        ) ?? wanted
      );
    });
  for (let round = 0, shrink = 1; round < 20; round++) {
    const snapped = snap(shrink);
    if (contains(region, snapped)) return snapped;
    if (ball === undefined) break;
    // Doubled in each step: an excess smaller than a step of float32 would never disappear otherwise.
    shrink *= Math.max(0, 1 - 2 ** round * (1 - ball.radius / distance(ball, snapped)));
  }
  return point;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 next to a float32. */
function nextFloat32(value: number, up: boolean): number {
  if (value === 0) return up ? 2 ** -149 : -(2 ** -149);
  float[0] = value;
  bits[0] += value > 0 === up ? 1 : -1;
  return float[0];
}
