// Tested by conformance.unit.test.ts.
import type { Place } from '../place.js';
import { float } from '../onnx/attributes.js';
import type { ActivationKind, ActivationNode } from './activation-kind.js';

/** x if x >= 0, else slope x */
export interface LeakyRelu extends Place {
  readonly kind: 'activation';
  readonly activation: 'leakyRelu';
  /** At least 0; may be above 1. */
  readonly slope: number;
  /** See `Rounded`: the product with the slope is rounded. */
  readonly arithmetic?: 'float32';
}

const isAllowed = (slope: number): boolean => slope >= 0 && Number.isFinite(Math.fround(slope));

const leaky = (slope: number, node: ActivationNode): LeakyRelu =>
  isAllowed(slope)
    ? { kind: 'activation', activation: 'leakyRelu', slope }
    : node.refuse(`its slope below zero is ${slope}; only finite slopes of at least 0 are supported`);

export const leakyRelu: ActivationKind<LeakyRelu> = {
  check: ({ slope }) => (isAllowed(slope) ? undefined : `needs a finite slope of at least 0, not ${slope}`),
  apply:
    ({ slope }) =>
    (x) =>
      x >= 0 ? x : slope * x,
  pieces: ({ slope }) =>
    slope === 1
      ? { breaks: [], pieces: [{ slope: 1, offset: 0 }] }
      : {
          breaks: [{ at: 0, belongsTo: 'right' }],
          pieces: [
            { slope, offset: 0 },
            { slope: 1, offset: 0 },
          ],
        },
  rounded: (activation) => ({ ...activation, slope: Math.fround(activation.slope) }),
  write: (graph, { slope }) => graph.advance('LeakyRelu', [], [float('alpha', slope)]),
  read: {
    LeakyRelu: (node) => leaky(node.float('alpha', Math.fround(0.01)), node),
    PRelu: (node) => leaky(node.number(1, 'slope') ?? node.refuse('its slope is missing'), node),
  },
  // Below, at and above 1 the bend is convex, none and concave.
  draw: (random) => ({ kind: 'activation', activation: 'leakyRelu', slope: 1.25 * random() }),
};
