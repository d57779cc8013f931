// Tested by ../onnxruntime.int.test.ts.
import type { Operator } from '../value.js';
import { activationOperators, compare, where } from './activations.js';
import { gemm, matMul } from './affine.js';
import { add, batchNormalization, div, floor, mul, sub } from './arithmetic.js';
import { concat } from './joining.js';
import { isNaN } from './missing.js';
import { cast, constant, dropout, identity } from './passing.js';
import { flatten, reshape, squeeze, transpose, unsqueeze } from './reshaping.js';
import { conv, globalAveragePool, pool } from './windows.js';

/** Every ONNX operator that can be read. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...activationOperators,
  ['Add', add],
  ['AveragePool', pool],
  ['BatchNormalization', batchNormalization],
  ['Cast', cast],
  ['Concat', concat],
  ['Constant', constant],
  ['Conv', conv],
  ['Div', div],
  ['Dropout', dropout],
  ['Flatten', flatten],
  ['Floor', floor],
  ['Gemm', gemm],
  ['GlobalAveragePool', globalAveragePool],
  ['Greater', compare],
  ['GreaterOrEqual', compare],
  ['Identity', identity],
  ['IsNaN', isNaN],
  ['Less', compare],
  ['LessOrEqual', compare],
  ['MatMul', matMul],
  ['MaxPool', pool],
  ['Mul', mul],
  ['Reshape', reshape],
  ['Squeeze', squeeze],
  ['Sub', sub],
  ['Transpose', transpose],
  ['Unsqueeze', unsqueeze],
  ['Where', where],
]);
