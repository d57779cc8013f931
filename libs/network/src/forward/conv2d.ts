import type { Conv2d, Shape } from '../network.js';
import { sparseRows } from './dense.js';
import { padImage, paddedExtent } from './padding.js';
import type { PreparedLayer } from './prepared-layer.js';

/**
 * Convolution as a list of taps (offset into the padded image, weight) for each output channel: zero weights cost
 * nothing, padding costs no branch. Products are added in the order of the weights, the bias last.
 */
export function prepareConv2d(layer: Conv2d, input: Shape, output: Shape): PreparedLayer {
  const { inputChannels, outputChannels, groups, kernel, strides, dilations, pads, bias } = layer;
  const [, rows, columns] = output;
  const [paddedRows, paddedColumns] = paddedExtent(input, pads);
  const channelsOfGroup = inputChannels / groups;
  const outputsOfGroup = outputChannels / groups;
  const {
    starts,
    columns: taps,
    values,
  } = sparseRows(layer.weights, outputChannels, channelsOfGroup * kernel[0] * kernel[1]);
  const offsets = taps.map((tap) => {
    const column = tap % kernel[1];
    const row = Math.floor(tap / kernel[1]) % kernel[0];
    const channel = Math.floor(tap / (kernel[1] * kernel[0]));
    return (channel * paddedRows + row * dilations[0]) * paddedColumns + column * dilations[1];
  });
  const padded = new Float64Array(inputChannels * paddedRows * paddedColumns);
  const inputs = inputChannels * input[1] * input[2];
  const outputs = outputChannels * rows * columns;
  const step = strides[1];

  const run = (batch: Float64Array, result: Float64Array, count: number): void => {
    let to = 0;
    for (let sample = 0; sample < count; sample++) {
      padImage(batch, sample * inputs, input, pads, padded);
      for (let channel = 0; channel < outputChannels; channel++) {
        const first = starts[channel];
        const last = starts[channel + 1];
        const origin = Math.floor(channel / outputsOfGroup) * channelsOfGroup * paddedRows * paddedColumns;
        for (let row = 0; row < rows; row++, to += columns) {
          const start = origin + row * strides[0] * paddedColumns;
          // Four columns at a time, for the reason given in dense.ts; the last four overlap the four before them.
          for (let next = 0; next < columns && columns >= 4; next += 4) {
            const column = next + 4 <= columns ? next : columns - 4;
            const at = start + column * step;
            let sum0 = 0;
            let sum1 = 0;
            let sum2 = 0;
            let sum3 = 0;
            for (let tap = first; tap < last; tap++) {
              const value = values[tap];
              const from = at + offsets[tap];
              sum0 += value * padded[from];
              sum1 += value * padded[from + step];
              sum2 += value * padded[from + 2 * step];
              sum3 += value * padded[from + 3 * step];
            }
            result[to + column] = sum0 + bias[channel];
            result[to + column + 1] = sum1 + bias[channel];
            result[to + column + 2] = sum2 + bias[channel];
            result[to + column + 3] = sum3 + bias[channel];
          }
          for (let column = 0; column < columns && columns < 4; column++) {
            let sum = 0;
            for (let tap = first; tap < last; tap++) sum += values[tap] * padded[start + column * step + offsets[tap]];
            result[to + column] = sum + bias[channel];
          }
        }
      }
    }
  };
  return { outputs, run };
}
