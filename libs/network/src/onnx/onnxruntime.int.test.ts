import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationKinds, activations, piecesOf, type Activation } from '../activations/registry.js';
import { argmax, classify } from '../classify.js';
import { forward } from '../forward.js';
import type { Layer, Network } from '../network.js';
import { isContinuous } from '../piecewise-linear.js';
import { append, parallel } from '../parallel.js';
import { floats, integers, node, onnxModel } from '../testing/onnx-model.js';
import type { ModelParts } from '../testing/onnx-model.js';
import { expectClose, grid, runtime } from '../testing/in-runtime.js';
import { seededIntegers } from '../testing/damage.js';
import { randomGraph } from '../testing/random-graph.js';
import { randomInputs, randomNetwork } from '../testing/random-network.js';
import { inputSize } from '../shapes.js';
import { fromOnnx } from './from-onnx.js';
import { dataType } from './schema.js';
import { toOnnx } from './to-onnx.js';

/** The activation with its parameters as multiples of 1/64. */
const onGrid = (activation: Activation): Activation =>
  Object.fromEntries(
    Object.entries(activation).map(([key, value]) => [
      key,
      typeof value === 'number' ? Math.round(value * 64) / 64 : value,
    ]),
  ) as unknown as Activation;

const list = (length: number, seed: number) => [...grid(length, seed)];

it('missing numbers are filled, and the steps behind are those of the runtime to the last bit', async () => {
  const size = 5;
  const layers: Layer[] = [
    { kind: 'fill', values: grid(size, 1) },
    { kind: 'scale', factor: Float64Array.of(1), offset: grid(size, 2) },
    { kind: 'activation', activation: 'clip', low: -1, high: 1 },
    { kind: 'quantize', levels: 7 },
  ];
  const network: Network = { inputShape: [size], layers };
  const inputs = grid(40 * size, 3).map((value, at) => (at % 3 === 0 ? NaN : value / 7));
  const expected = await runtime(toOnnx(network), inputs, [40, size]);
  const found = forward(network, Float64Array.from(inputs, Math.fround), 40);
  expect([...found].map(Math.fround)).toEqual([...expected]);
  expect(fromOnnx(toOnnx(network)).layers).toEqual(layers);
  expect(() => forward({ ...network, layers: layers.slice(1) }, inputs, 40)).toThrow('inputs must be finite');
});

