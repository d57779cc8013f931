import type { Network } from '@mipnet/network';
import { expect, it } from 'vitest';
import { classMetadata, classNamesIn } from './class-metadata.js';

const network = (outputs: number, metadata?: Record<string, string>): Network => ({
  inputShape: [1],
  layers: [
    { kind: 'dense', inputs: 1, outputs, weights: new Float64Array(outputs), bias: new Float64Array(outputs) },
    { kind: 'activation', activation: 'step' },
  ],
  ...(metadata && { metadata }),
});

it.each([
  [3, ['a', 'b', 'c'], { classes: 'a,b,c' }],
  [2, ['a,b', 'c'], { classes: 'a,b,c', 'mipnet.classes': '["a,b","c"]' }],
  [1, ['no', 'yes'], { classes: 'no,yes', 'mipnet.threshold': '0.5' }],
])('names of classes come back from the metadata (%i outputs, %j)', (outputs, classes, metadata) => {
  expect(classMetadata(network(outputs), classes)).toEqual(metadata);
  expect(classNamesIn(network(outputs, metadata))).toEqual(classes);
});

it.each([
  [undefined],
  [{ classes: 'a,b,c' }],
  [{ 'mipnet.classes': '{' }],
  [{ 'mipnet.classes': '[1, 2]' }],
  [{ 'mipnet.classes': '{"length": 2}' }],
])('are numbers if the metadata %j does not name as many', (metadata) => {
  expect(classNamesIn(network(2, metadata as Record<string, string> | undefined))).toEqual(['0', '1']);
});
