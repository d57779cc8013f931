import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import type { Network } from '../network.js';
import { fromOnnx } from '../onnx/from-onnx.js';
import { roundToFloat32 } from '../onnx/round-to-float32.js';
import { toOnnx } from '../onnx/to-onnx.js';
import { jumpsAt, pieceAbove, valueOf } from '../piecewise-linear.js';
import { seededIntegers } from '../testing/damage.js';
import { activations, applied, piecesOf, type Activation } from './registry.js';

/** Several instances of every registered activation. */
const drawn = Object.entries(activations).flatMap(([name, kind]) => {
  const integer = seededIntegers(7);
  const random = () => integer(1000) / 1000;
  return Array.from({ length: 8 }, (_, seed): [string, number, Activation] => [name, seed, kind.draw(random)]);
});

/** Breaks, the nearest numbers to both sides of each, and numbers all over. */
function pointsOf(activation: Activation): Float64Array {
  const at = piecesOf(activation).breaks.flatMap(({ at }) => [at, at - 2 ** -20, at + 2 ** -20]);
  return Float64Array.from([...at, ...Array.from({ length: 41 }, (_, k) => (k - 20) / 4)]);
}

const networkOf = (activation: Activation): Network => ({ inputShape: [1], layers: [activation] });

describe.each(drawn)('activation %s, instance %i', (_, __, activation) => {
  const points = pointsOf(activation);

  it('has as many pieces as its breaks divide, ascending, with a bend or a jump at each', () => {
    const { breaks, pieces } = piecesOf(activation);
    expect(pieces).toHaveLength(breaks.length + 1);
    breaks.slice(1).forEach(({ at }, k) => expect(at).toBeGreaterThan(breaks[k].at));
    breaks.forEach((_, k) =>
      expect(jumpsAt(piecesOf(activation), k) || pieces[k].slope !== pieces[k + 1].slope).toBe(true),
    );
  });

  it('is the function that its pieces say', () => {
    const pieces = piecesOf(activation);
    for (const x of points) {
      const expected = valueOf(pieces.pieces[pieceAbove(pieces, x)], x);
      expect(applied(activation)(x)).toBeCloseTo(expected, 12);
    }
  });

  it('is what its forward pass computes', () => {
    expect([...forward(networkOf(activation), points, points.length)]).toEqual([...points].map(applied(activation)));
  });

  it('comes back from ONNX with its numbers rounded to float32', () => {
    const rounded = roundToFloat32(networkOf(activation));
    expect(fromOnnx(toOnnx(networkOf(activation))).layers).toEqual(rounded.layers);
    expect(roundToFloat32(rounded)).toEqual(rounded);
  });
});
