// Tested by to-c.int.test.ts.
import type { Add, Conv2d, Dense, Scale } from '../network.js';
import { scaleSpan, sizeOf, type Shape } from '../shape.js';
import { floatLiteral, table } from './c-text.js';
import { loop, type LayerWriter } from './layer-writer.js';
import { convolutionBlock, denseBlock } from './sum-order.js';
import { weightedSums } from './weighted-sums.js';

export const dense: LayerWriter<Dense> = ({ inputs, outputs, weights, bias }, { name }) => {
  const { about, tables, body } = weightedSums({ name, weights, sums: outputs, terms: inputs, block: denseBlock });
  return {
    about: `${outputs} sums of ${inputs} inputs, ${about}`,
    tables: [...tables, ...table('float', `${name}_bias`, bias)],
    body: loop('j', outputs, [`float total = ${name}_bias[j];`, ...body, 'y[j] = total;']),
  };
};

export const conv2d: LayerWriter<Conv2d> = (layer, { name, inputs: [input], output }) => {
  const { inputChannels, outputChannels, groups, kernel, strides, dilations, pads, weights, bias } = layer;
  const channels = inputChannels / groups;
  const rows = input[1] + pads[0] + pads[2];
  const columns = input[2] + pads[1] + pads[3];
  const taps = kernel[0] * kernel[1];
  const terms = channels * taps;
  const offsets = Int32Array.from({ length: terms }, (_, term) => {
    const row = Math.floor((term % taps) / kernel[1]) * dilations[0];
    const column = (term % kernel[1]) * dilations[1];
    return (Math.floor(term / taps) * rows + row) * columns + column;
  });
  const block = convolutionBlock(terms, output);
  const sums = weightedSums({ name, weights, sums: outputChannels, terms, block, offsets });
  const group = groups === 1 ? '' : `j / ${outputChannels / groups} * ${channels * rows * columns} + `;
  const isPadded = pads.some((pad) => pad > 0);
  return {
    about: `convolution by ${outputChannels} filters of ${channels} x ${kernel.join(' x ')}, ${sums.about}`,
    tables: [...sums.tables, ...table('float', `${name}_bias`, bias)],
    body: [
      ...(isPadded ? padding(input, rows, columns, pads) : []),
      ...loop(
        'j',
        outputChannels,
        loop(
          'r',
          output[1],
          loop('c', output[2], [
            `const int at = ${group}r * ${strides[0] * columns} + c * ${strides[1]};`,
            'float total = 0.0f;',
            ...sums.body.map((line) => (isPadded ? line.replace(/\bx\[/g, 'padded[') : line)),
            `y[(j * ${output[1]} + r) * ${output[2]} + c] = total + ${name}_bias[j];`,
          ]),
        ),
      ),
    ],
  };
};

/** The image with its border of zeros, in an array of its own. */
const padding = ([channels, ...extents]: Shape, rows: number, columns: number, pads: readonly number[]): string[] => [
  `MIPNET_BUFFER float padded[${channels * rows * columns}];`,
  ...loop(
    'j',
    channels,
    loop(
      'r',
      rows,
      loop('c', columns, [
        `const int row = r - ${pads[0]}, column = c - ${pads[1]};`,
        `const int inside = row >= 0 && row < ${extents[0]} && column >= 0 && column < ${extents[1]};`,
        `padded[(j * ${rows} + r) * ${columns} + c] = ` +
          `inside ? x[(j * ${extents[0]} + row) * ${extents[1]} + column] : 0.0f;`,
      ]),
    ),
  ),
];

export const scale: LayerWriter<Scale> = ({ factor, offset }, { name, inputs: [input] }) => {
  const number = (numbers: Float64Array, table: string): string => {
    const span = scaleSpan(numbers.length, input) ?? 1;
    return numbers.length === 1 ? floatLiteral(numbers[0]) : span === 1 ? `${table}[i]` : `${table}[i / ${span}]`;
  };
  const arrays: readonly [string, Float64Array][] = [
    [`${name}_factor`, factor],
    [`${name}_offset`, offset],
  ];
  return {
    about: 'x * factor + offset',
    tables: arrays.flatMap(([table_, numbers]) => (numbers.length === 1 ? [] : table('float', table_, numbers))),
    body: loop('i', sizeOf(input), [
      `const float product = x[i] * ${number(factor, `${name}_factor`)};`,
      `y[i] = product + ${number(offset, `${name}_offset`)};`,
    ]),
  };
};

export const add: LayerWriter<Add> = (_, { inputs, output }) => ({
  about: `the sum of ${inputs.length} layers`,
  body: loop('i', sizeOf(output), [
    'float sum = x0[i];',
    ...inputs.slice(1).map((_, source) => `sum += x${source + 1}[i];`),
    'y[i] = sum;',
  ]),
});
