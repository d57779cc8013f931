import { choiceAt, countOf, wholeNumbers, type Choices, type OneHotGroup } from '@mipnet/encoding';
import { inputBall, type Ball, type Box, type Norm, type Region } from './region.js';
import { VerificationError } from './verification-error.js';

/** How the inputs of a table's row may move, in the table's own units. */
export interface InputMoves {
  /** How far each input may move; 0: not at all. Ignored for the inputs of a group. */
  readonly reach: Float64Array;
  /** 1 for inputs that stay whole numbers. */
  readonly whole: Uint8Array;
  /** One-hot inputs of each category that may change. */
  readonly groups: readonly Int32Array[];
}

/** What distances are measured for. */
export interface RowDistance {
  readonly norm: Norm;
  /** The distance of an input that has moved by its whole reach: so distances have a unit, such as 0.1 sd. */
  readonly radius: number;
  /** Whether the nearest input is asked for, so that distances count in the l-inf norm, too. */
  readonly isAsked: boolean;
}

/** Up to here, every whole number is a float32 number. */
const largestExact = 2 ** 24;

/**
 * The rows that a table's row may become: numbers within their reach, whole numbers on whole numbers, and categories on
 * one of their values. A row without any value of a category (one that training has not seen) may keep that. A number
 * that is not whole in this row moves like any other, and so does one beyond 2^24, where float32 does not have all
 * whole numbers. No range cuts the numbers: a table's network clips them itself.
 * @param centre raw inputs, without missing ones
 * @throws VerificationError 'query' if distances are asked for, and a category moves
 */
export function rowRegion(centre: Float64Array, moves: InputMoves, distance: RowDistance): Region {
  const { reach, whole } = moves;
  const lower = centre.map((value, i) => value - reach[i]);
  const upper = centre.map((value, i) => value + reach[i]);
  const groups = moves.groups.map((inputs): OneHotGroup => {
    for (const i of inputs) [lower[i], upper[i]] = [0, 1];
    return { inputs, orNone: inputs.every((i) => centre[i] === 0) };
  });
  const isExact = (value: number): boolean => Math.abs(value) <= largestExact;
  const isWhole = whole.map((flag, i) =>
    flag === 1 && Number.isInteger(centre[i]) && isExact(lower[i]) && isExact(upper[i]) ? 1 : 0,
  );
  const isMeasured = distance.isAsked || distance.norm !== 'linf';
  if (isMeasured && groups.length > 0)
    throw new VerificationError(
      'query',
      'a change of a category has no distance: let categories keep their value for the goal closest and the norms l1 ' +
        'and l2',
    );
  const region = rowsRegion({ lower, upper }, isWhole, groups);
  if (!isMeasured) return { ...region, centre };
  const ball = ballOf(centre, moves, distance);
  return { ...region, box: { ...region.box, ...inputBall(ball) }, centre, ball };
}

/**
 * The rows between the ends of a box: whole numbers on whole numbers, categories on one of their values.
 * @param whole 1 for inputs that are whole numbers
 */
export function rowsRegion(box: Box, whole: Uint8Array, groups: readonly OneHotGroup[]): Region {
  const [lower, upper] = [box.lower.slice(), box.upper.slice()];
  const steps = new Float64Array(lower.length);
  const chooses = (i: number): boolean => whole[i] === 1 || groups.some(({ inputs }) => inputs.includes(i));
  const choices = Array.from(lower, (low, i): Choices | null => {
    if (!chooses(i)) return null;
    const own = wholeNumbers(low, upper[i]);
    if (own === undefined)
      throw new VerificationError('query', `input ${i} is a whole number, and there is none in [${low}, ${upper[i]}]`);
    // The ends are whole numbers, too.
    [lower[i], upper[i], steps[i]] = [choiceAt(own, 0), choiceAt(own, countOf(own) - 1), 1];
    return own;
  });
  return { box: { lower, upper, steps }, choices, groups };
}

const ballOf = (centre: Float64Array, { reach }: InputMoves, { norm, radius }: RowDistance): Ball => ({
  norm,
  centre,
  radius,
  weights: reach.map((own) => (own === 0 ? Infinity : own === radius ? 1 : radius / own)),
});
