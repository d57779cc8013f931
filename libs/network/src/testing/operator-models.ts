// Tested by ../onnx/operators/operators.int.test.ts.
import { dataType, type OnnxNode, type OnnxTensor } from '../onnx/schema.js';
import { floats, integers, node, type ModelParts } from './onnx-model.js';

/** Draws that repeat: integers between two ends, and numbers on the grid of the inputs. */
export class Draw {
  #state: number;

  /** @param unit of the numbers: a power of two is exact, another one is not */
  constructor(
    seed: number,
    private readonly unit = 1 / 32,
  ) {
    this.#state = seed * 7919 + 17;
  }

  between(low: number, high: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return low + ((this.#state >>> 8) % (high - low + 1));
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.between(0, choices.length - 1)];
  }

  numbers(count: number): number[] {
    return Array.from({ length: count }, () => this.between(-64, 64) * this.unit);
  }

  floats(name: string, dims: readonly number[]): OnnxTensor {
    return floats(name, dims, this.numbers(dims.reduce((a, b) => a * b, 1)));
  }
}

const scalar = (name: string, value: number): OnnxTensor => floats(name, [], [value]);
const small = ['N', 2, 3, 4] as const;
const vector = ['N', 6] as const;
const one = (opType: string, attributes?: Parameters<typeof node>[3]): OnnxNode => node(opType, ['x'], 'y', attributes);

const slice = (draw: Draw): ModelParts => {
  const axes = draw.of<number[]>([1], [2, 3], [-1], [3, 1, 2]);
  const ends = axes.map(() => draw.of(-1, 2, 3, 100));
  const steps = axes.map(() => draw.of(1, 1, 2));
  const constants = [
    integers(
      's',
      axes.map(() => draw.of(0, 0, -3)),
    ),
    integers('e', ends),
    integers('a', axes),
    integers('p', steps),
  ];
  return { input: small, nodes: [node('Slice', ['x', 's', 'e', 'a', 'p'], 'y')], constants };
};
const split = (draw: Draw): ModelParts => {
  const axis = draw.of(1, 2, 3, -1);
  const parts = axis === 1 ? [1, 1] : axis === 2 ? [2, 1] : [1, 3];
  return {
    input: small,
    nodes: [
      { ...node('Split', ['x', 'l'], 'a', { axis }), output: ['a', 'b'] },
      node('Relu', ['a'], 'r'),
      node('Concat', draw.of(['b', 'r', 'b'], ['r', 'b'], ['b', 'r']), 'y', { axis }),
    ],
    constants: [integers('l', parts)],
  };
};
const padded = (draw: Draw): ModelParts => {
  const pads = [
    0,
    draw.of(0, 1),
    draw.between(0, 2),
    draw.between(-1, 2),
    0,
    0,
    draw.between(0, 2),
    draw.between(0, 3),
  ];
  const mode = draw.of('constant', 'constant', 'edge', 'reflect');
  if (mode === 'reflect') pads.fill(0, 1, 2).splice(3, 1, Math.max(0, pads[3]));
  return {
    input: small,
    nodes: [node('Pad', ['x', 'p', ...(mode === 'constant' ? ['v'] : [])], 'q', { mode }), node('Relu', ['q'], 'y')],
    constants: [integers('p', pads), scalar('v', draw.of(0, 0, 1.5, -2))],
  };
};
const convolution = (draw: Draw): ModelParts => {
  const kernel = draw.between(1, 3);
  const [strides, dilations] = [[draw.between(1, 2)], [draw.between(1, 2)]];
  return {
    input: ['N', 2, 9],
    nodes: [
      node('Conv', ['x', 'W', 'B'], 'c', { strides, dilations, pads: [draw.between(0, 2), draw.between(0, 2)] }),
      node('Mul', ['c', 'm'], 'd'),
      node(draw.of('MaxPool', 'AveragePool'), ['d'], 'y', { kernel_shape: [2], strides: [draw.between(1, 2)] }),
    ],
    constants: [draw.floats('W', [3, 2, kernel]), draw.floats('B', [3]), draw.floats('m', [3, 1])],
  };
};
const transposedConvolution = (draw: Draw): ModelParts => {
  const group = draw.of(1, 2);
  const kernel = [draw.between(1, 3), draw.between(1, 3)];
  const strides = [draw.between(1, 3), draw.between(1, 3)];
  const dilations = [draw.between(1, 2), draw.between(1, 2)];
  const how = draw.of<Parameters<typeof node>[3] & object>(
    { pads: [draw.between(0, 1), draw.between(0, 1), draw.between(0, 1), 0], dilations },
    { output_padding: strides.map((stride) => draw.between(0, stride - 1)), dilations },
    { auto_pad: draw.of('SAME_UPPER', 'SAME_LOWER', 'VALID') },
    { output_shape: [3 * strides[0], 4 * strides[1]] },
  );
  return {
    input: small,
    nodes: [
      node('ConvTranspose', draw.of(['x', 'W', 'B'], ['x', 'W']), 'c', { group, strides, ...how }),
      node('Add', ['c', 'a'], 'y'),
    ],
    constants: [
      draw.floats('W', [2, 3, ...kernel]),
      draw.floats('B', [3 * group]),
      draw.floats('a', [1, 3 * group, 1, 1]),
    ],
  };
};
const pool =
  (opType: string) =>
  (draw: Draw): ModelParts => {
    const dilations = opType === 'MaxPool' ? [draw.between(1, 2), draw.between(1, 2)] : [1, 1];
    const strides = [draw.between(1, 3), draw.between(1, 3)];
    const pads = [draw.between(0, 1), draw.between(0, 1), draw.between(0, 1), draw.between(0, 1)];
    const attributes = { kernel_shape: [2, 2], dilations, strides, pads, ceil_mode: draw.of(0, 1) };
    return {
      input: ['N', 2, 5, 6],
      nodes: [one(opType, opType === 'MaxPool' ? attributes : { ...attributes, dilations: [1, 1] })],
      opset: 19,
    };
  };
const dilatedAverage = (draw: Draw): ModelParts => ({
  input: ['N', 2, 5, 6],
  nodes: [
    one('AveragePool', {
      kernel_shape: [2, 2],
      dilations: [2, draw.between(1, 3)],
      strides: [draw.between(1, 2), 1],
      ...draw.of<Parameters<typeof node>[3] & object>({ pads: [1, 1, 1, 1], count_include_pad: 1 }, {}),
    }),
  ],
  opset: 19,
});
const reduction =
  (opType: string) =>
  (draw: Draw): ModelParts => {
    const axes = draw.of<number[]>([2, 3], [1], [-1], [1, 3]);
    const keepdims = draw.of(0, 1);
    const isInput = draw.of(true, false);
    return {
      input: small,
      nodes: [
        node('Relu', ['x'], 'r'),
        isInput ? node(opType, ['r', 'a'], 'y', { keepdims }) : node(opType, ['r'], 'y', { axes, keepdims }),
      ],
      constants: isInput ? [integers('a', axes)] : [],
      opset: isInput ? 18 : 12,
    };
  };
const extreme =
  (opType: string) =>
  (draw: Draw): ModelParts => ({
    input: small,
    nodes: [
      node('Conv', ['x', 'W'], 'a'),
      node(opType, draw.of(['x', 'a'], ['a', 'x', 'c'], ['x', 'c'], ['u', 'x'], ['a', 'row']), 'y'),
    ],
    constants: [
      draw.floats('W', [2, 2, 1, 1]),
      draw.floats('c', draw.of<number[]>([2, 1, 1], [4], [2, 3, 4])),
      scalar('u', draw.of(0, 0.5, -1)),
      draw.floats('row', [1, 1, 1, 4]),
    ],
  });
const compared =
  (opType: string) =>
  (draw: Draw): ModelParts => ({
    input: small,
    nodes: draw.of<OnnxNode[]>(
      [
        node(opType, draw.of(['x', 'c'], ['c', 'x'], ['x', 'v']), 'q'),
        ...draw.of<OnnxNode[]>(
          [node('Cast', ['q'], 'y', { to: dataType.float })],
          [node('Where', ['q', 'u', 'w'], 'y')],
          [node('Where', ['q', 'v', 'w'], 'y')],
          [node('Not', ['q'], 'n'), node('Cast', ['n'], 'y', { to: dataType.float })],
        ),
      ],
      [
        node(opType, ['x', 'c'], 'q'),
        node('Where', ['q', 'u', 'w'], 'k'),
        node('GreaterOrEqual', ['x', 'w'], 'p'),
        node('Where', ['p', 'low', 'k'], 'y'),
      ],
    ),
    constants: [
      scalar('c', draw.of(0, 0.5)),
      draw.floats('v', [2, 1, 1]),
      scalar('u', 2.5),
      scalar('low', -1.5),
      scalar('w', draw.of(-0.25, 0.75)),
    ],
  });
const bent = (draw: Draw): ModelParts => ({
  input: small,
  nodes: [
    node('Mul', ['x', 's'], 'm'),
    node(draw.of('Greater', 'GreaterOrEqual', 'Less'), ['x', 'z'], 'q'),
    node('Where', draw.of(['q', 'x', 'm'], ['q', 'm', 'x'], ['q', 'x', 'z'], ['q', 'z', 'm']), 'y'),
  ],
  constants: [draw.of(scalar('s', 0.125), draw.floats('s', [2, 1, 1])), scalar('z', 0)],
});
const channelsLast = (draw: Draw): ModelParts => ({
  input: ['N', 4, 5, 3],
  nodes: [
    node('Transpose', ['x'], 't', { perm: [0, 3, 1, 2] }),
    node('Conv', ['t', 'W', 'B'], 'c', { pads: [1, 1, 1, 1] }),
    node('Transpose', ['c'], 'u', { perm: [0, 2, 3, 1] }),
    node('Mul', ['u', 'm'], 'v'),
    ...draw.of<OnnxNode[]>(
      [
        node('Relu', ['v'], 'r'),
        node('Transpose', ['r'], 'k', { perm: [0, 3, 1, 2] }),
        node('MaxPool', ['k'], 'y', { kernel_shape: [2, 2] }),
      ],
      [node('Relu', ['v'], 'r'), node('Add', ['r', 'x'], 'y')],
      [node('Relu', ['v'], 'r'), node('Concat', ['r', 'x'], 'y', { axis: 3 })],
      [node('ReduceMean', ['v'], 'y', { axes: [1, 2], keepdims: 0 })],
      [node('Flatten', ['v'], 'f'), node('MatMul', ['f', 'D'], 'y')],
    ),
  ],
  constants: [draw.floats('W', [3, 3, 3, 3]), draw.floats('B', [3]), draw.floats('m', [3]), draw.floats('D', [60, 2])],
});
const concatenated = (draw: Draw): ModelParts => {
  const axis = draw.of(1, 2, 3, -1);
  const dims = [1, 2, 3, 4].with(axis === -1 ? 3 : axis, 2);
  return {
    input: [1, 2, 3, 4],
    nodes: [node('Abs', ['x'], 'a'), node('Concat', draw.of(['a', 'x'], ['x', 'c'], ['c', 'a', 'x']), 'y', { axis })],
    constants: [draw.floats('c', dims)],
  };
};

/** A random model for each operator (and each way to write it); the key begins with the operator. */
export const operatorModels: Readonly<Record<string, (draw: Draw) => ModelParts>> = {
  Slice: slice,
  'Slice by attributes': (draw) => ({
    input: small,
    opset: 9,
    nodes: [one('Slice', { starts: [draw.of(0, 1)], ends: [3], axes: [draw.of(2, 3)] })],
  }),
  'Slice backwards': () => ({
    input: vector,
    nodes: [node('Slice', ['x', 's', 'e', 'a', 'p'], 'y')],
    constants: [integers('s', [-1]), integers('e', [-100]), integers('a', [1]), integers('p', [-1])],
  }),
  Gather: (draw) => ({
    input: small,
    nodes: [node('Gather', ['x', 'i'], 'y', { axis: draw.of(1, 2, 3, -1) })],
    constants: [draw.of(integers('i', [1, 0, 1]), { ...integers('i', [-1]), dims: [] })],
  }),
  Split: split,
  Pad: padded,
  'Pad by attributes': () => ({ input: small, opset: 10, nodes: [one('Pad', { pads: [0, 0, 1, 1, 0, 0, 1, 2] })] }),
  Expand: (draw) => ({
    input: ['N', 2, 1, 3],
    nodes: [node('Expand', ['x', 's'], 'y')],
    constants: [integers('s', draw.of<number[]>([1, 2, 4, 3], [4, 1], [1, 1, 1, 1]))],
  }),
  Tile: (draw) => ({
    input: small,
    nodes: [node('Tile', ['x', 'r'], 'y')],
    constants: [integers('r', [1, draw.of(1, 2), draw.of(1, 3), draw.of(1, 2)])],
  }),
  Concat: concatenated,
  Transpose: channelsLast,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  'ConvTranspose of rows': (draw) => ({
    input: ['N', 2, 5],
    nodes: [node('ConvTranspose', ['x', 'W'], 'y', { strides: [draw.between(1, 3)], pads: [draw.of(0, 1), 0] })],
    constants: [draw.floats('W', [2, 3, 2])],
  }),
  MaxPool: pool('MaxPool'),
  AveragePool: pool('AveragePool'),
  'AveragePool, dilated': dilatedAverage,
  GlobalMaxPool: (draw) => ({ input: draw.of<ModelParts['input']>(small, ['N', 3, 5]), nodes: [one('GlobalMaxPool')] }),
  GlobalAveragePool: () => ({ input: ['N', 3, 5], nodes: [one('GlobalAveragePool')] }),
  ...Object.fromEntries(
    ['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceL1'].map((name) => [name, reduction(name)]),
  ),
  Max: extreme('Max'),
  Min: extreme('Min'),
  Sum: extreme('Sum'),
  Mean: extreme('Mean'),
  Neg: () => ({ input: vector, nodes: [one('Neg')] }),
  PRelu: (draw) => ({
    input: small,
    nodes: [node('PRelu', ['x', 's'], 'y')],
    constants: [draw.floats('s', draw.of<number[]>([2, 1, 1], [4], [1], [2, 3, 4]))],
  }),
  HardSigmoid: (draw) => ({
    input: vector,
    nodes: [
      one('HardSigmoid', draw.of<Parameters<typeof node>[3]>({}, { alpha: { float: 0.5 }, beta: { float: 0.25 } })),
    ],
  }),
  ThresholdedRelu: () => ({ input: vector, nodes: [one('ThresholdedRelu', { alpha: { float: 0 } })] }),
  ...Object.fromEntries(['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].map((name) => [name, compared(name)])),
  'Greater of two signals': () => ({
    input: vector,
    nodes: [
      node('Abs', ['x'], 'a'),
      node('Neg', ['x'], 'n'),
      node('Greater', ['a', 'n'], 'q'),
      node('Cast', ['q'], 'y', { to: dataType.float }),
    ],
  }),
  ...Object.fromEntries(
    ['And', 'Or', 'Equal'].map((opType) => [
      opType,
      (draw: Draw): ModelParts => ({
        input: small,
        nodes: [
          ...(opType === 'Equal'
            ? [node('Equal', draw.of(['x', 'c'], ['v', 'x']), 'q')]
            : [
                node(draw.of('Greater', 'LessOrEqual'), ['x', 'c'], 'a'),
                node('Less', ['x', 'v'], 'b'),
                node(opType, ['a', 'b'], 'q'),
              ]),
          draw.of(node('Cast', ['q'], 'y', { to: dataType.float }), node('Where', ['q', 'c', 'u'], 'y')),
        ],
        constants: [scalar('c', draw.of(0, 0.5)), draw.floats('v', [2, 1, 1]), scalar('u', 2.5)],
      }),
    ]),
  ),
  'Mul by the sign of the same signal': (draw) => ({
    input: small,
    nodes: [
      node(draw.of('Greater', 'Less'), ['x', 'z'], 'q'),
      node('Cast', ['q'], 'c', { to: dataType.float }),
      node('Mul', draw.of(['x', 'c'], ['c', 'x']), 'y'),
    ],
    constants: [scalar('z', 0)],
  }),
  DepthToSpace: (draw) => ({
    input: ['N', 8, 2, 3],
    nodes: [one('DepthToSpace', { blocksize: 2, mode: draw.of('DCR', 'CRD') })],
  }),
  SpaceToDepth: () => ({ input: ['N', 2, 4, 6], nodes: [one('SpaceToDepth', { blocksize: 2 })] }),
  'Resize by sizes': () => ({
    input: [1, 2, 3, 4],
    nodes: [node('Resize', ['x', '', '', 'z'], 'y')],
    constants: [integers('z', [1, 2, 6, 12])],
  }),
  Resize: (draw) => ({
    input: small,
    nodes: [
      node('Resize', ['x', '', 's'], 'y', {
        nearest_mode: draw.of('round_prefer_floor', 'floor', 'ceil', 'round_prefer_ceil'),
        coordinate_transformation_mode: draw.of('half_pixel', 'asymmetric', 'pytorch_half_pixel'),
      }),
    ],
    constants: [floats('s', [4], [1, 1, 2, 3])],
  }),
  Upsample: () => ({
    input: small,
    opset: 9,
    nodes: [node('Upsample', ['x', 's'], 'y')],
    constants: [floats('s', [4], [1, 1, 2, 3])],
  }),
  Where: bent,
  'Add that repeats': (draw) => ({
    input: small,
    nodes: [
      node('GlobalAveragePool', ['x'], 'g'),
      node(draw.of('Add', 'Sub'), draw.of(['x', 'g'], ['g', 'x']), 's'),
      node('ReduceSum', ['s', 'a'], 'r', { keepdims: 1 }),
      node('Add', ['r', 'c'], 'y'),
    ],
    constants: [integers('a', [1]), draw.floats('c', [1, 2, 1, 1])],
  }),
  'MatMul of rows': (draw) => ({
    input: ['N', 3, 4],
    nodes: [node('MatMul', ['x', 'W'], 'm'), node('Add', ['m', 'b'], 'a'), node('Relu', ['a'], 'y')],
    constants: [draw.floats('W', [4, 5]), draw.floats('b', [5])],
  }),
  'Reshape of an image that was computed': (draw) => ({
    input: vector,
    nodes: [
      node('MatMul', ['x', 'W'], 'm'),
      node('Relu', ['m'], 'a'),
      node('Reshape', ['a', 's'], 'r'),
      node('Conv', ['r', 'K'], 'y', { pads: [1, 1, 1, 1] }),
    ],
    constants: [draw.floats('W', [6, 12]), integers('s', [-1, 2, 2, 3]), draw.floats('K', [3, 2, 3, 3])],
  }),
  'Conv of a flat input that another branch reads flat': (draw) => ({
    input: ['N', 12],
    nodes: [
      node('Reshape', ['x', 's'], 'r'),
      node('Conv', ['r', 'K'], 'c'),
      node('Flatten', ['c'], 'f'),
      node('MatMul', ['x', 'W'], 'm'),
      node('Add', ['f', 'm'], 'y'),
    ],
    constants: [integers('s', [-1, 1, 3, 4]), draw.floats('K', [1, 1, 2, 2]), draw.floats('W', [12, 6])],
  }),
};
