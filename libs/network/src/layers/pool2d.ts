// Tested by ../onnx/round-trip.unit.test.ts.
import type { Pool2d } from '../network.js';
import { integer, integers } from '../onnx/attributes.js';
import { sizeOf, type Shape } from '../shape.js';
import { requireImage, requireIntegers } from './checks.js';
import type { LayerKind, PreparedLayer } from './layer-kind.js';
import { padImage, paddedExtent } from './padding.js';
import { RowCollector } from './sparse-rows.js';
import { forEachWindow, windowCounts, type Window } from './windows.js';

type MaxPool2d = Pool2d & { kind: 'maxPool2d' };
type AveragePool2d = Pool2d & { kind: 'averagePool2d' };

/** What both pools have in common. */
const pool = {
  shape: (layer, input, refuse) => {
    const { kernel, strides, pads } = layer;
    requireIntegers({ kernel, strides }, 1, refuse);
    requireIntegers({ pads }, 0, refuse);
    requireImage(input, refuse);
    // A pad as large as the kernel would make windows without a single real cell: minus infinity, or 0 / 0.
    if (pads.some((pad, side) => pad >= kernel[side % 2])) {
      refuse('shape', `pads [${pads.join(', ')}] must be smaller than the kernel [${kernel.join(', ')}]`);
    }
    return [input[0], ...windowCounts(windowOf(layer), input, refuse)];
  },
  prepare: preparePool2d,
  parameters: () => [],
  multiplications: ({ kernel }, output) => sizeOf(output) * kernel[0] * kernel[1],
} satisfies Partial<LayerKind<Pool2d>>;

export const maxPool2d: LayerKind<MaxPool2d> = {
  ...pool,
  map: (layer, input, output) => {
    const { starts, indices } = cells(layer, input, output).rows();
    return { kind: 'maximum', inputs: sizeOf(input), outputs: sizeOf(output), starts, indices };
  },
  rounded: (layer) => layer,
  rounds: () => false,
  write: (graph, layer) => graph.advance('MaxPool', [], attributes(layer)),
};

export const averagePool2d: LayerKind<AveragePool2d> = {
  ...pool,
  map: (layer, input, output) => {
    const outputs = sizeOf(output);
    return {
      kind: 'affine',
      inputs: sizeOf(input),
      outputs,
      ...cells(layer, input, output).rows(),
      bias: new Float64Array(outputs),
    };
  },
  rounded: (layer) => layer,
  rounds: () => true,
  write: (graph, layer) =>
    graph.advance(
      'AveragePool',
      [],
      [...attributes(layer), integer('count_include_pad', layer.countIncludePad ? 1 : 0)],
    ),
};

const windowOf = ({ kernel, strides, pads }: Pool2d): Window => ({ kernel, strides, dilations: [1, 1], pads });

const attributes = ({ kernel, pads, strides }: Pool2d) => [
  integers('kernel_shape', kernel),
  integers('pads', pads),
  integers('strides', strides),
];

/** The cells of every window, each with its weight in an average. */
function cells(layer: Pool2d, input: Shape, output: Shape): RowCollector {
  const rows = new RowCollector();
  forEachWindow(windowOf(layer), input, output, (channel, window) => {
    const share = 1 / (layer.countIncludePad ? layer.kernel[0] * layer.kernel[1] : window.length);
    for (const { cell } of window) rows.entry(channel * input[1] * input[2] + cell, share);
    rows.end();
  });
  return rows;
}

/** Max or average pool. The border is minus infinity for a maximum, zero for an average. */
function preparePool2d(layer: Pool2d, input: Shape, output: Shape): PreparedLayer {
  const { kernel, strides, pads } = layer;
  const [channels, rows, columns] = output;
  const [paddedRows, paddedColumns] = paddedExtent(input, pads);
  const isMax = layer.kind === 'maxPool2d';
  const padded = new Float64Array(channels * paddedRows * paddedColumns).fill(isMax ? -Infinity : 0);
  const inputs = channels * input[1] * input[2];
  const divisors = isMax ? undefined : cellCounts(layer, input, output);

  const run = (batch: Float64Array, result: Float64Array, count: number): void => {
    let to = 0;
    for (let sample = 0; sample < count; sample++) {
      padImage(batch, sample * inputs, input, pads, padded);
      for (let channel = 0; channel < channels; channel++) {
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            let at = (channel * paddedRows + row * strides[0]) * paddedColumns + column * strides[1];
            let value = isMax ? -Infinity : 0;
            for (let kernelRow = 0; kernelRow < kernel[0]; kernelRow++, at += paddedColumns) {
              for (let kernelColumn = 0; kernelColumn < kernel[1]; kernelColumn++) {
                const cell = padded[at + kernelColumn];
                value = isMax ? (cell > value ? cell : value) : value + cell;
              }
            }
            result[to++] = divisors === undefined ? value : value / divisors[row * columns + column];
          }
        }
      }
    }
  };
  return { outputs: channels * rows * columns, run };
}

/** The divisor of each window of an average pool, rows x columns of the output. */
function cellCounts(layer: Pool2d, input: Shape, output: Shape): Float64Array {
  const [, rows, columns] = output;
  const counts = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      counts[row * columns + column] = covered(0, row) * covered(1, column);
  }
  return counts;

  function covered(axis: 0 | 1, window: number): number {
    if (layer.countIncludePad) return layer.kernel[axis];
    const start = window * layer.strides[axis] - layer.pads[axis];
    return Math.min(start + layer.kernel[axis], input[axis + 1]) - Math.max(start, 0);
  }
}
