// Tested by ../e2e/verify-rows.e2e.test.ts.
import { ballRegion, rowRegion, type InputMoves, type Norm, type Region } from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';
import { epsilonOf, tableMoves, type TableMoves } from './epsilon.js';
import type { ChosenRows, RowOptions } from './chosen-rows.js';

/** How the inputs of every row may move. */
export interface Moving {
  readonly norm: Norm;
  /** The radius of distances. */
  readonly epsilon: number;
  /** Of a table; the pixels of an image all move by epsilon. */
  readonly moves?: InputMoves;
  /** Of distances. */
  readonly unit: DistanceUnit;
}

/** That of the inputs, standard deviations of their columns, or multiples of what `--epsilon` says for each column. */
export type DistanceUnit = TableMoves['unit'];

/** @throws CliError 'bad-input' */
export function movingOf(
  options: RowOptions,
  { columns, arePixels, samples }: Pick<ChosenRows, 'columns' | 'arePixels' | 'samples'>,
): Moving {
  const { norm, epsilon: text } = options;
  if (columns === undefined) {
    const epsilon = epsilonOf(text);
    // Pixels are cut to 0..1; other numbers have no range.
    const isCut = options.input === undefined || arePixels;
    return { norm, epsilon, unit: 'raw', ...(!isCut && { moves: numbersOnly(samples.size, epsilon) }) };
  }
  const { moves, radius, unit } = tableMoves(text, columns);
  if (moves.groups.length > 0 && norm !== 'linf')
    throw new CliError(
      'bad-input',
      `--epsilon ${text}: a change of a category has no distance that --norm ${norm} can add up; use --norm linf, or let ` +
        'categories keep their value',
    );
  return { norm, epsilon: radius, moves, unit };
}

const numbersOnly = (size: number, epsilon: number): InputMoves => ({
  reach: new Float64Array(size).fill(epsilon),
  whole: new Uint8Array(size),
  groups: [],
});

/** The inputs that a row or image may become. */
export const regionOf = ({ norm, epsilon, moves }: Moving, centre: Float64Array): Region =>
  moves === undefined
    ? ballRegion({ norm, centre, radius: epsilon })
    : rowRegion(centre, moves, { norm, radius: epsilon, isAsked: false });
