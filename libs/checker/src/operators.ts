// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { broadcast, copy, dense, scale, sum } from './affine.js';
import { isSignal, sizeOf, type Layer, type Made, type Signal, type Value } from './layers.js';
import type { OnnxNode, Tensor } from './onnx-file.js';
import { refuse } from './refusal.js';
import { convolution, pool } from './windows.js';

/** A node, as an operator sees it. */
class Call {
  /** Its first signal. */
  readonly signal: Signal;
  readonly size: number;

  constructor(
    readonly node: OnnxNode,
    readonly inputs: readonly (Value | undefined)[],
  ) {
    this.signal = inputs.find(isSignal)!;
    this.size = sizeOf(this.signal.shape);
  }

  get shape(): readonly number[] {
    return this.signal.shape;
  }

  constant(position: number): Tensor {
    return this.optional(position) ?? refuse(`${this.node.opType} has no constant ${position}`);
  }

  optional(position: number): Tensor | undefined {
    const value = this.inputs[position];
    return isSignal(value) ? refuse(`${this.node.opType} has a signal as its input ${position}`) : value;
  }

  /** A constant of one number. */
  single(position: number): number {
    const { dims, values } = this.constant(position);
    return values.length === 1 && dims.length <= this.shape.length
      ? values[0]
      : refuse(`${this.node.opType} with several constants`);
  }

  number(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name) ?? otherwise;
    return typeof value === 'number' ? value : refuse(`${this.node.opType} has no number '${name}'`);
  }

  list(name: string): readonly number[] {
    const value = this.node.attributes.get(name);
    return Array.isArray(value) ? value : refuse(`${this.node.opType} has no list '${name}'`);
  }

  axis(otherwise: number): number {
    const axis = this.number('axis', otherwise);
    const found = axis < 0 ? axis + this.shape.length : axis;
    return found >= 0 && found < this.shape.length ? found : refuse(`${this.node.opType} has the axis ${axis}`);
  }

  view(shape: readonly number[]): Made {
    return sizeOf(shape) === this.size
      ? { ...this.signal, shape }
      : refuse(`${this.node.opType} to [${shape.join(', ')}] does not fit`);
  }

  made(layer: Layer, shape = this.shape): Made {
    return { layer, from: [this.signal], shape };
  }

  pieces(breaks: readonly number[], slopes: readonly number[], offsets: readonly number[], atBreak?: number): Made {
    return this.made({ kind: 'activation', of: { breaks, slopes, offsets, atBreak } });
  }
}

type Operator = readonly [attributes: string, make: (call: Call) => Made];

/** The operators that the checker knows, and the attributes with which it knows them. */
const operators: Readonly<Record<string, Operator>> = {
  Identity: ['', (call) => call.signal],
  Dropout: ['ratio seed', (call) => (call.inputs.length < 3 ? call.signal : refuse('Dropout in training mode'))],
  Flatten: ['axis', flatten],
  Reshape: ['', reshape],
  Relu: ['', (call) => call.pieces([0], [0, 1], [0, 0])],
  Abs: ['', (call) => call.pieces([0], [-1, 1], [0, 0])],
  LeakyRelu: ['alpha', (call) => call.pieces([0], [call.number('alpha', 0.01), 1], [0, 0])],
  Sign: ['', (call) => call.pieces([0], [0, 0], [-1, 1], 0)],
  Floor: [
    '',
    (call) => call.made({ kind: 'activation', of: { breaks: [], slopes: [0], offsets: [0], isFloor: true } }),
  ],
  Clip: ['min max', clip],
  IsNaN: ['', (call) => ({ ...call.signal, test: 'nan' })],
  GreaterOrEqual: ['', (call) => ({ ...call.signal, test: call.single(1) })],
  Where: ['', where],
  Add: ['', (call) => plus(call, 1)],
  Sub: ['', (call) => plus(call, -1)],
  Mul: ['', (call) => times(call, (value) => value)],
  Div: ['', (call) => (isSignal(call.inputs[1]) ? refuse('Div by a signal') : times(call, (value) => 1 / value))],
  BatchNormalization: ['epsilon momentum training_mode', normalization],
  MatMul: ['', matrix],
  Gemm: ['alpha beta transA transB', gemm],
  Conv: [
    'auto_pad dilations group kernel_shape pads strides',
    (call) => convolution(call.node, call.signal, call.constant(1), call.optional(2)),
  ],
  MaxPool: ['auto_pad dilations kernel_shape pads strides storage_order', (call) => pooled(call)],
  AveragePool: ['auto_pad count_include_pad dilations kernel_shape pads strides', (call) => pooled(call)],
  Concat: ['axis', concat],
  Gather: ['axis', gather],
};

