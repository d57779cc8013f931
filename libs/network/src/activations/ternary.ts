// Tested by conformance.unit.test.ts.
import type { Place } from '../place.js';
import type { ActivationKind } from './activation-kind.js';

/** 1 if x >= threshold, -1 if x <= -threshold, else 0 */
export interface Ternary extends Place {
  readonly kind: 'activation';
  readonly activation: 'ternary';
  /** Above 0. */
  readonly threshold: number;
}

export const ternary: ActivationKind<Ternary> = {
  check: ({ threshold }) =>
    threshold > 0 && Number.isFinite(threshold) ? undefined : `needs a finite threshold > 0, not ${threshold}`,
  apply:
    ({ threshold }) =>
    (x) =>
      x >= threshold ? 1 : x <= -threshold ? -1 : 0,
  pieces: ({ threshold }) => ({
    breaks: [
      { at: -threshold, belongsTo: 'left' },
      { at: threshold, belongsTo: 'right' },
    ],
    pieces: [
      { slope: 0, offset: -1 },
      { slope: 0, offset: 0 },
      { slope: 0, offset: 1 },
    ],
  }),
  rounded: (activation) => ({
    ...activation,
    threshold: Math.fround(activation.threshold) || Number.MIN_VALUE,
  }),
  write: (graph, { threshold }) => {
    // No float32 but zero lies strictly inside such a threshold.
    if (Math.fround(threshold) === 0) return graph.advance('Sign');
    const x = graph.value;
    const isLow = graph.node('LessOrEqual', [x, graph.constant([-threshold], [])]);
    const isHigh = graph.node('GreaterOrEqual', [x, graph.constant([threshold], [])]);
    const low = graph.node('Where', [isLow, graph.constant([-1], []), graph.constant([0], [])]);
    graph.moveTo(graph.node('Where', [isHigh, graph.constant([1], []), low]));
  },
  // The sign of zero is 0 in ONNX: the smallest threshold there is.
  read: { Sign: () => ({ kind: 'activation', activation: 'ternary', threshold: Number.MIN_VALUE }) },
  draw: (random) => ({ kind: 'activation', activation: 'ternary', threshold: 0.1 + 0.9 * random() }),
};
