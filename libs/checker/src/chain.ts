// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Activation } from './activation.js';
import type { OnnxFile, OnnxNode, Tensor } from './onnx-file.js';
import { refuse } from './refusal.js';

/** y = W x + b, with W in compressed sparse rows. */
export interface Affine {
  readonly kind: 'affine';
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly bias: Float64Array;
  /** Of each bias: the sum of the absolute values of what it is computed from. */
  readonly biasSize: Float64Array;
  /** Each output reads the input at its own position: the runtime may merge it into the layer before it. */
  readonly isScale: boolean;
  /** How often the runtime rounds a term, or a weight when it is merged with others. */
  readonly roundings: number;
}

export interface ActivationLayer {
  readonly kind: 'activation';
  readonly of: Activation;
}

/** Layers, each of which reads the one before it; tensors are flat, in row-major order. */
export interface Chain {
  readonly layers: readonly (Affine | ActivationLayer)[];
  /** Of the input, and of the output of each layer. */
  readonly sizes: readonly number[];
}

/** The operators that the checker knows, and the attributes with which it knows them. */
const known: Readonly<Record<string, string>> = {
  Identity: '',
  Dropout: 'ratio seed',
  Flatten: 'axis',
  Reshape: '',
  Relu: '',
  Abs: '',
  LeakyRelu: 'alpha',
  Sign: '',
  GreaterOrEqual: '',
  Where: '',
  Clip: 'min max',
  Add: '',
  Sub: '',
  Mul: '',
  Div: '',
  BatchNormalization: 'epsilon momentum training_mode',
  MatMul: '',
  Gemm: 'alpha beta transA transB',
  Conv: 'auto_pad dilations group kernel_shape pads strides',
};

/** Weights that are not zero, and numbers in all tensors. */
const [mostWeights, mostUnits] = [2 ** 27, 2 ** 24];

/** @throws Refusal that names the operator, if the network is not a chain of operators that the checker knows */
export function chainOf(file: OnnxFile): Chain {
  if (file.inputs.length !== 1 || file.outputs.length !== 1) refuse('the network has not one input and one output');
  const constants = new Map(file.constants);
  const [input] = file.inputs;
  let { name } = input;
  let found: Found = { shape: input.shape.map((extent, axis) => extent ?? (axis === 0 ? 1 : 0)) };
  const layers: (Affine | ActivationLayer)[] = [];
  const sizes = [sizeOf(found.shape)];
  const names = new Set([name, ...constants.keys()]);
  for (let at = 0; at < file.nodes.length; at++) {
    const node = file.nodes[at];
    if (node.domain !== '' && node.domain !== 'ai.onnx') refuse(`the operator ${node.opType} is of another domain`);
    const held = node.opType === 'Constant' ? node.attributes.get('value') : undefined;
    if (!node.output[0] || names.has(node.output[0])) refuse(`'${node.output[0]}' is computed twice`);
    names.add(node.output[0]);
    if (typeof held === 'object' && 'dims' in held) constants.set(node.output[0], held);
    else {
      const given = (position: number): Tensor | undefined => constants.get(node.input[position] ?? '');
      const where = node.input.indexOf(name);
      if (where < 0 || node.input.some((one, i) => i !== where && one !== '' && given(i) === undefined))
        refuse(`the operator ${node.opType} reads more than the layer before it and constants: no chain`);
      found = layerOf(node, where, found, given);
      if (found.layer !== undefined) {
        layers.push(found.layer);
        sizes.push(sizeOf(found.shape));
      }
      [name] = node.output;
    }
  }
  if (name !== file.outputs[0] || found.threshold !== undefined)
    refuse("the network's output is not that of its last operator");
  if (layers.length === 0 || sizes.reduce((sum, size) => sum + size, 0) > mostUnits)
    refuse('the network is too large, or has no layer');
  return { layers, sizes };
}

function sizeOf(shape: readonly number[]): number {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return size >= 1 && size <= mostUnits && Number.isInteger(size)
    ? size
    : refuse(`a tensor has the shape [${shape.join(', ')}]`);
}

