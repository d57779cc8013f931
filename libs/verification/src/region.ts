import type { Box, InputBall } from '@mipnet/bounds';
import { choiceAt, choicesWithin, countOf, nearestChoice, type InputChoices } from '@mipnet/encoding';
import { VerificationError } from './verification-error.js';

export type { Box };

export type Norm = 'linf' | 'l1' | 'l2';

/**
 * Points at most `radius` from the centre: max of weights[i] * |x[i] - centre[i]| (linf), their sum (l1), or the root
 * of the sum of their squares (l2); every weight is 1 if absent.
 */
export interface Ball {
  readonly norm: Norm;
  readonly centre: Float64Array;
  readonly radius: number;
  /** Positive. An infinite weight fixes its input. */
  readonly weights?: Float64Array;
}

/**
 * The inputs of a query: a box, optionally with a ball inside it. The box is always the smallest one around the ball,
 * so that ignoring the ball is safe; for l-inf, box and ball are equal, and for l1 and l2 the box knows the ball.
 * Inputs with choices take some numbers of the box only, and of a group exactly one input has its larger number;
 * ignoring both is safe, too.
 */
export interface Region extends InputChoices {
  readonly box: Box;
  readonly ball?: Ball;
  /** The input that the region lies around. @default the centre of the ball */
  readonly centre?: Float64Array;
}

/** The region with all numbers of the box for every input. */
export const withoutChoices = ({ box, ball, centre }: Region): Region => ({ box, ball, centre });

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
    throw new VerificationError('query', `a ball around ${centre.length} inputs needs as many positive weights`);
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
      ...inputBall(ball),
    },
  };
}

/** What bounds know of a ball beside its box. */
export const inputBall = ({ norm, ...ball }: Ball): { readonly ball?: InputBall } =>
  norm === 'linf' ? {} : { ball: { norm, ...ball } };

/**
 * Distance of a point from the centre of the ball, in its norm and weights; rounded up for l1 and l2, so that it is
 * never too small.
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
  if (ball.norm === 'linf' || largest === 0) return largest;
  return ball.norm === 'l1' ? sum * (1 + point.length * Number.EPSILON) : euclidean(ball, point, largest);
}

/** @param largest of the weighted distances of the inputs, above 0: no square relative to it overflows */
function euclidean({ centre, weights }: Ball, point: Float64Array, largest: number): number {
  if (largest === Infinity) return Infinity;
  let sum = 0;
  for (let i = 0; i < point.length; i++) {
    const away = Math.abs(point[i] - centre[i]);
    if (away > 0) sum += (((weights?.[i] ?? 1) * away) / largest) ** 2;
  }
  // Of `length` terms with five roundings each, a sum, a root and a product; the last term covers subnormal numbers.
  return largest * Math.sqrt(sum) * (1 + (point.length + 8) * Number.EPSILON) + Number.MIN_VALUE;
}

/**
 * Whether the point lies in the region, without any tolerance: between the box's float64 bounds, for l1 and l2 in the
 * ball, and on one of the choices of every input that has some.
 */
export function contains(region: Region, point: Float64Array): boolean {
  const { lower, upper } = region.box;
  return (
    point.length === lower.length &&
    point.every((value, i) => value >= lower[i] && value <= upper[i]) &&
    (!isRound(region.ball) || distance(region.ball, point) <= region.ball.radius) &&
    unchosen(region, point) < 0 &&
    (region.groups ?? []).every(({ inputs, orNone }) => {
      const ones = inputs.filter((i) => isLarger(region, i, point[i])).length;
      return ones === 1 || (orNone && ones === 0);
    })
  );
}

/** Whether a ball is more than its box. */
export const isRound = (ball: Ball | undefined): ball is Ball => ball !== undefined && ball.norm !== 'linf';

/** An input of the point that is none of its choices; -1 if there is none. */
export function unchosen({ choices }: Region, point: Float64Array): number {
  if (choices === undefined) return -1;
  return point.findIndex((value, i) => {
    const own = choices[i];
    if (!own) return false;
    return !(Math.abs(choiceAt(own, nearestChoice(own, value)) - value) <= (own.error ?? 0));
  });
}

/** Whether an input of a group has the larger of its two numbers. */
const isLarger = ({ choices }: Region, i: number, value: number): boolean => {
  const own = choices![i]!;
  return countOf(own) > 1 && nearestChoice(own, value) === countOf(own) - 1;
};

/** The region's points within a smaller radius. The region must have a ball. */
export function shrunk(region: Region, radius: number): Region {
  const { ball } = region;
  if (ball === undefined) throw new VerificationError('query', 'a box without a ball has no radius');
  const smaller = ballRegion({ ...ball, radius }, [-Infinity, Infinity]);
  const nearer = within(region, smaller.box);
  return { ...nearer, box: { ...nearer.box, ...inputBall(smaller.ball!) }, ball: smaller.ball };
}

/** The region's points in another box, around a point that it contains. */
export function within(region: Region, other: Box): Region {
  const { box, choices, groups } = region;
  const lower = box.lower.map((low, i) => Math.max(low, other.lower[i]));
  const upper = box.upper.map((high, i) => Math.min(high, other.upper[i]));
  if (choices === undefined) return { ...region, box: { ...box, lower, upper } };
  const left = choices.map((own, i) => own && (choicesWithin(own, lower[i], upper[i]) ?? null));
  // An input whose group cannot change any more keeps its number.
  const isFree = (i: number): boolean => left[i] !== null && countOf(left[i]) > 1;
  return {
    ...region,
    box: { ...box, lower, upper },
    choices: left,
    groups: groups?.filter(({ inputs }) => inputs.every(isFree)),
  };
}

/** Start of a search: the centre, or the middle of the box. */
export function centreOf(region: Region): Float64Array {
  const { lower, upper } = region.box;
  return middleOf(region) ?? lower.map((low, i) => low + (upper[i] - low) / 2);
}

/** The input that a region lies around, if there is one. */
export const middleOf = ({ centre, ball }: Region): Float64Array | undefined => centre ?? ball?.centre;
