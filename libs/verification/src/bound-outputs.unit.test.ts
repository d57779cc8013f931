import { crownBounds, intervalBounds, type Box } from '@mipnet/bounds';
import type { Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { boundOutputsOf, rememberedCrown, rememberedOutputs } from './bound-outputs.js';

const dense = (inputs: number, outputs: number, ...weights: readonly number[]) =>
  ({
    kind: 'dense',
    inputs,
    outputs,
    weights: Float64Array.from(weights),
    bias: new Float64Array(outputs),
  }) as const;
const relu = { kind: 'activation', activation: 'relu' } as const;
/** Differences of two equal relus, which are 0: intervals forget that they are equal, CROWN keeps a part of it. */
const network: Network = {
  inputShape: [1],
  layers: [dense(1, 2, 1, 1), relu, dense(2, 2, 1, -1, -1, 1), relu, dense(2, 1, 1, -1)],
};
const boxOf = (radius: number): Box => ({ lower: Float64Array.of(-radius), upper: Float64Array.of(2 * radius) });

test('bounds of a box are computed once; those that a limit cut short only until there is time again', () => {
  const box = boxOf(1);
  const boundLayers = rememberedCrown(network);
  const short = boundLayers(box, () => true);
  expect(short.layers).toEqual(intervalBounds(network, box).layers);
  expect(boundLayers(box, () => true)).toBe(short);
  const whole = boundLayers(box, () => false);
  expect(whole.layers).toEqual(crownBounds(network, box).layers);
  expect(whole.layers).not.toEqual(short.layers);
  expect(boundLayers(box, () => true)).toBe(whole);
  expect(boundLayers(boxOf(1))).not.toBe(whole);
});

test('bounds on functions are computed once for the same functions of the same box', () => {
  let computed = 0;
  const one = boundOutputsOf(network);
  const remembered = rememberedOutputs((box, functions) => (computed++, one(box, functions)));
  const row = (coefficient: number, constant: number) => [{ coefficients: Float64Array.of(coefficient), constant }];
  const box = boxOf(1);
  const [first] = remembered(box, row(1, 0));
  expect(remembered(box, row(1, 0))[0]).toBe(first);
  expect(computed).toBe(1);
  for (const functions of [row(2, 0), row(1, 1), [...row(1, 0), ...row(1, 1)]])
    expect(remembered(box, functions)).toEqual(one(box, functions));
  expect(remembered(boxOf(2), row(1, 0))).toEqual(one(boxOf(2), row(1, 0)));
  expect(computed).toBe(5);
});
