import type { Place } from '../place.js';
import type { ActivationKind } from './activation-kind.js';

/** 1 if x >= 0, else -1. ONNX's Sign, which is 0 at 0, is a ternary activation. */
export interface Sign extends Place {
  readonly kind: 'activation';
  readonly activation: 'sign';
}

/** ONNX has no operator for it: it is read from comparisons, in onnx/value.ts. */
export const sign: ActivationKind<Sign> = {
  check: () => undefined,
  apply: () => (x) => (x >= 0 ? 1 : -1),
  pieces: () => ({
    breaks: [{ at: 0, belongsTo: 'right' }],
    pieces: [
      { slope: 0, offset: -1 },
      { slope: 0, offset: 1 },
    ],
  }),
  rounded: (activation) => activation,
  write: (graph) => graph.choose('GreaterOrEqual', 0, 1, -1),
  draw: () => ({ kind: 'activation', activation: 'sign' }),
};
