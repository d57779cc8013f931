import type { Place } from '../place.js';
import type { ActivationKind } from './activation-kind.js';

/** 1 if x >= 0, else 0 */
export interface Step extends Place {
  readonly kind: 'activation';
  readonly activation: 'step';
}

/** ONNX has no operator for it: it is read from comparisons, in onnx/value.ts. */
export const step: ActivationKind<Step> = {
  check: () => undefined,
  apply: () => (x) => (x >= 0 ? 1 : 0),
  pieces: () => ({
    breaks: [{ at: 0, belongsTo: 'right' }],
    pieces: [
      { slope: 0, offset: 0 },
      { slope: 0, offset: 1 },
    ],
  }),
  rounded: (activation) => activation,
  write: (graph) => graph.choose('GreaterOrEqual', 0, 1, 0),
  draw: () => ({ kind: 'activation', activation: 'step' }),
};
