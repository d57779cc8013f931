// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { sizeOf } from './network-builder.js';
import { isSignal, type OperatorCall, type Signal } from './operator-call.js';
import type { Line } from './piecewise.js';
import { refuse } from './refusal.js';
import { addRow, type Add } from './rows.js';
import { averages, convolution, gemm, matrix, maxima } from './sum-operators.js';

type Operator = readonly [attributes: string, make: (call: OperatorCall) => Signal];

/** The operators that the checker knows, and the attributes with which it knows them. */
const operators: Readonly<Record<string, Operator>> = {
  Identity: ['', (call) => call.signal],
  Dropout: ['ratio seed', (call) => (call.inputs.length < 3 ? call.signal : call.refuse('in training mode'))],
  Flatten: ['axis', flatten],
  Reshape: ['', reshape],
  Relu: ['', (call) => bend(call, 0, 1)],
  Abs: ['', (call) => bend(call, -1, 1)],
  LeakyRelu: ['alpha', (call) => bend(call, call.number('alpha', 0.01), 1)],
  Clip: ['min max', clip],
  Sign: ['', (call) => jump(call, 0, [-1, 0, 1])],
  Floor: ['', (call) => call.units('floor')],
  IsNaN: ['', (call) => ({ ...call.signal, test: 'nan' })],
  GreaterOrEqual: ['', (call) => ({ ...call.signal, test: call.single(1) })],
  Where: ['', where],
  Add: ['', (call) => plus(call, 1)],
  Sub: ['', (call) => plus(call, -1)],
  Mul: ['', (call) => times(call, (value) => value)],
  Div: ['', (call) => (isSignal(call.inputs[1]) ? call.refuse('by a signal') : times(call, (value) => 1 / value))],
  BatchNormalization: ['epsilon momentum training_mode', normalization],
  MatMul: ['', matrix],
  Gemm: ['alpha beta transA transB', gemm],
  Conv: ['auto_pad dilations group kernel_shape pads strides', convolution],
  MaxPool: ['auto_pad dilations kernel_shape pads strides storage_order', maxima],
  AveragePool: ['auto_pad count_include_pad dilations kernel_shape pads strides', averages],
  Concat: ['axis', concat],
  Gather: ['axis', gather],
};
const withTwoSignals = ['Add', 'Sub', 'Where', 'Concat', 'Mul', 'MatMul'];

/** What a node makes of what it reads. */
export function operatorOf(call: OperatorCall): Signal {
  const { opType, attributes } = call.node;
  const [known, make] = Object.hasOwn(operators, opType)
    ? operators[opType]
    : refuse(`the checker does not know the operator ${opType}`);
  const other = [...attributes.keys()].find((name) => !known.split(' ').includes(name));
  if (other !== undefined) call.refuse(`the checker does not know the attribute ${other}`);
  if (!withTwoSignals.includes(opType) && (!isSignal(call.inputs[0]) || call.inputs.slice(1).some(isSignal)))
    call.refuse('its first input alone may depend on the network input');
  return make(call);
}

/** left x below 0, right x above. */
const bend = (call: OperatorCall, left: number, right: number): Signal =>
  call.units({
    breaks: [0],
    pieces: [
      [left, 0],
      [right, 0],
    ],
  });

/** Constants below a break, at it, and above. */
const jump = (call: OperatorCall, at: number, [below, atBreak, above]: readonly [number, number, number]): Signal =>
  call.units({
    breaks: [at],
    pieces: [
      [0, below],
      [0, above],
    ],
    atBreak,
  });

function flatten(call: OperatorCall): Signal {
  const axis = call.number('axis', 1);
  if (axis < 0 || axis > call.shape.length) call.refuse(`the axis ${axis}`);
  return call.view([sizeOf([1, ...call.shape.slice(0, axis)]), sizeOf([1, ...call.shape.slice(axis)])]);
}

function reshape(call: OperatorCall): Signal {
  const asked = [...call.constant(1).values].map((extent, i) => (extent === 0 ? call.shape[i] : extent));
  const rest = asked.filter((extent) => extent !== -1).reduce((product, extent) => product * extent, 1);
  return call.view(asked.map((extent) => (extent === -1 ? call.size / rest : extent)));
}

function clip(call: OperatorCall): Signal {
  const low = call.optional(1)?.values[0] ?? call.number('min', -Infinity);
  const high = call.optional(2)?.values[0] ?? call.number('max', Infinity);
  if (!(low < high) || low === Infinity || high === -Infinity) call.refuse('an empty interval');
  const [below, same, above]: readonly Line[] = [
    [0, low],
    [1, 0],
    [0, high],
  ];
  const pieces = [...(low > -Infinity ? [below] : []), same, ...(high < Infinity ? [above] : [])];
  return call.units({ breaks: [low, high].filter(Number.isFinite), pieces });
}

