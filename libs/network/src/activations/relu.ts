import type { ActivationKind } from './activation-kind.js';

/** max(0, x) */
export interface Relu {
  readonly kind: 'activation';
  readonly activation: 'relu';
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

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
  read: {
    Relu: () => ({ kind: 'activation', activation: 'relu' }),
    // To [0, infinity). Its ends are attributes before opset 11, inputs since.
    Clip: (node) => {
      const low = node.number(1, 'min') ?? node.float('min', -Infinity);
      const high = node.number(2, 'max') ?? node.float('max', Infinity);
      if (low !== 0 || high < largestFloat32)
        return node.refuse(`it clips to [${low}, ${high}]; only [0, infinity) is supported`);
      return { kind: 'activation', activation: 'relu' };
    },
  },
  draw: () => ({ kind: 'activation', activation: 'relu' }),
};
