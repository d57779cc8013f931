// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { affine } from './affine.js';
import { sizeOf, type Made, type Signal } from './layers.js';
import type { OnnxNode, Tensor } from './onnx-file.js';
import { refuse } from './refusal.js';

/** The windows that a kernel takes of each plane of a picture. */
interface Windows {
  /** Rows and columns of the output. */
  readonly to: readonly [number, number];
  /** Cells of a window over the whole plane, cells in the padding among them. */
  readonly taps: number;
  /** Calls `take` with the position in the plane and the tap, for each cell of the window that is inside. */
  readonly each: (output: number, take: (cell: number, tap: number) => void) => void;
}

function windowsOf(node: OnnxNode, { shape }: Signal, kernel: readonly number[]): Windows {
  const of = (name: string, otherwise: readonly number[]): readonly number[] => {
    const value = node.attributes.get(name) ?? otherwise;
    return Array.isArray(value) && value.length === otherwise.length
      ? value
      : refuse(`${node.opType} has other ${name} than a picture's`);
  };
  const padding = node.attributes.get('auto_pad') ?? 'NOTSET';
  if (shape.length !== 4 || shape[0] !== 1 || kernel.length !== 2) refuse(`${node.opType} of another form`);
  if (padding !== 'NOTSET' && padding !== 'VALID') refuse(`${node.opType} has auto_pad ${String(padding)}`);
  const [strides, dilations, pads] = [of('strides', [1, 1]), of('dilations', [1, 1]), of('pads', [0, 0, 0, 0])];
  const [, , height, width] = shape;
  const [rows, columns] = kernel;
  const extent = (size: number, axis: number) =>
    Math.floor((size + pads[axis] + pads[axis + 2] - dilations[axis] * (kernel[axis] - 1) - 1) / strides[axis]) + 1;
  const to = [extent(height, 0), extent(width, 1)] as const;
  return {
    to,
    taps: rows * columns,
    each: (output, take) => {
      const top = Math.floor(output / to[1]) * strides[0] - pads[0];
      const left = (output % to[1]) * strides[1] - pads[1];
      for (let tap = 0; tap < rows * columns; tap++) {
        const y = top + Math.floor(tap / columns) * dilations[0];
        const x = left + (tap % columns) * dilations[1];
        if (y >= 0 && y < height && x >= 0 && x < width) take(y * width + x, tap);
      }
    },
  };
}

export function convolution(node: OnnxNode, signal: Signal, weights: Tensor, bias: Tensor | undefined): Made {
  const [filters, own, ...kernel] = weights.dims;
  const { to, taps, each } = windowsOf(node, signal, kernel);
  const [group, channels] = [node.attributes.get('group') ?? 1, signal.shape[1]];
  if (typeof group !== 'number' || own * group !== channels || filters % group !== 0)
    refuse('Conv has channels that do not fit');
  if (bias && bias.values.length !== filters) refuse('Conv has channels that do not fit');
  const [shape, area, plane] = [[1, filters, ...to], to[0] * to[1], signal.shape[2] * signal.shape[3]];
  const outputs = sizeOf(shape);
  const layer = affine(
    outputs,
    outputs * own * taps,
    (j, add) => {
      const filter = Math.floor(j / area);
      const first = Math.floor(filter / (filters / (group as number))) * own;
      for (let c = 0; c < own; c++)
        each(j % area, (cell, tap) => add((first + c) * plane + cell, weights.values[(filter * own + c) * taps + tap]));
    },
    (j) => bias?.values[Math.floor(j / area)] ?? 0,
  );
  return { layer, from: [signal], shape };
}

/** AveragePool as an affine layer, MaxPool as a maximum. */
export function pool(node: OnnxNode, signal: Signal, kernel: readonly number[]): Made {
  const { to, taps, each } = windowsOf(node, signal, kernel);
  const [shape, area, plane] = [[1, signal.shape[1], ...to], to[0] * to[1], signal.shape[2] * signal.shape[3]];
  const outputs = sizeOf(shape);
  const withPads = node.attributes.get('count_include_pad') === 1;
  const layer = affine(outputs, outputs * taps, (j, add) => {
    let cells = 0;
    each(j % area, () => cells++);
    if (cells === 0) refuse(`${node.opType} has a window outside of the picture`);
    each(j % area, (cell) => add(Math.floor(j / area) * plane + cell, 1 / (withPads ? taps : cells)));
  });
  if (node.opType === 'AveragePool') return { layer, from: [signal], shape };
  return { layer: { kind: 'maximum', starts: layer.starts, indices: layer.indices }, from: [signal], shape };
}
