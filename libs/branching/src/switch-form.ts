import { isContinuous, isStepwise, piecesOf, type ElementwiseMap } from '@mipnet/network';

/** y = base x + gain max(0, x): a relu has base 0 and gain 1. */
export interface Bend {
  readonly kind: 'bend';
  readonly base: number;
  readonly gain: number;
}

/** y = high where x >= 0, else low */
export interface Jump {
  readonly kind: 'jump';
  readonly low: number;
  readonly high: number;
}

/** A function of two pieces that meet at zero; undefined for any other one. */
export function switchForm({ layer }: ElementwiseMap): Bend | Jump | undefined {
  if (layer.kind !== 'activation') return undefined;
  const f = piecesOf(layer);
  if (f.breaks.length !== 1 || f.breaks[0].at !== 0) return undefined;
  const [left, right] = f.pieces;
  if (isContinuous(f) && left.offset === 0) return { kind: 'bend', base: left.slope, gain: right.slope - left.slope };
  return isStepwise(f) && f.breaks[0].belongsTo === 'right' && left.offset < right.offset
    ? { kind: 'jump', low: left.offset, high: right.offset }
    : undefined;
}
