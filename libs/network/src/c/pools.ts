// Tested by to-c.int.test.ts.
import type { Pool2d } from '../network.js';
import { loop, type LayerPlace, type LayerWriter } from './layer-writer.js';
import { poolsByColumn } from './sum-order.js';

export const maxPool2d: LayerWriter<Pool2d> = (layer, place) => ({
  about: `maximum of windows ${layer.kernel.join(' x ')}`,
  body: windows(layer, place, [
    'float best = 0.0f;',
    'int cells = 0;',
    ...overWindow(layer, place, 'row', ['if (cells == 0 || cell > best) best = cell;', 'cells++;']),
    `y[${outputAt(place)}] = best;`,
  ]),
});

export const averagePool2d: LayerWriter<Pool2d> = (layer, place) => {
  const { kernel, strides, pads, countIncludePad } = layer;
  const byColumn = poolsByColumn(strides[1], place.inputs[0][2] + pads[1] + pads[3]);
  const counts = countIncludePad ? [] : ['cells++;'];
  return {
    about: `average of windows ${kernel.join(' x ')}`,
    body: windows(layer, place, [
      'float sum = 0.0f;',
      ...(countIncludePad ? [] : ['int cells = 0;']),
      ...(byColumn
        ? overWindow(layer, place, 'column', ['part += cell;', ...counts], ['float part = 0.0f;'], ['sum += part;'])
        : overWindow(layer, place, 'row', ['sum += cell;', ...counts])),
      `y[${outputAt(place)}] = sum / ${countIncludePad ? `${kernel[0] * kernel[1]}.0f` : '(float)cells'};`,
    ]),
  };
};

const outputAt = ({ output }: LayerPlace): string => `(j * ${output[1]} + r) * ${output[2]} + c`;

const windows = (_: Pool2d, { output }: LayerPlace, body: readonly string[]): string[] =>
  loop('j', output[0], loop('r', output[1], loop('c', output[2], body)));

/**
 * Over the cells of a window that are no padding.
 * @param outer the axis of the outer loop
 */
function overWindow(
  { kernel, strides, pads }: Pool2d,
  { inputs: [input] }: LayerPlace,
  outer: 'row' | 'column',
  body: readonly string[],
  ...[before = [], after = []]: readonly (readonly string[])[]
): string[] {
  const axes = {
    row: ['u', kernel[0], `const int row = r * ${strides[0]} + u - ${pads[0]};`, outside('row', input[1])],
    column: ['v', kernel[1], `const int column = c * ${strides[1]} + v - ${pads[1]};`, outside('column', input[2])],
  } as const;
  const first = axes[outer];
  const second = axes[outer === 'row' ? 'column' : 'row'];
  const cell = `const float cell = x[(j * ${input[1]} + row) * ${input[2]} + column];`;
  const inner = loop(second[0], second[1], [second[2], second[3], cell, ...body]);
  return loop(first[0], first[1], [first[2], first[3], ...before, ...inner, ...after]);
}

const outside = (axis: string, extent: number): string => `if (${axis} < 0 || ${axis} >= ${extent}) continue;`;
