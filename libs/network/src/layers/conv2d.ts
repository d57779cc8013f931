// Tested by ../onnx/round-trip.unit.test.ts.
import type { Conv2d } from '../network.js';
import { integer, integers } from '../onnx/attributes.js';
import { sizeOf, type Shape } from '../shape.js';
import { requireImage, requireIntegers, requireLength } from './checks.js';
import type { LayerKind, PreparedLayer } from './layer-kind.js';
import type { AffineMap } from './layer-map.js';
import { padImage, paddedExtent } from './padding.js';
import { nonZeros, RowCollector } from './sparse-rows.js';
import { forEachWindow, windowCounts } from './windows.js';

export const conv2d: LayerKind<Conv2d> = {
  shape: (layer, input, refuse) => {
    const { inputChannels, outputChannels, groups, kernel, strides, dilations, pads } = layer;
    requireIntegers(
      {
        inputChannels: [inputChannels],
        outputChannels: [outputChannels],
        groups: [groups],
        kernel,
        strides,
        dilations,
      },
      1,
      refuse,
    );
    requireIntegers({ pads }, 0, refuse);
    if (inputChannels % groups !== 0 || outputChannels % groups !== 0) {
      refuse(
        'shape',
        `${groups} groups must divide both ${inputChannels} input channels and ${outputChannels} output channels`,
      );
    }
    requireLength('weights', layer.weights, outputChannels * (inputChannels / groups) * kernel[0] * kernel[1], refuse);
    requireLength('bias', layer.bias, outputChannels, refuse);
    requireImage(input, refuse);
    if (input[0] !== inputChannels) refuse('shape', `it takes ${inputChannels} channels, but gets ${input[0]}`);
    return [outputChannels, ...windowCounts(layer, input, refuse)];
  },
  prepare: prepareConv2d,
  map: convolutionMap,
  parameters: ({ weights, bias }) => [
    ['weights', weights],
    ['bias', bias],
  ],
  multiplications: ({ weights, outputChannels }, output) => sizeOf(output) * (weights.length / outputChannels),
  rounded: (layer) => layer,
  rounds: () => true,
  write: (graph, layer) => {
    const { outputChannels, inputChannels, groups, kernel } = layer;
    const weights = graph.constant(layer.weights, [outputChannels, inputChannels / groups, ...kernel]);
    graph.advance(
      'Conv',
      [weights, graph.constant(layer.bias, [outputChannels])],
      [
        integers('dilations', layer.dilations),
        integer('group', groups),
        integers('kernel_shape', kernel),
        integers('pads', layer.pads),
        integers('strides', layer.strides),
      ],
    );
  },
};

/**
 * Convolution as a list of taps (offset into the padded image, weight) for each output channel: zero weights and
 * padding cost nothing. Products are added in the order of the weights, the bias last.
 */
function prepareConv2d(layer: Conv2d, input: Shape, output: Shape): PreparedLayer {
  const { inputChannels, outputChannels, groups, kernel, strides, dilations, pads, bias } = layer;
  const [, rows, columns] = output;
  const [paddedRows, paddedColumns] = paddedExtent(input, pads);
  const channelsOfGroup = inputChannels / groups;
  const outputsOfGroup = outputChannels / groups;
  const { starts, indices, values } = nonZeros(layer.weights, outputChannels, channelsOfGroup * kernel[0] * kernel[1]);
  const offsets = indices.map((tap) => {
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

function convolutionMap(layer: Conv2d, input: Shape, output: Shape): AffineMap {
  const { inputChannels, outputChannels, groups, kernel, weights, bias } = layer;
  const channelsOfGroup = inputChannels / groups;
  const taps = kernel[0] * kernel[1];
  const rows = new RowCollector();
  const biases = new Float64Array(sizeOf(output));
  forEachWindow(layer, input, output, (channel, window, position) => {
    const group = Math.floor(channel / (outputChannels / groups));
    for (let c = 0; c < channelsOfGroup; c++) {
      const plane = (group * channelsOfGroup + c) * input[1] * input[2];
      for (const { cell, tap } of window) {
        const weight = weights[(channel * channelsOfGroup + c) * taps + tap];
        if (weight !== 0) rows.entry(plane + cell, weight);
      }
    }
    biases[position] = bias[channel];
    rows.end();
  });
  return { kind: 'affine', inputs: sizeOf(input), outputs: sizeOf(output), ...rows.rows(), bias: biases };
}
