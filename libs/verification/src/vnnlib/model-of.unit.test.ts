import { modelEnds } from '@mipnet/network';
import { node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { describe, expect, it } from 'vitest';
import { modelOf, networksOf } from './model-of.js';
import { parseVnnlib } from './parse-vnnlib.js';

const relu = onnxModel({ input: ['N', 2], nodes: [node('Relu', ['x'], 'y')] });
const ask = (text: string) =>
  modelOf(parseVnnlib(`(vnnlib-version <2.0>)${text}`), (name) => ({ file: `${name}.onnx`, bytes: relu }));
const network = (name: string, tensors: string, relation = '') => `(declare-network ${name} ${relation} ${tensors})`;
const ends = (input = 'X float32 [1,2]', output = 'Y float32 [1,2]') =>
  `(declare-input ${input}) (declare-output ${output})`;
const bounded = '(assert (and (>= X[0,0] 0.0) (<= X[0,0] 1.0) (>= X[0,1] 0.0) (<= X[0,1] 1.0)))';

describe('modelOf', () => {
  it('takes the file itself where rows are about the outputs of one network', () => {
    expect(ask(`${network('f', ends())}${bounded}(assert (<= Y[0,0] 1.0))`)).toBe(relu);
    const mixed = ask(`${network('f', ends())}${bounded}(assert (<= Y[0,0] X[0,0]))`);
    expect(modelEnds(mixed).inputs).toEqual([{ name: 'network0/x', type: 'float32', dims: [1, 2] }]);
  });

  it('needs one file for equal networks, and one each for others', () => {
    const two = (relation: string) =>
      `${network('f', ends())}${network('g', ends('A float32 [1,2]', 'B float32 [1,2]'), relation)}${bounded}
       (assert (and (>= A[0,0] 0.0) (<= A[0,0] 1.0) (>= A[0,1] 0.0) (<= A[0,1] 1.0)))`;
    expect(networksOf(parseVnnlib(two('(equal-to f)')))).toEqual(['f']);
    expect(networksOf(parseVnnlib(two('(isomorphic-to f)')))).toEqual(['f', 'g']);
    expect(modelEnds(ask(two('(equal-to f)'))).inputs).toEqual([{ name: 'inputs', type: 'float32', dims: [1, 4] }]);
  });

  it('matches tensors by ONNX names', () => {
    const named = ends('X real [1,2] "x"', 'Y real [1,2] "y"');
    expect(ask(`${network('f', named)}${bounded}`)).toBe(relu);
    expect(() => ask(`${network('f', named.replace('"y"', '"z"'))}${bounded}`)).toThrow(
      'f.onnx has no "z"; it has "y"',
    );
  });

  it.each([
    ['another type', ends('X float64 [1,2]'), 'X is declared float64, but f.onnx has float32 there'],
    ['another extent', ends('X float32 [1,3]'), 'X is declared [1,3], but f.onnx has [open,2] there'],
    ['another rank', ends('X float32 [2]'), 'X is declared [2], but f.onnx has [open,2] there'],
    ['more inputs', `(declare-input Z real [1])${ends()}`, 'the network f declares 2 inputs, but f.onnx has 1'],
  ])('refuses %s', (_, tensors, message) => {
    const first = tensors.includes('[1,3]') ? 'X[0,0]' : tensors.includes('[2])') ? 'X[0]' : 'X[0,0]';
    const text = `${network('f', tensors)}(assert false)(assert (<= ${first} 1.0))`;
    expect(() => ask(text)).toThrow(message);
  });
});
