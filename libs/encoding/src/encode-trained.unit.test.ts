import { evaluate, ModelBuilder } from '@mipnet/mip';
import { forward, inFloat32, type Network } from '@mipnet/network';
import { loadHighsSolver } from '@mipnet/solver';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crownBounds } from '@mipnet/bounds';
import { Completion } from './completion.js';
import { expectCompletion } from './conformance.js';
import { encodeLayers } from './encode-layers.js';
import { encodeTrained } from './encode-trained.js';
import { FreeDense } from './free-dense.js';
import type { ReluFormulation } from './activations/relu-formulation.js';
import { columnUnit, signalOf } from './signal.js';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import { randomBox, randomNumbers, randomPoint, randomTrained } from '@mipnet/bounds/testing/random-trained';

const relu = { kind: 'activation', activation: 'relu' } as const;
const box = (size: number, lower = -1, upper = 1) => ({
  lower: new Float64Array(size).fill(lower),
  upper: new Float64Array(size).fill(upper),
});
const failing = (network: Network, input: { lower: Float64Array; upper: Float64Array }) => () =>
  encodeTrained(network, input);

describe('encoding = forward pass', () => {
  test('for random networks, boxes, inputs and formulations', () => {
    const formulations = fc.constantFrom<ReluFormulation>('big-m', 'extended', 'convex-hull', 'partition(2)');
    fc.assert(
      fc.property(fc.integer(), formulations, (seed, formulation) => {
        const random = randomNumbers(seed);
        const network = seed % 3 === 0 ? randomGraph(random) : randomTrained(random);
        const input = randomBox(random, network);
        const encoding = encodeTrained(network, input, { formulation });
        for (let k = 0; k < 5; k++) {
          const x = randomPoint(random, input);
          expectCompletion(encoding, forward(network, x, 1), x);
          expect(encoding.toInput(encoding.toPoint(x))).toEqual(x);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a box that is a point has no model at all', () => {
    const network = randomTrained(randomNumbers(3));
    const point = randomPoint(randomNumbers(4), randomBox(randomNumbers(5), network));
    const { model, outputs, inputColumns } = encodeTrained(network, { lower: point, upper: point });
    expect([model.columnCount, model.rowCount]).toEqual([0, 0]);
    expect(outputs.map(({ expression }) => expression.constant)).toEqual([...forward(network, point, 1)]);
    expect(inputColumns.every((column) => column === -1)).toBe(true);
  });
});

describe('a jump whose pre-activations are multiples of a step', () => {
  test.each(['sign', 'step', 'ternary'] as const)('leaves no side open at the jump itself: %s', async (activation) => {
    const solver = await loadHighsSolver();
    // The pre-activation is a difference of two whole numbers, 0 where they are equal.
    const network = inFloat32({
      inputShape: [2],
      layers: [
        { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -1), bias: Float64Array.of(0) },
        activation === 'ternary'
          ? { kind: 'activation', activation, threshold: Number.MIN_VALUE }
          : { kind: 'activation', activation },
      ],
    });
    const input = { ...box(2, -2, 2), steps: Float64Array.of(2, 2) };
    const values = Float64Array.of(-2, 0, 2);
    for (const value of values)
      for (const other of values) {
        const { builder, outputs, toPoint } = encodeTrained(network, input, {
          inputs: { choices: [{ values }, { values }] },
        });
        const columns = toPoint([value, other]);
        const expected = forward(network, Float64Array.of(value, other), 1)[0];
        for (const sign of [1, -1]) {
          const model = builder.build();
          const session = solver.open(model);
          [0, 1].forEach((column) => session.setColumnBounds(column, columns[column], columns[column]));
          session.setObjective({
            ...outputs[0].expression,
            values: Array.from(outputs[0].expression.values, (coefficient) => sign * coefficient),
          });
          const binaries = [...model.integer.keys()].filter((column) => column > 1 && model.integer[column] === 1);
          expect(binaries.length).toBeGreaterThan(0);
          let worst = Infinity;
          for (let bits = 0; bits < 2 ** binaries.length; bits++) {
            binaries.forEach((column, k) => session.setColumnBounds(column, (bits >> k) & 1, (bits >> k) & 1));
            const { status, x } = session.solve();
            if (status === 'optimal') worst = Math.min(worst, sign * evaluate(outputs[0].expression, x!));
          }
          session.close();
          expect(worst, `${value} and ${other}`).toBeCloseTo(sign * expected, 6);
        }
      }
  });
});

describe('faults of other encoders', () => {
  const counting = { inputShape: [1, 3, 3] };
  const pixels = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const near = { lower: pixels.map((pixel) => pixel - 1), upper: pixels.map((pixel) => pixel + 1) };

  test('the bias of a convolution counts: 13, 17, 25, 29 and not 8, 12, 20, 24', () => {
    const network: Network = {
      ...counting,
      layers: [
        {
          kind: 'conv2d',
          inputChannels: 1,
          outputChannels: 1,
          groups: 1,
          kernel: [2, 2],
          strides: [1, 1],
          dilations: [1, 1],
          pads: [0, 0, 0, 0],
          weights: new Float64Array(4).fill(1),
          bias: Float64Array.of(5),
        },
      ],
    };
    const { toPoint, outputs } = encodeTrained(network, near);
    const x = toPoint(pixels.map((pixel) => pixel - 1));
    expect(outputs.map(({ expression }) => evaluate(expression, x))).toEqual([13, 17, 25, 29]);
  });

  test('a max pool is padded with minus infinity', () => {
    const network: Network = {
      ...counting,
      layers: [{ kind: 'maxPool2d', kernel: [2, 2], strides: [2, 2], pads: [1, 1, 0, 0], countIncludePad: false }],
    };
    const negative = { lower: near.lower.map((low) => low - 20), upper: near.upper.map((high) => high - 20) };
    const { toPoint, outputs } = encodeTrained(network, negative);
    const x = toPoint(pixels.map((pixel) => pixel - 20));
    expect(outputs.map(({ expression }) => evaluate(expression, x))).toEqual([-19, -17, -13, -11]);
  });

  test('every big-M is proven from the box: a feasible problem with huge inputs stays feasible', async () => {
    const network: Network = {
      inputShape: [1],
      layers: [{ kind: 'dense', inputs: 1, outputs: 1, weights: Float64Array.of(1), bias: Float64Array.of(0) }, relu],
    };
    const { model, outputs, builder } = encodeTrained(network, box(1, -1e5, 1e5));
    builder.row(9e4, outputs[0].expression, Infinity);
    const solver = await loadHighsSolver();
    expect(solver.solve(builder.build()).status).toBe('optimal');
    expect(model.rowCount).toBe(3);
  });
});

describe('refusals name the input and the fix', () => {
  const network: Network = {
    inputShape: [2],
    layers: [{ kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -1), bias: Float64Array.of(0) }, relu],
  };

  test('no bounds', () => {
    const none = failing(network, undefined as never);
    expect(none).toThrow(expect.objectContaining({ name: 'BoundsError', code: 'bounds' }));
    expect(none).toThrow(/no lower bounds: give a finite/);
  });
  test('infinite or NaN bounds', () => {
    expect(failing(network, { lower: Float64Array.of(0, -Infinity), upper: Float64Array.of(1, 1) })).toThrow(
      /input 1 has bounds \[-Infinity, 1\]: give finite/,
    );
    expect(failing(network, { lower: Float64Array.of(0, 0), upper: Float64Array.of(NaN, 1) })).toThrow(
      expect.objectContaining({ code: 'bounds' }),
    );
  });
  test('a contradictory box', () => {
    expect(failing(network, { lower: Float64Array.of(0, 2), upper: Float64Array.of(1, 1) })).toThrow(
      /input 1 has lower bound 2 above its upper bound 1/,
    );
  });
  test('a box of the wrong size', () => {
    expect(failing(network, box(3))).toThrow(expect.objectContaining({ code: 'shape' }));
  });
  test('NaN weights', () => {
    const broken: Network = {
      ...network,
      layers: [
        { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, NaN), bias: Float64Array.of(0) },
        relu,
      ],
    };
    expect(failing(broken, box(2))).toThrow(expect.objectContaining({ code: 'value', cause: expect.anything() }));
    expect(failing(broken, box(2))).toThrow(/layer 0 \(dense\): weights\[1\] is NaN/);
  });
  test('more levels than an integer column can tell apart', () => {
    const quantized: Network = { inputShape: [2], layers: [{ kind: 'quantize', levels: 2 ** 21 }] };
    expect(failing(quantized, box(2))).toThrow(/quantize layer \(2097152 levels\).*integers -2097152 to 2097152/);
  });
  test('a column for a quantize layer whose output is constant', () => {
    const quantized: Network = { inputShape: [2], layers: [{ kind: 'quantize', levels: 4 }] };
    expect(encodeTrained(quantized, box(2, 0.26, 0.3)).model.rowCount).toBe(0);
    expect(encodeTrained(quantized, box(2, 0.26, 0.3)).outputs.map(({ expression }) => expression.constant)).toEqual([
      0.25, 0.25,
    ]);
  });
  test('bounds of another box or network', () => {
    expect(() => encodeTrained(network, box(2, -2, 2), { bounds: crownBounds(network, box(2)) })).toThrow(
      /proven for input 0 in \[-1, 1\]/,
    );
    expect(() => encodeTrained(network, box(2), { bounds: { input: box(2), layers: [] } })).toThrow(
      expect.objectContaining({ code: 'shape' }),
    );
  });
  test('free real weights behind neurons of more than two values', () => {
    const builder = new ModelBuilder();
    const context = { builder, completion: new Completion(), epsilon: 0 };
    const input = signalOf([columnUnit(builder, builder.column(-1, 1))]);
    const free = new FreeDense(builder, {
      inputs: 1,
      outputs: 1,
      domain: 'real',
      biasBound: 0,
      lower: Float64Array.of(-1),
      upper: Float64Array.of(1),
    });
    expect(() => encodeLayers(context, [{ layer: relu }, { free }], input)).toThrow(/more than two values/);
  });
});