type Given = (position: number) => Tensor | undefined;
interface Found {
  /** Of a comparison, which is half a step: `Where` makes the other half of it. */
  readonly threshold?: number;
  readonly layer?: Affine | ActivationLayer;
  readonly shape: number[];
}

function layerOf(node: OnnxNode, where: number, { shape, threshold }: Found, given: Given): Found {
  const { opType } = node;
  const names = Object.hasOwn(known, opType)
    ? known[opType].split(' ')
    : refuse(`the checker does not know the operator ${opType}`);
  const other = [...node.attributes.keys()].find((name) => !names.includes(name));
  if (other !== undefined) refuse(`the checker does not know the attribute ${other} of ${opType}`);
  const number = (name: string, otherwise: number): number => {
    const value = node.attributes.get(name) ?? otherwise;
    return typeof value === 'number' ? value : refuse(`${opType} has no number '${name}'`);
  };
  const activation = (breaks: number[], slopes: number[], offsets: number[], atBreak?: number): Found => ({
    layer: { kind: 'activation', of: { breaks, slopes, offsets, atBreak } },
    shape,
  });
  const constant = (position: number): Tensor => given(position) ?? refuse(`${opType} has no constant ${position}`);
  const single = (position: number): number => {
    const { dims, values } = constant(position);
    return values.length === 1 && dims.length <= shape.length ? values[0] : refuse(`${opType} with several constants`);
  };
  const size = sizeOf(shape);
  if ((threshold === undefined) === (opType === 'Where') || (threshold !== undefined && where !== 0))
    refuse('the checker knows GreaterOrEqual and Where only as a step: Where(GreaterOrEqual(x, t), a, b)');
  switch (opType) {
    case 'GreaterOrEqual':
      return where === 0 ? { shape, threshold: single(1) } : refuse('GreaterOrEqual of a constant');
    case 'Where':
      return activation([threshold!], [0, 0], [single(2), single(1)], single(1));
    case 'Identity':
    case 'Dropout':
      return where === 0 && node.input.length < 3 ? { shape } : refuse('Dropout in training mode');
    case 'Flatten': {
      const axis = number('axis', 1);
      if (axis < 0 || axis > shape.length) refuse(`Flatten has the axis ${axis}`);
      return { shape: [sizeOf([1, ...shape.slice(0, axis)]), sizeOf([1, ...shape.slice(axis)])] };
    }
    case 'Reshape': {
      const asked = [...constant(1).values].map((extent, i) => (extent === 0 ? shape[i] : extent));
      const rest = asked.filter((extent) => extent !== -1).reduce((product, extent) => product * extent, 1);
      const to = asked.map((extent) => (extent === -1 ? size / rest : extent));
      return sizeOf(to) === size && where === 0
        ? { shape: to }
        : refuse(`Reshape to [${asked.join(', ')}] does not fit`);
    }
    case 'Relu':
      return activation([0], [0, 1], [0, 0]);
    case 'Abs':
      return activation([0], [-1, 1], [0, 0]);
    case 'LeakyRelu':
      return activation([0], [number('alpha', 0.01), 1], [0, 0]);
    case 'Sign':
      return activation([0], [0, 0], [-1, 1], 0);
    case 'Clip': {
      const end = (name: string, position: number, otherwise: number) =>
        given(position)?.values[0] ?? number(name, otherwise);
      const [low, high] = [end('min', 1, -Infinity), end('max', 2, Infinity)];
      if (!(low < high) || where !== 0) refuse(`Clip from ${low} to ${high}`);
      const ends = [low, high].filter((limit) => Math.abs(limit) < 3.4e38);
      const flat = ends.map((limit) => [limit, 0, limit] as const);
      const isLow = ends[0] === low;
      if (ends.length === 0) return { shape };
      if (ends.length === 2) return activation(ends, [0, 1, 0], [low, 0, high]);
      return isLow ? activation(ends, [0, 1], [flat[0][0], 0]) : activation(ends, [1, 0], [0, flat[0][0]]);
    }
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div': {
      const { dims, values } = constant(1 - where);
      const at = broadcast(dims, shape);
      const of = (i: number) => values[at(i)];
      const second = where === 0;
      if (opType === 'Div' && !(second && values.every((value) => value !== 0)))
        refuse('Div by the layer before it, or by 0');
      if (opType === 'Mul') return { layer: scale(size, of, () => 0), shape };
      if (opType === 'Div')
        return {
          layer: scale(
            size,
            (i) => 1 / of(i),
            () => 0,
          ),
          shape,
        };
      if (opType === 'Add') return { layer: scale(size, () => 1, of), shape };
      return {
        layer: second
          ? scale(
              size,
              () => 1,
              (i) => -of(i),
            )
          : scale(size, () => -1, of),
        shape,
      };
    }
    case 'BatchNormalization': {
      if (number('training_mode', 0) !== 0 || where !== 0 || shape.length < 2)
        refuse('BatchNormalization in training mode');
      const [gain, offset, mean, variance] = [1, 2, 3, 4].map((position) => constant(position).values);
      if ([gain, offset, mean, variance].some(({ length }) => length !== shape[1]))
        refuse('BatchNormalization has other channels');
      const channel = (i: number) => Math.floor(i / (size / (shape[0] * shape[1]))) % shape[1];
      const factor = gain.map((one, c) => one / Math.sqrt(variance[c] + number('epsilon', 1e-5)));
      if (!factor.every(Number.isFinite)) refuse('BatchNormalization has a variance of 0');
      const layer = scale(
        size,
        (i) => factor[channel(i)],
        (i) => offset[channel(i)] - mean[channel(i)] * factor[channel(i)],
      );
      layer.biasSize.forEach((_, i) => {
        const c = channel(i);
        layer.biasSize[i] = Math.abs(offset[c]) + Math.abs(mean[c] * factor[c]);
      });
      return { layer: { ...layer, roundings: 9 }, shape };
    }
    case 'MatMul': {
      const { dims, values } = constant(1 - where);
      const [axis, step] = where === 0 ? [shape.length - 1, 0] : [shape.length - 2, 1];
      if (dims.length !== 2 || shape[axis] !== size || dims[step] !== size) refuse('MatMul has shapes that do not fit');
      const outputs = dims[1 - step];
      const weight = (j: number, i: number) => values[where === 0 ? i * outputs + j : j * size + i];
      return { layer: dense(size, outputs, weight, () => 0), shape: shape.with(axis, outputs) };
    }
    case 'Gemm': {
      const { dims, values } = constant(1);
      const [isTransposed, alpha, beta] = [number('transB', 0) === 1, number('alpha', 1), number('beta', 1)];
      const outputs = dims[isTransposed ? 0 : 1];
      if (where !== 0 || number('transA', 0) !== 0 || dims.length !== 2 || shape.length !== 2)
        refuse('Gemm of another form');
      if (shape[1] !== size || dims[isTransposed ? 1 : 0] !== size) refuse('Gemm has shapes that do not fit');
      const bias = given(2);
      const at = broadcast(bias?.dims ?? [], [1, outputs]);
      const weight = (j: number, i: number) => alpha * values[isTransposed ? j * size + i : i * outputs + j];
      return { layer: dense(size, outputs, weight, (j) => beta * (bias?.values[at(j)] ?? 0)), shape: [1, outputs] };
    }
    case 'Conv':
      return where === 0 ? convolution(node, shape, constant(1), given(2)) : refuse('Conv of a constant');
    default:
      return refuse(`the checker does not know the operator ${opType}`);
  }
}