/** What a node makes of what it reads. */
export function operatorOf(node: OnnxNode, inputs: readonly (Value | undefined)[]): Made {
  const { opType } = node;
  const [attributes, make] = Object.hasOwn(operators, opType)
    ? operators[opType]
    : refuse(`the checker does not know the operator ${opType}`);
  const other = [...node.attributes.keys()].find((name) => !attributes.split(' ').includes(name));
  if (other !== undefined) refuse(`the checker does not know the attribute ${other} of ${opType}`);
  const only = ['Add', 'Sub', 'Where', 'Concat', 'Mul', 'MatMul'].includes(opType);
  if (!only && (!isSignal(inputs[0]) || inputs.slice(1).some(isSignal))) refuse(`${opType} of two signals`);
  return make(new Call(node, inputs));
}

function flatten(call: Call): Made {
  const axis = call.number('axis', 1);
  if (axis < 0 || axis > call.shape.length) refuse(`Flatten has the axis ${axis}`);
  return call.view([sizeOf([1, ...call.shape.slice(0, axis)]), sizeOf([1, ...call.shape.slice(axis)])]);
}

function reshape(call: Call): Made {
  const asked = [...call.constant(1).values].map((extent, i) => (extent === 0 ? call.shape[i] : extent));
  const rest = asked.filter((extent) => extent !== -1).reduce((product, extent) => product * extent, 1);
  return call.view(asked.map((extent) => (extent === -1 ? call.size / rest : extent)));
}

function clip(call: Call): Made {
  const low = call.optional(1)?.values[0] ?? call.number('min', -Infinity);
  const high = call.optional(2)?.values[0] ?? call.number('max', Infinity);
  const ends = [low, high].filter(Number.isFinite);
  if (!(low < high) || ends.length === 0) refuse('Clip has an empty interval, or none');
  const pieces = [
    [0, low],
    [1, 0],
    [0, high],
  ].filter(([, offset]) => Number.isFinite(offset));
  return call.pieces(
    ends,
    pieces.map(([slope]) => slope),
    pieces.map(([, offset]) => offset),
  );
}

/** A step as Where(x >= t, a, b), or Where(IsNaN(x), a, x), which is x: no input of a box is missing. */
function where(call: Call): Made {
  const [test, , other] = call.inputs;
  if (!isSignal(test) || test.test === undefined) return refuse('Where without a comparison');
  if (test.test === 'nan') {
    broadcast(call.constant(1), call.shape);
    return isSignal(other) && other.tensor === test.tensor
      ? other
      : refuse('Where of IsNaN(x) and another signal than x');
  }
  return call.pieces([test.test], [0, 0], [call.single(2), call.single(1)], call.single(1));
}

function plus(call: Call, sign: 1 | -1): Made {
  const [one, other] = call.inputs;
  const { size, shape } = call;
  if (isSignal(one) && isSignal(other)) {
    if (one.shape.join() !== other.shape.join()) refuse(`${call.node.opType} of signals of two shapes`);
    return { layer: sum(size, sign), from: [one, other], shape };
  }
  const isFirst = isSignal(one);
  const constant = call.constant(isFirst ? 1 : 0);
  const at = broadcast(constant, shape);
  return call.made(
    scale(
      size,
      () => (isFirst ? 1 : sign),
      (i) => (isFirst ? sign : 1) * constant.values[at(i)],
    ),
  );
}

function times(call: Call, of: (value: number) => number): Made {
  const constant = call.constant(isSignal(call.inputs[0]) ? 1 : 0);
  const at = broadcast(constant, call.shape);
  const factors = constant.values.map(of);
  if (!factors.every(Number.isFinite)) refuse('Div by 0');
  return call.made(scale(call.size, (i) => factors[at(i)]));
}

