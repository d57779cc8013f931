// Tested by front-bound.unit.test.ts.
import type { Box } from '@mipnet/bounds';
import { jumpsAt, piecesOf, type ElementwiseMap, type MaximumMap, type Piece } from '@mipnet/network';

/** A piece of a function of one number, and where it is: closed, so that neighbours share their ends. */
export interface PlacedPiece extends Piece {
  readonly low: number;
  readonly high: number;
}

/** The pieces that a number within bounds can be on, at least one. Undefined for a function that has no pieces. */
export function possiblePieces({ layer }: ElementwiseMap, lower: number, upper: number): PlacedPiece[] | undefined {
  if (layer.kind !== 'activation') return undefined;
  const f = piecesOf(layer);
  const placed = f.pieces.map((piece, k) => ({
    ...piece,
    low: k === 0 ? -Infinity : f.breaks[k - 1].at,
    high: k === f.breaks.length ? Infinity : f.breaks[k].at,
  }));
  const isReached = ({ low, high }: PlacedPiece): boolean => low <= upper && high >= lower;
  // The end of a piece that continues without a jump belongs to its neighbour as well.
  const inner = placed.filter(
    (piece, k) =>
      isReached(piece) && !(piece.high === lower && !jumpsAt(f, k)) && !(piece.low === upper && !jumpsAt(f, k - 1)),
  );
  return inner.length > 0 ? inner : placed.filter(isReached).slice(0, 1);
}

/** The numbers of window j that can be its largest, the one with the largest lower bound first. */
export function possibleMaxima({ starts, indices }: MaximumMap, j: number, { lower, upper }: Box): number[] {
  const window = [...indices.subarray(starts[j], starts[j + 1])];
  const best = window.reduce((most, i) => (lower[i] > lower[most] ? i : most));
  return [best, ...window.filter((i) => i !== best && upper[i] > lower[best])];
}
