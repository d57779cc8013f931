import { wholeNumbers, type Choices, type OneHotGroup } from '@mipnet/encoding';
import type { Ball, Norm, Region } from './region.js';
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

/**
 * The rows that a table's row may become: numbers within their reach, whole numbers on whole numbers, and categories on
 * one of their values. A row without any value of a category (one that training has not seen) may keep that. A number
 * that is not whole in this row moves like any other. No range cuts the numbers: a network of a table clips them itself.
 * @param centre raw inputs, without missing ones
 * @throws VerificationError 'query' if distances are asked for, and a category moves
 */
export function rowRegion(centre: Float64Array, moves: InputMoves, distance: RowDistance): Region {
  const { reach, whole } = moves;
  const lower = centre.map((value, i) => value - reach[i]);
  const upper = centre.map((value, i) => value + reach[i]);
  const steps = new Float64Array(centre.length);
  const choices = Array.from(centre, (value, i): Choices | null =>
    whole[i] === 1 && Number.isInteger(value) ? wholeNumbers(lower[i], upper[i])! : null,
  );
  const groups = moves.groups.map((inputs): OneHotGroup => {
    for (const i of inputs) {
      [lower[i], upper[i]] = [0, 1];
      choices[i] = { first: 0, count: 2, per: 1 };
    }
    return { inputs, orNone: inputs.every((i) => centre[i] === 0) };
  });
  choices.forEach((own, i) => {
    if (own === null || 'values' in own) return;
    // The ends are whole numbers, too.
    [lower[i], upper[i], steps[i]] = [own.first, own.first + own.count - 1, 1];
  });
  const isMeasured = distance.isAsked || distance.norm === 'l1';
  if (isMeasured && groups.length > 0)
    throw new VerificationError(
      'query',
      'a change of a category has no distance: let categories keep their value for the goal closest and the norm l1',
    );
  return {
    box: { lower, upper, steps },
    centre,
    choices,
    groups,
    ...(isMeasured && { ball: ballOf(centre, moves, distance) }),
  };
}

const ballOf = (centre: Float64Array, { reach }: InputMoves, { norm, radius }: RowDistance): Ball => ({
  norm,
  centre,
  radius,
  weights: reach.map((own) => (own === 0 ? Infinity : own === radius ? 1 : radius / own)),
});
