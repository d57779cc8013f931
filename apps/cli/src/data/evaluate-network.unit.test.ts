import type { LoadedDataset, Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { checkFits } from './evaluate-network.js';

const network = (metadata: Record<string, string>): Network => ({
  inputShape: [2],
  layers: [
    {
      kind: 'dense',
      inputs: 2,
      outputs: 2,
      weights: Float64Array.of(1, 0, 0, 1),
      bias: Float64Array.of(0, 0),
      activation: 'none',
    } as Network['layers'][number],
  ],
  metadata,
});
const table = (classes: readonly string[]): LoadedDataset => ({
  name: 'csv',
  classes,
  inputShape: [2],
  train: { size: 2 } as Samples,
  test: null,
  notes: [],
});

test('as many classes of other names are refused: the outputs mean something else', () => {
  const trained = network({ dataset: 'csv', classes: 'no,yes' });
  expect(() => checkFits(trained, table(['no', 'yes']), 'net.onnx')).not.toThrow();
  for (const classes of [
    ['maybe', 'no'],
    ['yes', 'no'],
  ])
    expect(() => checkFits(trained, table(classes), 'net.onnx')).toThrow(
      `the outputs of net.onnx are the classes no,yes; csv has ${classes.join(', ')}. Give the classes ` +
        'the same names, or give the ' +
        'data set it was trained on (csv)',
    );
});

test('a network from elsewhere may name classes as it likes', () => {
  expect(() => checkFits(network({ classes: "['cat', 'dog']" }), table(['no', 'yes']), 'net.onnx')).not.toThrow();
  expect(() => checkFits(network({}), table(['no', 'yes']), 'net.onnx')).not.toThrow();
});
