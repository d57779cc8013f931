import type { Place } from '../place.js';
import type { ActivationKind } from './activation-kind.js';

/** |x| */
export interface Abs extends Place {
  readonly kind: 'activation';
  readonly activation: 'abs';
}

export const abs: ActivationKind<Abs> = {
  check: () => undefined,
  apply: () => Math.abs,
  pieces: () => ({
    breaks: [{ at: 0, belongsTo: 'right' }],
    pieces: [
      { slope: -1, offset: 0 },
      { slope: 1, offset: 0 },
    ],
  }),
  rounded: (activation) => activation,
  write: (graph) => graph.advance('Abs'),
  read: { Abs: () => ({ kind: 'activation', activation: 'abs' }) },
  draw: () => ({ kind: 'activation', activation: 'abs' }),
};
