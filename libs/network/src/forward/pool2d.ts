import type { Pool2d, Shape } from '../network.js';
import { padImage, paddedExtent } from './padding.js';
import type { PreparedLayer } from './prepared-layer.js';

/** Max or average pool. The border is minus infinity for a maximum, zero for an average. */
export function preparePool2d(layer: Pool2d, input: Shape, output: Shape): PreparedLayer {
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

/** What the sum of each window of an average pool is divided by, rows x columns of the output. */
export function cellCounts(layer: Pool2d, input: Shape, output: Shape): Float64Array {
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