describe('our models in the ONNX runtime', () => {
  const conv: Layer = {
    kind: 'conv2d',
    inputChannels: 2,
    outputChannels: 4,
    groups: 2,
    kernel: [3, 2],
    strides: [2, 1],
    dilations: [1, 2],
    pads: [1, 0, 2, 1],
    weights: grid(4 * 3 * 2, 1),
    bias: grid(4, 2),
  };
  const pool = (kind: 'maxPool2d' | 'averagePool2d', countIncludePad: boolean): Layer => ({
    kind,
    kernel: [3, 2],
    strides: [2, 1],
    pads: [1, 1, 0, 1],
    countIncludePad,
  });
  const scale = (factors: number, offsets: number): Layer => ({
    kind: 'scale',
    factor: grid(factors, 3),
    offset: grid(offsets, 4),
  });
  const layers: [string, Layer][] = [
    ['conv2d', conv],
    ['maxPool2d', pool('maxPool2d', false)],
    ['averagePool2d', pool('averagePool2d', false)],
    ['averagePool2d counting pads', pool('averagePool2d', true)],
    ['scale by a number and by channel', scale(1, 2)],
    ['scale by channel and by element', scale(2, 84)],
    ['quantize', { kind: 'quantize', levels: 8 }],
    ['flatten', { kind: 'flatten' }],
    // On the grid of the inputs, so that they meet the breaks.
    ...Object.entries(activations).flatMap(([name, kind]) =>
      [0.1, 0.4, 0.75].map((number): [string, Layer] => [
        `${name}, drawn from ${number}`,
        onGrid(kind.draw(() => number)),
      ]),
    ),
    ['ternary with the smallest threshold', { kind: 'activation', activation: 'ternary', threshold: Number.MIN_VALUE }],
  ];

  it.each(layers)('%s', async (_, layer) => {
    const network: Network = { inputShape: [2, 7, 6], layers: [layer] };
    const inputs = grid(3 * 84, 5);
    expectClose(forward(network, inputs, 3), await runtime(toOnnx(network), inputs, [3, 2, 7, 6]));
  });

  it('dense', async () => {
    const network: Network = {
      inputShape: [5],
      layers: [{ kind: 'dense', inputs: 5, outputs: 3, weights: grid(15, 6), bias: grid(3, 7) }],
    };
    expectClose(forward(network, grid(20, 8), 4), await runtime(toOnnx(network), grid(20, 8), [4, 5]));
  });

  it('no layer at all', async () => {
    expectClose(grid(6, 1), await runtime(toOnnx({ inputShape: [3], layers: [] }), grid(6, 1), [2, 3]));
  });

  it('random networks of several layers', async () => {
    // Rounding may fall on either side of a jump, so only continuous layers can be compared number by number.
    const continuous = randomNetwork.filter(({ layers }) =>
      layers.every(
        (layer) => layer.kind !== 'quantize' && (layer.kind !== 'activation' || isContinuous(piecesOf(layer))),
      ),
    );
    const cases = continuous.chain((network) => fc.tuple(fc.constant(network), randomInputs(network, 2)));
    await fc.assert(
      fc.asyncProperty(cases, async ([network, inputs]) => {
        const theirs = await runtime(toOnnx(network), inputs, [2, ...network.inputShape]);
        const ours = forward(network, inputs, 2);
        const largest = Math.max(1, ...ours.map(Math.abs));
        expect(ours.length).toBe(theirs.length);
        for (const [index, value] of ours.entries())
          expect(Math.abs(theirs[index] - value) / largest).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  it('random networks with branches', async () => {
    const continuous = activationKinds.filter((kind) => isContinuous(piecesOf(kind.draw(() => 0.5))));
    for (let seed = 1; seed <= 40; seed++) {
      const integer = seededIntegers(seed);
      const network = randomGraph(() => integer(1000) / 1000, continuous);
      const inputs = grid(3 * inputSize(network), seed);
      const bytes = toOnnx(network);
      const theirs = await runtime(bytes, inputs, [3, ...network.inputShape]);
      for (const ours of [forward(network, inputs, 3), forward(fromOnnx(bytes), inputs, 3)]) {
        const largest = Math.max(1, ...ours.map(Math.abs));
        expect(ours.length).toBe(theirs.length);
        for (const [index, value] of ours.entries())
          expect(Math.abs(theirs[index] - value) / largest, `seed ${seed}`).toBeLessThan(1e-4);
      }
    }
  });

  it('gives the same class to every image on the pixel grid, by ternary neurons and votes', async () => {
    const ternary = (length: number, seed: number) =>
      grid(length, seed).map((value) => (value < -0.7 ? -1 : value > 0.7 ? 1 : 0));
    const pairs = Array.from({ length: 45 }, (_, seed): Network => ({
      inputShape: [784],
      layers: [
        // An odd multiple of 1/510: no image on the grid comes nearer than 1/510 to a change of sign.
        {
          kind: 'dense',
          inputs: 784,
          outputs: 1,
          weights: ternary(784, seed),
          bias: Float64Array.of((2 * (seed % 40) - 39) / 510),
        },
        { kind: 'activation', activation: 'sign' },
      ],
    }));
    const network = append(parallel(pairs), [
      { kind: 'dense', inputs: 45, outputs: 10, weights: ternary(450, 99), bias: new Float64Array(10) },
    ]);
    const count = 2000;
    const images = grid(count * 784, 100).map((value) => Math.round(Math.abs(value) * 127.5) / 255);
    const theirs = argmax(await runtime(toOnnx(network), images, [count, 784]), 10);
    expect(new Set(theirs).size).toBeGreaterThan(3);
    expect(theirs).toEqual(classify(network, images, count));
  });
});

describe('models of others, read by us', () => {
  const image = ['N', 2, 5, 6] as const;
  const kernel = floats('W', [3, 2, 3, 2], list(36, 1));
  const bias = floats('B', [3], list(3, 2));
  const channels = ['s', 'b', 'm'].map((name, index) => floats(name, [2], list(2, 3 + index)));
  const variance = floats('v', [2], [0.5, 2]);
  const matrix = floats('W', [6, 4], list(24, 6));
  const transposed = floats('W', [4, 6], list(24, 7));
  const row = floats('c', [4], list(4, 8));
  const number = (name: string, value: number) => floats(name, [], [value]);
  const x = ['x'];
  const where = (condition: string, bound: number, yes: number, no: number, flipped = false): ModelParts => ({
    input: ['N', 6],
    nodes: [node(condition, flipped ? ['t', 'x'] : ['x', 't'], 'q'), node('Where', ['q', 'yes', 'no'], 'y')],
    constants: [number('t', bound), number('yes', yes), number('no', no)],
  });
  const conv = (attributes: Parameters<typeof node>[3], constants = [kernel, bias]): ModelParts => ({
    input: image,
    nodes: [node('Conv', constants.length > 1 ? ['x', 'W', 'B'] : ['x', 'W'], 'y', attributes)],
    constants,
  });
  const pool = (opType: string, attributes: Parameters<typeof node>[3]): ModelParts => ({
    input: image,
    nodes: [node(opType, x, 'y', { kernel_shape: [3, 2], ...attributes })],
  });
  const elementwise = (
    opType: string,
    dims: number[],
    input: ModelParts['input'] = image,
    flipped = false,
  ): ModelParts => ({
    input,
    nodes: [node(opType, flipped ? ['c', 'x'] : ['x', 'c'], 'y')],
    constants: [
      floats(
        'c',
        dims,
        list(
          dims.reduce((a, b) => a * b, 1),
          9,
        ).map((value) => value || 1),
      ),
    ],
  });

  const models: [string, ModelParts][] = [
    ['Gemm', { input: ['N', 6], nodes: [node('Gemm', ['x', 'W', 'c'], 'y')], constants: [matrix, row] }],
    [
      'Gemm, transB, alpha, beta',
      {
        input: ['N', 6],
        nodes: [node('Gemm', ['x', 'W', 'c'], 'y', { transB: 1, alpha: { float: 0.5 }, beta: { float: -2 } })],
        constants: [transposed, row],
      },
    ],
    [
      'Gemm without C, then Add',
      {
        input: ['N', 6],
        nodes: [node('Gemm', ['x', 'W'], 'g'), node('Add', ['g', 'c'], 'y')],
        constants: [matrix, row],
      },
    ],
    [
      'Gemm, C of one number',
      { input: ['N', 6], nodes: [node('Gemm', ['x', 'W', 'c'], 'y')], constants: [matrix, floats('c', [1, 1], [3])] },
    ],
    [
      'Gemm, transA',
      { input: [6, 1], nodes: [node('Gemm', ['x', 'W', 'c'], 'y', { transA: 1 })], constants: [matrix, row] },
    ],
    [
      'Gemm, signal second',
      {
        input: [6, 1],
        nodes: [node('Gemm', ['W', 'x', 'c'], 'y')],
        constants: [transposed, floats('c', [4, 1], list(4, 8))],
      },
    ],
    [
      'Gemm, both transposed, signal second',
      { input: [1, 6], nodes: [node('Gemm', ['W', 'x'], 'y', { transA: 1, transB: 1 })], constants: [matrix] },
    ],
    [
      'MatMul',
      {
        input: ['N', 6],
        nodes: [node('MatMul', ['x', 'W'], 'm'), node('Sub', ['m', 'c'], 'y')],
        constants: [matrix, row],
      },
    ],
    [
      'MatMul, constant first',
      {
        input: [1, 6, 1],
        nodes: [node('MatMul', ['W', 'x'], 'm'), node('Add', ['c', 'm'], 'y')],
        constants: [transposed, floats('c', [4, 1], list(4, 8))],
      },
    ],
    [
      'MatMul, constant first, open batch',
      { input: ['N', 6, 1], nodes: [node('MatMul', ['W', 'x'], 'y')], constants: [transposed] },
    ],
    [
      'MatMul by a vector',
      { input: ['N', 6], nodes: [node('MatMul', ['x', 'v'], 'y')], constants: [floats('v', [6], list(6, 8))] },
    ],
    ['Add by number', elementwise('Add', [])],
    ['Add by channel', elementwise('Add', [2, 1, 1])],
    ['Add by column', elementwise('Add', [6])],
    ['Sub by element', elementwise('Sub', [2, 5, 6])],
    ['Sub from a constant', elementwise('Sub', [2, 1, 1], image, true)],
    ['Mul by row', elementwise('Mul', [1, 1, 5, 1])],
    ['Div by channel', elementwise('Div', [2, 1, 1])],
    [
      'normalised input',
      {
        input: image,
        nodes: [node('Sub', ['x', 'm'], 'a'), node('Div', ['a', 's'], 'y')],
        constants: [floats('m', [1, 2, 1, 1], [0.25, 0.5]), floats('s', [2, 1, 1], [0.75, 3])],
      },
    ],
    ['Conv', conv({ kernel_shape: [3, 2], pads: [2, 1, 0, 1], strides: [2, 1], dilations: [1, 2] })],
    [
      'Conv without bias, then Add by channel',
      {
        input: image,
        nodes: [node('Conv', ['x', 'W'], 'k'), node('Add', ['k', 'c'], 'y')],
        constants: [kernel, floats('c', [1, 3, 1, 1], list(3, 8))],
      },
    ],
    [
      'Conv without bias, then Add by element',
      {
        input: image,
        nodes: [node('Conv', ['x', 'W'], 'k'), node('Add', ['k', 'c'], 'y')],
        constants: [kernel, floats('c', [3, 3, 5], list(45, 8))],
      },
    ],
    ['Conv, SAME_UPPER', conv({ auto_pad: 'SAME_UPPER', strides: [2, 2] })],
    ['Conv, SAME_LOWER', conv({ auto_pad: 'SAME_LOWER', strides: [1, 1] })],
    ['Conv, SAME_LOWER, strided', conv({ auto_pad: 'SAME_LOWER', strides: [2, 2] })],
    ['Conv, VALID', conv({ auto_pad: 'VALID' })],
    ['Conv in groups', conv({ group: 2 }, [floats('W', [4, 1, 2, 2], list(16, 1)), floats('B', [4], list(4, 2))])],
    ['MaxPool', pool('MaxPool', { pads: [1, 1, 0, 0], strides: [2, 1] })],
    ['MaxPool, SAME_LOWER', pool('MaxPool', { auto_pad: 'SAME_LOWER', strides: [2, 2] })],
    ['MaxPool, ceil_mode without effect', pool('MaxPool', { strides: [2, 2], ceil_mode: 1 })],
    ['AveragePool', pool('AveragePool', { pads: [1, 1, 0, 0], strides: [2, 1] })],
    [
      'AveragePool, count_include_pad',
      pool('AveragePool', { pads: [1, 1, 1, 0], strides: [2, 1], count_include_pad: 1 }),
    ],
    ['AveragePool, SAME_UPPER', pool('AveragePool', { auto_pad: 'SAME_UPPER', strides: [1, 1] })],
    ['GlobalAveragePool', { input: image, nodes: [node('GlobalAveragePool', x, 'y')] }],
    [
      'Flatten',
      {
        input: image,
        nodes: [node('Flatten', x, 'f'), node('Gemm', ['f', 'W'], 'y')],
        constants: [floats('W', [60, 2], list(120, 1))],
      },
    ],
    ['Flatten, negative axis', { input: ['N', 6], nodes: [node('Flatten', x, 'y', { axis: -1 })] }],
    [
      'Flatten of a fixed batch, negative axis',
      {
        input: [1, 2, 3],
        nodes: [node('Flatten', x, 'f', { axis: -2 }), node('MatMul', ['f', 'W'], 'y')],
        constants: [matrix],
      },
    ],
    [
      'Reshape',
      {
        input: image,
        nodes: [node('Reshape', ['x', 'shape'], 'r'), node('MatMul', ['r', 'W'], 'y')],
        constants: [integers('shape', [0, -1]), floats('W', [60, 2], list(120, 1))],
      },
    ],
    [
      'Reshape to an image',
      {
        input: ['N', 12],
        nodes: [node('Sub', ['x', 'm'], 's'), node('Reshape', ['s', 'shape'], 'r'), node('Conv', ['r', 'W'], 'y')],
        constants: [
          floats('m', [12], list(12, 4)),
          integers('shape', [-1, 2, 2, 3]),
          floats('W', [1, 2, 2, 2], list(8, 1)),
        ],
      },
    ],
    [
      'Squeeze and Unsqueeze',
      {
        input: ['N', 1, 6],
        nodes: [
          node('Squeeze', ['x', 'one'], 's'),
          node('MatMul', ['s', 'W'], 'm'),
          node('Unsqueeze', ['m', 'ends'], 'y'),
        ],
        constants: [integers('one', [1]), integers('ends', [1, -1]), matrix],
      },
    ],
    [
      'Squeeze and Unsqueeze by attribute',
      {
        input: ['N', 1, 6],
        opset: 11,
        nodes: [node('Squeeze', x, 's', { axes: [1] }), node('Unsqueeze', ['s'], 'y', { axes: [2] })],
      },
    ],
    [
      'Transpose of ones',
      {
        input: ['N', 5, 6, 1],
        nodes: [
          node('Transpose', x, 't', { perm: [0, 3, 1, 2] }),
          node('MaxPool', ['t'], 'y', { kernel_shape: [2, 2] }),
        ],
      },
    ],
    [
      'Transpose, scale, Flatten, Gemm',
      {
        input: image,
        nodes: [
          node('Transpose', x, 't', { perm: [0, 2, 3, 1] }),
          node('Mul', ['t', 'c'], 'k'),
          node('Relu', ['k'], 'r'),
          node('Flatten', ['r'], 'f'),
          node('Gemm', ['f', 'W'], 'y'),
        ],
        constants: [floats('c', [2], [2, -3]), floats('W', [60, 2], list(120, 1))],
      },
    ],
    [
      'Transpose twice',
      {
        input: image,
        nodes: [
          node('Transpose', x, 't', { perm: [0, 2, 3, 1] }),
          node('Transpose', ['t'], 'u', { perm: [0, 3, 2, 1] }),
          node('Flatten', ['u'], 'f'),
          node('MatMul', ['f', 'W'], 'y'),
        ],
        constants: [floats('W', [60, 2], list(120, 1))],
      },
    ],
    ['Transpose at the end', { input: image, nodes: [node('Transpose', x, 'y', { perm: [0, 3, 1, 2] })] }],
    [
      'Transpose of the weights',
      {
        input: ['N', 6],
        nodes: [node('Transpose', ['W'], 't'), node('MatMul', ['x', 't'], 'y')],
        constants: [transposed],
      },
    ],
    [
      'BatchNormalization',
      {
        input: image,
        nodes: [
          node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], 'y', {
            epsilon: { float: 0.01 },
            momentum: { float: 0.9 },
          }),
        ],
        constants: [...channels, variance],
      },
    ],
    [
      'BatchNormalization of a vector',
      {
        input: ['N', 2],
        nodes: [node('BatchNormalization', ['x', 's', 'b', 'm', 'v'], 'y')],
        constants: [...channels, variance],
      },
    ],
    ['Relu', { input: ['N', 6], nodes: [node('Relu', x, 'y')] }],
    ['Add of two signals', { input: ['N', 6], nodes: [node('Relu', x, 'a'), node('Add', ['a', 'x'], 'y')] }],
    [
      'Sub of two signals',
      { input: ['N', 6], nodes: [node('Relu', x, 'a'), node('Abs', x, 'b'), node('Sub', ['a', 'b'], 'y')] },
    ],
    ['a signal added to itself', { input: ['N', 6], nodes: [node('Add', ['x', 'x'], 'y')] }],
    [
      'Concat of vectors, one of them twice',
      {
        input: ['N', 6],
        nodes: [node('Relu', x, 'a'), node('Concat', ['a', 'x', 'a'], 'y', { axis: -1 })],
      },
    ],
    [
      'a residual block whose product is read twice',
      {
        input: ['N', 6],
        nodes: [
          node('MatMul', ['x', 'W'], 'm'),
          node('Add', ['m', 'b'], 'a'),
          node('Relu', ['a'], 'r'),
          node('Add', ['r', 'm'], 'y'),
        ],
        constants: [floats('W', [6, 6], list(36, 1)), floats('b', [6], list(6, 2))],
      },
    ],
    [
      'two kernels side by side on a reshaped input',
      {
        input: ['N', 120],
        nodes: [
          node('Reshape', ['x', 's'], 'i'),
          node('Conv', ['i', 'W'], 'a', { pads: [1, 0, 1, 1] }),
          node('Conv', ['i', 'V'], 'b'),
          node('Concat', ['a', 'b'], 'c', { axis: 1 }),
          node('Relu', ['c'], 'y'),
        ],
        constants: [
          integers('s', [-1, 2, 10, 6]),
          floats('W', [2, 2, 3, 2], list(24, 1)),
          floats('V', [3, 2, 1, 1], list(6, 2)),
        ],
      },
    ],
    [
      'a residual block of an image, flat at the end',
      {
        input: image,
        nodes: [
          node('Conv', ['x', 'W'], 'a', { pads: [1, 1, 1, 1] }),
          node('Relu', ['a'], 'r'),
          node('Add', ['x', 'r'], 's'),
          node('Flatten', ['s'], 'f'),
          node('Flatten', ['x'], 'g'),
          node('Sub', ['f', 'g'], 'y'),
        ],
        constants: [floats('W', [2, 2, 3, 3], list(36, 1))],
      },
    ],
    ['LeakyRelu', { input: ['N', 6], nodes: [node('LeakyRelu', x, 'y')] }],
    ['LeakyRelu, alpha', { input: ['N', 6], nodes: [node('LeakyRelu', x, 'y', { alpha: { float: 0.3 } })] }],
    ['PRelu', { input: ['N', 6], nodes: [node('PRelu', ['x', 's'], 'y')], constants: [floats('s', [1], [0.125])] }],
    ['Sign', { input: ['N', 6], nodes: [node('Sign', x, 'y')] }],
    ['Clip', { input: ['N', 6], nodes: [node('Clip', ['x', 'low'], 'y')], constants: [number('low', 0)] }],
    ['Clip by attribute', { input: ['N', 6], opset: 10, nodes: [node('Clip', x, 'y', { min: { float: 0 } })] }],
    [
      'Clip to [-0.5, 1]',
      {
        input: ['N', 6],
        nodes: [node('Clip', ['x', 'low', 'high'], 'y')],
        constants: [number('low', -0.5), number('high', 1)],
      },
    ],
    [
      'Clip open below',
      { input: ['N', 6], nodes: [node('Clip', ['x', '', 'high'], 'y')], constants: [number('high', 0.75)] },
    ],
    [
      'Clip to the largest float32',
      {
        input: ['N', 6],
        nodes: [node('Clip', ['x', 'low', 'high'], 'y')],
        constants: [number('low', -0.25), number('high', 3.4028234663852886e38)],
      },
    ],
    ['Clip to everything', { input: ['N', 6], nodes: [node('Clip', x, 'c'), node('Relu', ['c'], 'y')] }],
    [
      'ReLU6 by attributes',
      { input: ['N', 6], opset: 10, nodes: [node('Clip', x, 'y', { min: { float: 0 }, max: { float: 6 } })] },
    ],
    ['Where x >= 0, 1, -1', where('GreaterOrEqual', 0, 1, -1)],
    ['Where x >= 0.25, 1, 0', where('GreaterOrEqual', 0.25, 1, 0)],
    ['Where x < 0, -1, 1', where('Less', 0, -1, 1)],
    ['Where 0.25 > x, 0, 1', where('Greater', 0.25, 0, 1, true)],
    ['Where 0 <= x, 1, 0', where('LessOrEqual', 0, 1, 0, true)],
    [
      'Cast of a comparison',
      {
        input: ['N', 6],
        nodes: [node('GreaterOrEqual', ['x', 't'], 'q'), node('Cast', ['q'], 'y', { to: dataType.float })],
        constants: [number('t', 0)],
      },
    ],
    [
      'ternary Where, low side first',
      {
        input: ['N', 6],
        nodes: [
          node('GreaterOrEqual', ['x', 't'], 'h'),
          node('LessOrEqual', ['x', 'u'], 'l'),
          node('Where', ['h', 'p', 'z'], 'w'),
          node('Where', ['l', 'n', 'w'], 'y'),
        ],
        constants: [number('t', 0.5), number('u', -0.5), number('p', 1), number('n', -1), number('z', 0)],
      },
    ],
    [
      'quantization by a reciprocal',
      {
        input: ['N', 6],
        nodes: [
          node('Mul', ['l', 'x'], 'm'),
          node('Add', ['m', 'h'], 'a'),
          node('Floor', ['a'], 'f'),
          node('Mul', ['f', 'r'], 'y'),
        ],
        constants: [number('l', 4), number('h', 0.5), number('r', 0.25)],
      },
    ],
    [
      'Identity, Dropout and a harmless Cast',
      {
        input: ['N', 6],
        nodes: [
          node('Identity', x, 'i'),
          node('Dropout', ['i'], 'd'),
          node('Cast', ['d'], 'y', { to: dataType.float }),
        ],
      },
    ],
    [
      'Constant',
      {
        input: ['N', 6],
        nodes: [
          node('Constant', [], 'c', { value: floats('', [6], list(6, 4)) }),
          node('Constant', [], 'f', { value_float: { float: 2 } }),
          node('Add', ['x', 'c'], 'a'),
          node('Mul', ['a', 'f'], 'y'),
        ],
      },
    ],
  ];

  it.each(models)('%s', async (_, parts) => {
    const bytes = onnxModel(parts);
    const network = fromOnnx(bytes);
    const open = typeof parts.input[0] === 'string';
    const count = open ? 3 : 1;
    const inputs = grid(count * inputSize(network), 10);
    const dims = parts.input.map((extent) => (typeof extent === 'string' ? count : extent));
    expectClose(forward(network, inputs, count), await runtime(bytes, inputs, dims));
    // What was read can be written again, and means the same.
    expectClose(
      forward(network, inputs, count),
      await runtime(toOnnx(network), inputs, [count, ...network.inputShape]),
    );
  });

  it('a model in float64', async () => {
    const weights = {
      name: 'W',
      dims: [6, 1],
      dataType: dataType.double,
      doubleData: list(6, 1).map((value) => value / 3),
    };
    const bytes = onnxModel({
      input: ['N', 6],
      nodes: [node('MatMul', ['x', 'W'], 'y')],
      constants: [weights],
      elemType: dataType.double,
    });
    const inputs = grid(12, 2);
    const theirs = await runtime(bytes, inputs, [2, 6], 'float64');
    for (const [index, value] of forward(fromOnnx(bytes), inputs, 2).entries())
      expect(value).toBeCloseTo(theirs[index], 13);
  });
});

const data = process.env.MIPNET_DATA;

describe('the mnistfc network of VNN-COMP', () => {
  it.skipIf(data === undefined)(
    'is read and gives the scores of the ONNX runtime (skipped unless MIPNET_DATA is set)',
    async () => {
      const bytes = await readFile(join(data as string, 'mnistfc', 'mnist-net_256x2.onnx'));
      const network = fromOnnx(bytes);
      const affine = network.layers.filter((layer) => layer.kind === 'dense');
      expect(affine.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
        [784, 256],
        [256, 256],
        [256, 10],
      ]);
      for (let seed = 0; seed < 20; seed++) {
        const image = grid(784, seed).map((value) => Math.abs(value) / 2);
        expectClose(forward(network, image, 1), await runtime(bytes, image, [1, 784, 1]));
      }
    },
  );
});
