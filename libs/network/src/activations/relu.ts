import type { Place } from '../place.js';
import type { ActivationKind } from './activation-kind.js';

/** max(0, x) */
export interface Relu extends Place {
  readonly kind: 'activation';
  readonly activation: 'relu';
}

export const relu: ActivationKind<Relu> = {
  check: () => undefined,
  apply: () => (x) => (x > 0 ? x : 0),
  pieces: () => ({
    breaks: [{ at: 0, belongsTo: 'right' }],
    pieces: [
      { slope: 0, offset: 0 },
      { slope: 1, offset: 0 },
    ],
  }),
  rounded: (activation) => activation,
  write: (graph) => graph.advance('Relu'),
  read: { Relu: () => ({ kind: 'activation', activation: 'relu' }) },
  draw: () => ({ kind: 'activation', activation: 'relu' }),
};
