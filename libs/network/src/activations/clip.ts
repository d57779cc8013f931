// Tested by conformance.unit.test.ts.
import type { Place } from '../place.js';
import type { PiecewiseLinear } from '../piecewise-linear.js';
import type { ActivationKind, ActivationNode } from './activation-kind.js';

/** min(high, max(low, x)): ReLU6 is a clip to [0, 6], hard tanh one to [-1, 1]. */
export interface Clip extends Place {
  readonly kind: 'activation';
  readonly activation: 'clip';
  /** Below `high`; minus infinity for none. */
  readonly low: number;
  /** Infinity for none, if there is a `low`. */
  readonly high: number;
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

const isAllowed = ({ low, high }: Pick<Clip, 'low' | 'high'>): boolean =>
  Math.fround(low) < Math.fround(high) && (Number.isFinite(Math.fround(low)) || Number.isFinite(Math.fround(high)));

export const clip: ActivationKind<Clip> = {
  check: ({ low, high }) =>
    isAllowed({ low, high }) ? undefined : `needs an end below the other and one that is finite, not [${low}, ${high}]`,
  apply:
    ({ low, high }) =>
    (x) =>
      x < low ? low : x > high ? high : x,
  pieces: ({ low, high }): PiecewiseLinear => {
    const ends = [low, high].filter(Number.isFinite);
    return {
      breaks: ends.map((at) => ({ at, belongsTo: 'right' })),
      pieces: [
        ...(low === -Infinity ? [] : [{ slope: 0, offset: low }]),
        { slope: 1, offset: 0 },
        ...(high === Infinity ? [] : [{ slope: 0, offset: high }]),
      ],
    };
  },
  rounded: (activation) => ({ ...activation, low: Math.fround(activation.low), high: Math.fround(activation.high) }),
  write: (graph, { low, high }) => {
    // An open end is an input without a name.
    const end = (number: number) => (Number.isFinite(number) ? graph.constant([number], []) : '');
    graph.advance('Clip', [end(low), ...(high === Infinity ? [] : [end(high)])]);
  },
  read: { Clip: fromClip },
  // Open above, closed with and without zero as an end, open below.
  draw: (random) => {
    const kind = random();
    const low = kind > 0.8 ? -Infinity : kind > 0.55 ? 0 : -0.2 - random();
    return { kind: 'activation', activation: 'clip', low, high: kind < 0.2 ? Infinity : 0.3 + random() };
  },
};

/** Its ends are attributes before opset 11, inputs since; files also write an open end as the largest float32. */
function fromClip(node: ActivationNode): Clip | { kind: 'activation'; activation: 'relu' } | undefined {
  const least = node.number(1, 'min') ?? node.float('min', -Infinity);
  const most = node.number(2, 'max') ?? node.float('max', Infinity);
  const low = least <= -largestFloat32 ? -Infinity : least;
  const high = most >= largestFloat32 ? Infinity : most;
  if (low === -Infinity && high === Infinity) return undefined;
  if (low === 0 && high === Infinity) return { kind: 'activation', activation: 'relu' };
  return isAllowed({ low, high })
    ? { kind: 'activation', activation: 'clip', low, high }
    : node.refuse(`it clips to [${least}, ${most}], which leaves one number only; replace it by a constant`);
}