/** The position in a constant that belongs to a position in a tensor. */
function broadcast(dims: readonly number[], shape: readonly number[]): (position: number) => number {
  const extra = shape.length - dims.length;
  if (extra < 0 || dims.some((extent, axis) => extent !== 1 && extent !== shape[axis + extra]))
    refuse(`a constant of the shape [${dims.join(', ')}] does not fit [${shape.join(', ')}]`);
  return (position) => {
    let [rest, at, step] = [position, 0, 1];
    for (let axis = shape.length - 1; axis >= extra; axis--) {
      if (dims[axis - extra] !== 1) at += step * (rest % shape[axis]);
      step *= dims[axis - extra];
      rest = Math.floor(rest / shape[axis]);
    }
    return at;
  };
}

/** A layer from its weights, row after row; `row` calls `add` for each of a row's weights. */
function affine(
  outputs: number,
  most: number,
  bias: (j: number) => number,
  row: (j: number, add: (i: number, value: number) => void) => void,
): Affine {
  if (most > mostWeights) refuse(`a layer has ${most} weights; the checker takes up to ${mostWeights}`);
  const [starts, indices, values] = [new Int32Array(outputs + 1), new Int32Array(most), new Float64Array(most)];
  let used = 0;
  for (let j = 0; j < outputs; j++) {
    row(j, (i, value) => {
      if (value === 0) return;
      indices[used] = i;
      values[used++] = value;
    });
    starts[j + 1] = used;
  }
  const biases = Float64Array.from({ length: outputs }, (_, j) => bias(j));
  return {
    kind: 'affine',
    starts,
    indices: indices.slice(0, used),
    values: values.slice(0, used),
    bias: biases,
    biasSize: biases.map(Math.abs),
    isScale: false,
    roundings: 2,
  };
}

