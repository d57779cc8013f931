import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import type { Layer, Network } from '../network.js';
import { NetworkError } from '../network-error.js';
import { randomInputs, randomNetwork } from '../testing/random-network.js';
import { fromOnnx } from './from-onnx.js';
import { roundToFloat32 } from './round-to-float32.js';
import { toOnnx } from './to-onnx.js';

const votes: Network = {
  inputShape: [2],
  layers: [
    { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -1), bias: Float64Array.of(0.1) },
    { kind: 'activation', activation: 'sign' },
  ],
  metadata: { classes: '4,9', author: 'a test' },
};

const hasNoSelect = ({ layers }: Network): boolean => layers.every(({ kind }) => kind !== 'select');

describe('ONNX export and import', () => {
  it('gives back the network with its numbers rounded to float32', () => {
    fc.assert(
      // Selected numbers that are selected again are one layer in the file.
      fc.property(randomNetwork.filter(hasNoSelect), (network) => {
        expect(fromOnnx(toOnnx(network))).toEqual(roundToFloat32(network));
      }),
      { numRuns: 300 },
    );
  });

  it('computes the same after the round trip', () => {
    const cases = randomNetwork.chain((network) => fc.tuple(fc.constant(network), randomInputs(network, 3)));
    fc.assert(
      fc.property(cases, ([network, inputs]) => {
        expect(forward(fromOnnx(toOnnx(network)), inputs, 3)).toEqual(forward(roundToFloat32(network), inputs, 3));
      }),
    );
  });

  it('keeps metadata, whose order does not change the bytes', () => {
    expect(fromOnnx(toOnnx(votes)).metadata).toEqual(votes.metadata);
    expect(toOnnx({ ...votes, metadata: { author: 'a test', classes: '4,9' } })).toEqual(toOnnx(votes));
    expect(toOnnx({ ...votes, metadata: undefined })).not.toEqual(toOnnx(votes));
  });

  it('keeps the sign of a threshold that float32 cannot hold', () => {
    const network: Network = {
      inputShape: [3],
      layers: [{ kind: 'activation', activation: 'ternary', threshold: Number.MIN_VALUE }],
    };
    const again = fromOnnx(toOnnx(network));
    expect(again.layers).toEqual(network.layers);
    expect([...forward(again, Float64Array.of(-1e-300, 0, 1e-300), 1)]).toEqual([-1, 0, 1]);
  });

  it('keeps two scales and a scale before quantization apart', () => {
    const scale = (factor: number, offset: number): Layer => ({
      kind: 'scale',
      factor: Float64Array.of(factor),
      offset: Float64Array.of(offset),
    });
    const network: Network = {
      inputShape: [2],
      layers: [scale(2, 0), scale(1, 3), scale(4, 0.5), { kind: 'quantize', levels: 1 }],
    };
    expect(fromOnnx(toOnnx(network))).toEqual(network);
  });

  it('refuses to export what float32 cannot hold', () => {
    const network: Network = {
      inputShape: [1],
      layers: [{ kind: 'scale', factor: Float64Array.of(1e39), offset: Float64Array.of(0) }],
    };
    expect(() => toOnnx(network)).toThrow(expect.objectContaining({ code: 'value', layer: 0, kind: 'scale' }));
  });
});

describe('bytes that are no ONNX model', () => {
  /** The network, or undefined if the bytes were refused properly. */
  const attempt = (bytes: Uint8Array): Network | undefined => {
    try {
      return fromOnnx(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(NetworkError);
      expect((error as Error).message).not.toBe('');
      return undefined;
    }
  };

  it.each([
    ['nothing', ''],
    ['text', 'not a network'],
    ['zeros', '\0\0\0\0'],
  ])('refuses %s as such', (_, text) => {
    expect(() => fromOnnx(new TextEncoder().encode(text))).toThrow(expect.objectContaining({ code: 'onnx' }));
  });

  it('refuses random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(attempt(bytes)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a truncated model, unless only metadata is missing', () => {
    const bytes = toOnnx(votes);
    const withoutMetadata = toOnnx({ ...votes, metadata: undefined }).length;
    for (let length = 0; length < bytes.length; length++) {
      const network = attempt(bytes.slice(0, length));
      if (length < withoutMetadata) expect(network, `${length} bytes`).toBeUndefined();
      else if (network !== undefined) expect(network.layers).toEqual(fromOnnx(bytes).layers);
    }
  });

  it('never crashes on a damaged model', () => {
    const damaged = randomNetwork.map(toOnnx).chain((bytes) =>
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const copy = bytes.slice();
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      }),
    );
    let refused = 0;
    fc.assert(
      fc.property(damaged, (bytes) => {
        if (attempt(bytes) === undefined) refused++;
      }),
      { numRuns: 1500 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});