/** A step as Where(x >= t, a, b), or Where(IsNaN(x), a, x), which is x: no input of a box is missing. */
function where(call: OperatorCall): Signal {
  const [test, , other] = call.inputs;
  if (!isSignal(test) || test.test === undefined) return call.refuse('without a comparison');
  if (test.test === 'nan') {
    call.broadcast(call.constant(1));
    return isSignal(other) && other.rows === test.rows && other.shape.join() === test.shape.join()
      ? other
      : call.refuse('IsNaN(x) and another signal than x');
  }
  const [high, low] = [call.single(1), call.single(2)];
  return jump(call, test.test, [low, high, high]);
}

function plus(call: OperatorCall, sign: 1 | -1): Signal {
  const operands = [0, 1].map((position): ((j: number, factor: number, add: Add) => void) => {
    const value = call.inputs[position];
    if (!isSignal(value)) {
      const at = call.broadcast(call.constant(position));
      return (j, factor, add) => add(0, factor * at(j));
    }
    if (value.shape.join() !== call.shape.join()) call.refuse('signals of two shapes');
    return (j, factor, add) => addRow(value.rows, j, factor, add);
  });
  return call.merged(call.shape, (j, add) => {
    operands[0](j, 1, add);
    operands[1](j, sign, add);
  });
}

function times(call: OperatorCall, of: (value: number) => number): Signal {
  const constant = call.constant(isSignal(call.inputs[0]) ? 1 : 0);
  const factors = constant.values.map(of);
  const at = call.broadcast({ ...constant, values: factors });
  return call.merged(call.shape, (j, add) => addRow(call.signal.rows, j, at(j), add), 2, factors);
}

function normalization(call: OperatorCall): Signal {
  const { shape, size } = call;
  if (call.flag('training_mode') || call.node.output.length > 1 || shape.length < 2) call.refuse('in training mode');
  const [gain, offset, mean, variance] = [1, 2, 3, 4].map((position) => call.constant(position).values);
  if ([gain, offset, mean, variance].some(({ length }) => length !== shape[1])) call.refuse('of other channels');
  const epsilon = call.number('epsilon', 1e-5);
  // A sum of two that are not negative cancels nothing.
  if (!(epsilon >= 0 && variance.every((one) => one >= 0))) call.refuse('a variance is negative');
  const factors = gain.map((one, c) => one / Math.sqrt(variance[c] + epsilon));
  const row = (j: number, add: Add): void => {
    const c = Math.floor(j / (size / (shape[0] * shape[1]))) % shape[1];
    addRow(call.signal.rows, j, factors[c], add);
    add(0, offset[c]);
    add(0, -mean[c] * factors[c]);
  };
  return call.merged(shape, row, 9, factors);
}

/** How many numbers follow each other along the axes behind one. */
const insideOf = (shape: readonly number[], axis: number): number => shape.slice(axis + 1).reduce((a, b) => a * b, 1);

function axisOf(call: OperatorCall, otherwise: number): number {
  const axis = call.number('axis', otherwise);
  const found = axis < 0 ? axis + call.shape.length : axis;
  return found >= 0 && found < call.shape.length ? found : call.refuse(`the axis ${axis}`);
}

function concat(call: OperatorCall): Signal {
  const axis = axisOf(call, NaN);
  const parts = call.inputs.map((one) => (isSignal(one) ? one : call.refuse('of a constant')));
  const outer = ({ shape }: Signal) => shape.map((extent, at) => (at === axis ? 0 : extent)).join();
  if (parts.some((part) => outer(part) !== outer(call.signal))) call.refuse('shapes that do not fit');
  const widths = parts.map(({ shape }) => insideOf(shape, axis - 1));
  const width = widths.reduce((a, b) => a + b, 0);
  const shape = call.shape.with(axis, width / insideOf(call.shape, axis));
  return call.merged(
    shape,
    (j, add) => {
      let [part, rest] = [0, j % width];
      while (rest >= widths[part]) rest -= widths[part++];
      addRow(parts[part].rows, Math.floor(j / width) * widths[part] + rest, 1, add);
    },
    0,
  );
}

function gather(call: OperatorCall): Signal {
  const axis = axisOf(call, 0);
  const { dims, values } = call.constant(1);
  const [extent, inside] = [call.shape[axis], insideOf(call.shape, axis)];
  if (dims.length !== 1 || !values.every((i) => Number.isInteger(i) && i >= 0 && i < extent))
    call.refuse('indices that do not fit');
  const width = values.length * inside;
  return call.merged(
    call.shape.with(axis, values.length),
    (j, add) => {
      const at = Math.floor(j / width) * extent + values[Math.floor((j % width) / inside)];
      addRow(call.signal.rows, at * inside + (j % inside), 1, add);
    },
    0,
  );
}
