import { VerificationError } from './verification-error.js';

/** lower[i] <= x[i] <= upper[i]. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export type Norm = 'linf' | 'l1';

/**
 * Points at most `radius` from the centre: max (or sum) of weights[i] * |x[i] - centre[i]|; every weight is 1 if
 * absent.
 */
export interface Ball {
  readonly norm: Norm;
  readonly centre: Float64Array;
  readonly radius: number;
  /** Positive. An infinite weight fixes its input. */
  readonly weights?: Float64Array;
}

/**
 * The inputs a query is about: a box, and inside it a ball where there is one. The box is always the smallest that
 * holds the ball, so that whoever ignores the ball errs on the safe side; for l-inf the box says it all.
 */
export interface Region {
  readonly box: Box;
  readonly ball?: Ball;
}

/** @throws VerificationError 'query' for bounds of different lengths, not finite, or crossed */
export function boxRegion(lower: Float64Array, upper: Float64Array): Region {
  if (lower.length !== upper.length)
    throw new VerificationError('query', `a box has ${lower.length} lower and ${upper.length} upper bounds`);
  lower.forEach((low, i) => {
    if (!(Number.isFinite(low) && Number.isFinite(upper[i]) && low <= upper[i])) {
      throw new VerificationError(
        'query',
        `input ${i} has the bounds [${low}, ${upper[i]}]; give two finite bounds in order`,
      );
    }
  });
  return { box: { lower, upper } };
}

/**
 * The ball, cut to the range that inputs can have.
 * @param range least and largest value of an input @default pixels: [0, 1]
 * @throws VerificationError 'query' for a negative radius, a weight that is not positive, or a centre out of range
 */
export function ballRegion(ball: Ball, range: readonly [number, number] = [0, 1]): Region {
  const { centre, radius, weights } = ball;
  if (!(Number.isFinite(radius) && radius >= 0))
    throw new VerificationError('query', `the radius is ${radius}; give a number of at least 0`);
  if (weights !== undefined && !(weights.length === centre.length && weights.every((weight) => weight > 0))) {
    throw new VerificationError('query', `a ball round ${centre.length} inputs needs as many positive weights`);
  }
  centre.forEach((value, i) => {
    if (!(value >= range[0] && value <= range[1])) {
      throw new VerificationError(
        'query',
        `input ${i} is ${value}, outside [${range.join(', ')}]; scale the inputs to that range`,
      );
    }
  });
  const reach = (i: number) => (weights === undefined ? radius : radius / weights[i]);
  return {
    ball,
    box: {
      lower: centre.map((value, i) => Math.max(range[0], value - reach(i))),
      upper: centre.map((value, i) => Math.min(range[1], value + reach(i))),
    },
  };
}

/**
 * Distance of a point from the centre of the ball, in its norm and weights; rounded up for l1, so that it never
 * flatters.
 */
export function distance(ball: Ball, point: Float64Array): number {
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < point.length; i++) {
    const away = Math.abs(point[i] - ball.centre[i]);
    if (away === 0) continue; // An infinite weight times nothing is nothing.
    const weighted = ball.weights === undefined ? away : ball.weights[i] * away;
    largest = Math.max(largest, weighted);
    sum += weighted;
  }
  return ball.norm === 'linf' ? largest : sum * (1 + point.length * Number.EPSILON);
}

/**
 * Whether the point lies in the region, without any tolerance: between the box's float64 bounds and, for l1, in the
 * ball.
 */
export function contains(region: Region, point: Float64Array): boolean {
  const { lower, upper } = region.box;
  return (
    point.length === lower.length &&
    point.every((value, i) => value >= lower[i] && value <= upper[i]) &&
    (region.ball?.norm !== 'l1' || distance(region.ball, point) <= region.ball.radius)
  );
}

/** The region's points within a smaller radius. The region must have a ball. */
export function shrunk({ box, ball }: Region, radius: number): Region {
  if (ball === undefined) throw new VerificationError('query', 'a box without a ball has no radius');
  const smaller = ballRegion({ ...ball, radius }, [-Infinity, Infinity]);
  return {
    ball: { ...ball, radius },
    box: {
      lower: smaller.box.lower.map((low, i) => Math.max(low, box.lower[i])),
      upper: smaller.box.upper.map((high, i) => Math.min(high, box.upper[i])),
    },
  };
}

/** Where a search begins: the centre of the ball, or the middle of the box. */
export function centreOf(region: Region): Float64Array {
  const { lower, upper } = region.box;
  return region.ball?.centre ?? lower.map((low, i) => low + (upper[i] - low) / 2);
}
