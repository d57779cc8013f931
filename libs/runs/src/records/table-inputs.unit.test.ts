import type { Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { tableInputsIn, tableInputsKey, tableInputsText, type TableInputs } from './table-inputs.js';

const inputs: TableInputs = {
  class: 'income',
  columns: [
    { kind: 'number', name: 'age', low: 17, high: 90, fill: 37, sd: 13.5, integer: true },
    { kind: 'category', name: 'job', values: ['?', 'clerk'] },
  ],
};
const network = (size: number, text?: string): Network => ({
  inputShape: [size],
  layers: [{ kind: 'flatten' }],
  metadata: text === undefined ? {} : { [tableInputsKey]: text },
});

test('what is written is read', () => {
  expect(tableInputsIn(network(3, tableInputsText(inputs)), 'n.onnx')).toEqual(inputs);
});

test('how cells are read is written if the plan says it', () => {
  const reading = { missing: ['-999', -1], decimal: ',' } as const;
  expect(tableInputsIn(network(3, tableInputsText({ ...inputs, reading })), 'n.onnx')).toEqual({ ...inputs, reading });
  expect(tableInputsText({ ...inputs, reading: { missing: undefined } })).toBe(tableInputsText(inputs));
});

test('a network without the key has no table', () => {
  expect(tableInputsIn(network(3), 'n.onnx')).toBeUndefined();
  expect(tableInputsIn({ inputShape: [3], layers: [{ kind: 'flatten' }] }, 'n.onnx')).toBeUndefined();
});

test.each([
  ['{', 'n.onnx: the metadata mipnet.columns is not JSON'],
  ['{"class":"c","columns":[]}', 'n.onnx: the metadata mipnet.columns is not that of a table (columns: '],
  [
    '{"class":"c","columns":[{"kind":"number","name":"a","low":0,"high":1e99,"fill":0,"sd":1,"integer":false}]}',
    '(columns.0.high: ',
  ],
  [tableInputsText({ ...inputs, columns: inputs.columns.slice(0, 1) }), 'describes 1 inputs, and the network has 3'],
])('%s is refused', (text, message) => {
  expect(() => tableInputsIn(network(3, text), 'n.onnx')).toThrow(message);
});