function normalization(call: Call): Made {
  const { shape, size } = call;
  if (call.number('training_mode', 0) !== 0 || shape.length < 2) refuse('BatchNormalization in training mode');
  const [gain, offset, mean, variance] = [1, 2, 3, 4].map((position) => call.constant(position).values);
  if ([gain, offset, mean, variance].some(({ length }) => length !== shape[1]))
    refuse('BatchNormalization has other channels');
  const channel = (i: number) => Math.floor(i / (size / (shape[0] * shape[1]))) % shape[1];
  const factor = gain.map((one, c) => one / Math.sqrt(variance[c] + call.number('epsilon', 1e-5)));
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
  return call.made({ ...layer, roundings: 9 });
}

function matrix(call: Call): Made {
  const { shape, size } = call;
  const isFirst = isSignal(call.inputs[0]);
  const { dims, values } = call.constant(isFirst ? 1 : 0);
  const [axis, step] = isFirst ? [shape.length - 1, 0] : [shape.length - 2, 1];
  if (dims.length !== 2 || shape[axis] !== size || dims[step] !== size) refuse('MatMul has shapes that do not fit');
  const outputs = dims[1 - step];
  const weight = (j: number, i: number) => values[isFirst ? i * outputs + j : j * size + i];
  return call.made(dense(size, outputs, weight), shape.with(axis, outputs));
}

function gemm(call: Call): Made {
  const { shape, size } = call;
  const { dims, values } = call.constant(1);
  const [isTransposed, alpha, beta] = [call.number('transB', 0) === 1, call.number('alpha', 1), call.number('beta', 1)];
  const outputs = dims[isTransposed ? 0 : 1];
  if (call.number('transA', 0) !== 0 || dims.length !== 2 || shape.length !== 2) refuse('Gemm of another form');
  if (shape[1] !== size || dims[isTransposed ? 1 : 0] !== size) refuse('Gemm has shapes that do not fit');
  const bias = call.optional(2);
  const at = broadcast(bias ?? { dims: [] }, [1, outputs]);
  const weight = (j: number, i: number) => alpha * values[isTransposed ? j * size + i : i * outputs + j];
  return call.made(
    dense(size, outputs, weight, (j) => beta * (bias?.values[at(j)] ?? 0)),
    [1, outputs],
  );
}

const pooled = (call: Call): Made =>
  call.node.output.length > 1
    ? refuse('MaxPool with a second output')
    : pool(call.node, call.signal, call.list('kernel_shape'));

/** How many numbers lie behind each other along an axis, and how many in all that follows it. */
const insideOf = (shape: readonly number[], axis: number): number => shape.slice(axis + 1).reduce((a, b) => a * b, 1);

function concat(call: Call): Made {
  const axis = call.axis(NaN);
  const parts = call.inputs.map((one) => (isSignal(one) ? one : refuse('Concat of a constant')));
  const outer = (shape: readonly number[]) => shape.with(axis, 0).join();
  if (parts.some(({ shape }) => outer(shape) !== outer(call.shape))) refuse('Concat has shapes that do not fit');
  const inside = insideOf(call.shape, axis);
  const widths = parts.map(({ shape }) => shape[axis] * inside);
  const width = widths.reduce((a, b) => a + b, 0);
  const begins = parts.map((_, p) => parts.slice(0, p).reduce((a, { shape }) => a + sizeOf(shape), 0));
  const from = Int32Array.from({ length: width }, (_, at) => {
    let [p, rest] = [0, at];
    while (rest >= widths[p]) rest -= widths[p++];
    return p;
  });
  const first = widths.map((_, p) => widths.slice(0, p).reduce((a, b) => a + b, 0));
  const shape = call.shape.with(axis, width / inside);
  const of = (j: number): number => {
    const p = from[j % width];
    return begins[p] + Math.floor(j / width) * widths[p] + ((j % width) - first[p]);
  };
  return { layer: copy(sizeOf(shape), of), from: parts, shape };
}

function gather(call: Call): Made {
  const axis = call.axis(0);
  const { dims, values } = call.constant(1);
  const [extent, inside] = [call.shape[axis], insideOf(call.shape, axis)];
  if (dims.length !== 1 || !values.every((i) => Number.isInteger(i) && i >= 0 && i < extent))
    refuse('Gather has indices that do not fit');
  const shape = call.shape.with(axis, values.length);
  const width = values.length * inside;
  const of = (j: number): number =>
    (Math.floor(j / width) * extent + values[Math.floor((j % width) / inside)]) * inside + (j % inside);
  return call.made(copy(sizeOf(shape), of), shape);
}
