// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { OperatorCall, Signal } from './operator-call.js';
import type { Tensor } from './onnx-file.js';
import { copiesOf, rowsOf, type Add } from './rows.js';

/** Operators whose results are sums of many numbers, and the largest of many numbers. Batches have one element. */

/** x W, or W x. */
export function matrix(call: OperatorCall): Signal {
  const isFirst = call.signal === call.inputs[0];
  const axis = call.shape.length - (isFirst ? 1 : 2);
  const { rows, outputs } = product(call, call.constant(isFirst ? 1 : 0), { axis, isTransposed: !isFirst });
  return call.sums(call.shape.with(axis, outputs), rows);
}

export function gemm(call: OperatorCall): Signal {
  const [alpha, beta, bias] = [call.number('alpha', 1), call.number('beta', 1), call.optional(2)];
  if (call.flag('transA') || call.shape.length !== 2) call.refuse('another form');
  // The runtime may add up before it multiplies.
  if (alpha === 0) call.refuse('alpha is 0');
  const isTransposed = call.flag('transB');
  const { rows, outputs } = product(call, call.constant(1), { axis: 1, isTransposed, alpha });
  const biasAt = bias && call.broadcast(bias, [1, outputs]);
  return call.sums(
    [1, outputs],
    (j, add) => {
      rows(j, add);
      if (biasAt) add(0, beta * biasAt(j));
    },
    [alpha, beta],
  );
}

interface ProductOptions {
  /** That all numbers of the signal lie along. */
  readonly axis: number;
  readonly isTransposed: boolean;
  readonly alpha?: number;
}

function product(call: OperatorCall, { dims, values }: Tensor, { axis, isTransposed, alpha = 1 }: ProductOptions) {
  const [outputs, inputs] = isTransposed ? dims : [dims[1], dims[0]];
  if (dims.length !== 2 || inputs !== call.size || call.shape[axis] !== call.size)
    call.refuse('shapes that do not fit');
  const numbers = call.numbers();
  const rows = (j: number, add: Add): void => {
    for (let i = 0; i < inputs; i++) add(numbers[i], alpha * values[isTransposed ? j * inputs + i : i * outputs + j]);
  };
  return { rows, outputs };
}

/** The windows that a kernel takes of each plane of a picture. */
interface Windows {
  /** Rows and columns of the output. */
  readonly to: readonly [number, number];
  /** Calls `take` with the position in the plane and in the kernel, for each cell of a window that is inside. */
  readonly each: (output: number, take: (cell: number, tap: number) => void) => void;
}

function windowsOf(call: OperatorCall, kernel: readonly number[]): Windows {
  const padding = call.node.attributes.get('auto_pad') ?? 'NOTSET';
  if (call.shape.length !== 4 || call.shape[0] !== 1 || kernel.length !== 2) call.refuse('another form');
  if (padding !== 'NOTSET' && padding !== 'VALID') call.refuse(`auto_pad ${String(padding)}`);
  const [strides, dilations] = [call.list('strides', [1, 1]), call.list('dilations', [1, 1])];
  const pads = call.list('pads', [0, 0, 0, 0]);
  if ([...strides, ...dilations, ...kernel].some((one) => one < 1) || pads.some((one) => one < 0))
    call.refuse('strides, dilations or pads that are too small');
  if (padding === 'VALID' && pads.some((one) => one > 0)) call.refuse('auto_pad VALID, and pads');
  const [, , height, width] = call.shape;
  const extent = (size: number, axis: number) =>
    Math.floor((size + pads[axis] + pads[axis + 2] - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis]) + 1;
  const to = [extent(height, 0), extent(width, 1)] as const;
  if (Math.min(...to) < 1) call.refuse('a window that is larger than the picture');
  return {
    to,
    each: (output, take) => {
      const top = Math.floor(output / to[1]) * strides[0] - pads[0];
      const left = (output % to[1]) * strides[1] - pads[1];
      for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
        const y = top + Math.floor(tap / kernel[1]) * dilations[0];
        const x = left + (tap % kernel[1]) * dilations[1];
        if (y >= 0 && y < height && x >= 0 && x < width) take(y * width + x, tap);
      }
    },
  };
}

export function convolution(call: OperatorCall): Signal {
  const { dims, values } = call.constant(1);
  const [filters, channels, ...kernel] = dims;
  const { to, each } = windowsOf(call, kernel);
  const [bias, group] = [call.optional(2)?.values, call.number('group', 1)];
  if (channels * group !== call.shape[1] || filters % group !== 0 || (bias && bias.length !== filters))
    call.refuse('channels that do not fit');
  const [area, plane, taps] = [to[0] * to[1], call.shape[2] * call.shape[3], kernel[0] * kernel[1]];
  const numbers = call.numbers();
  return call.sums([1, filters, ...to], (j, add) => {
    const filter = Math.floor(j / area);
    const first = Math.floor(filter / (filters / group)) * channels;
    for (let c = 0; c < channels; c++)
      each(j % area, (cell, tap) =>
        add(numbers[(first + c) * plane + cell], values[(filter * channels + c) * taps + tap]),
      );
    if (bias) add(0, bias[filter]);
  });
}

/** The windows of a pooling as rows; `factor` of a window's number of cells. */
function pooled(call: OperatorCall, factor: (cells: number, taps: number) => number) {
  const kernel = call.list('kernel_shape', [0, 0]);
  const { to, each } = windowsOf(call, kernel);
  const [area, plane, numbers] = [to[0] * to[1], call.shape[2] * call.shape[3], call.numbers()];
  const row = (j: number, add: Add): void => {
    let cells = 0;
    each(j % area, () => cells++);
    if (cells === 0) call.refuse('a window outside of the picture');
    const share = factor(cells, kernel[0] * kernel[1]);
    each(j % area, (cell) => add(numbers[Math.floor(j / area) * plane + cell], share));
  };
  return { shape: [1, call.shape[1], ...to], row };
}

export function averages(call: OperatorCall): Signal {
  const withPads = call.flag('count_include_pad');
  const { shape, row } = pooled(call, (cells, taps) => 1 / (withPads ? taps : cells));
  return call.sums(shape, row);
}

export function maxima(call: OperatorCall): Signal {
  if (call.node.output.length > 1) call.refuse('a second output');
  const { shape, row } = pooled(call, () => 1);
  const count = shape.reduce((a, b) => a * b, 1);
  const { starts, indices } = rowsOf(count, row, { roundings: 0, spread: 1 });
  return { shape, rows: copiesOf(call.builder.push({ kind: 'maxima', starts, indices }, count)) };
}