function dense(
  inputs: number,
  outputs: number,
  weight: (j: number, i: number) => number,
  bias: (j: number) => number,
): Affine {
  return affine(outputs, inputs * outputs, bias, (j, add) => {
    for (let i = 0; i < inputs; i++) add(i, weight(j, i));
  });
}

function scale(size: number, factor: (i: number) => number, bias: (i: number) => number): Affine {
  const layer = affine(size, size, bias, (j, add) => add(j, factor(j)));
  // Merged sums are scaled back, so that a factor must not blow up what is below the smallest float32.
  if (layer.values.some((value) => Math.abs(value) < 2 ** -20)) refuse('a factor is nearly 0');
  return { ...layer, isScale: true };
}

function convolution(node: OnnxNode, shape: readonly number[], weights: Tensor, bias: Tensor | undefined): Found {
  const list = (name: string, otherwise: number[]): readonly number[] => {
    const value = node.attributes.get(name) ?? otherwise;
    return Array.isArray(value) && value.length === otherwise.length
      ? value
      : refuse(`Conv has other ${name} than a picture's`);
  };
  const [dims, padding, group] = [
    weights.dims,
    node.attributes.get('auto_pad') ?? 'NOTSET',
    node.attributes.get('group') ?? 1,
  ];
  if (shape.length !== 4 || dims.length !== 4 || shape[0] !== 1 || typeof group !== 'number')
    refuse('Conv of another form');
  if (padding !== 'NOTSET' && padding !== 'VALID') refuse(`Conv has auto_pad ${String(padding)}`);
  const [strides, dilations, pads] = [list('strides', [1, 1]), list('dilations', [1, 1]), list('pads', [0, 0, 0, 0])];
  const [, channels, height, width] = shape;
  const [filters, own, rows, columns] = dims;
  if (own * group !== channels || filters % group !== 0 || (bias && bias.values.length !== filters))
    refuse('Conv has channels that do not fit');
  const extent = (size: number, axis: number, kernel: number) =>
    Math.floor((size + pads[axis] + pads[axis + 2] - dilations[axis] * (kernel - 1) - 1) / strides[axis]) + 1;
  const to = [1, filters, extent(height, 0, rows), extent(width, 1, columns)];
  const outputs = sizeOf(to);
  const layer = affine(
    outputs,
    outputs * own * rows * columns,
    (j) => bias?.values[Math.floor(j / (to[2] * to[3]))] ?? 0,
    (j, add) => {
      const f = Math.floor(j / (to[2] * to[3]));
      const [top, left] = [
        Math.floor((j % (to[2] * to[3])) / to[3]) * strides[0] - pads[0],
        (j % to[3]) * strides[1] - pads[1],
      ];
      const first = Math.floor(f / (filters / group)) * own;
      for (let e = 0; e < own * rows * columns; e++) {
        const y = top + (Math.floor(e / columns) % rows) * dilations[0];
        const x = left + (e % columns) * dilations[1];
        if (y < 0 || y >= height || x < 0 || x >= width) continue;
        add(
          ((first + Math.floor(e / (rows * columns))) * height + y) * width + x,
          weights.values[f * own * rows * columns + e],
        );
      }
    },
  );
  return { layer, shape: to };
}
