// Tested by operators.int.test.ts and document.unit.test.ts.
import type { Operator } from '../value.js';
import { activationOperators } from './activations.js';
import { gemm, linearRegressor, matMul } from './affine.js';
import { add, batchNormalization, div, floor, mean, mul, scaler, sub, sum } from './arithmetic.js';
import { hardSigmoid, neg, prelu, thresholdedRelu } from './bends.js';
import { both, compare, equal, not, where } from './comparisons.js';
import { max, min } from './extremes.js';
import { blocks, resize } from './images.js';
import { concat } from './joining.js';
import { isNaN } from './missing.js';
import { expand, gather, pad, slice, split, tile } from './moving.js';
import { cast, constant, dropout, identity } from './passing.js';
import { reduce } from './reductions.js';
import { flatten, reshape, squeeze, transpose, unsqueeze } from './reshaping.js';
import { conv, convTranspose, globalPool, pool } from './windows.js';

/** How one operator is read, and what docs/operators.md says of it. */
export interface OperatorEntry {
  readonly read: Operator;
  /** The opset that brought it in this form; 7 is the oldest that is read. */
  readonly since: number;
  readonly accepts: string;
  /** What is refused of it. */
  readonly refuses: string;
}

const activation = new Map(activationOperators);
const entry = (read: Operator, since: number, accepts = '', refuses = ''): OperatorEntry => ({
  read,
  since,
  accepts,
  refuses,
});

/** Every operator of the standard domain that can be read. An activation says itself what it is read from. */
export const operators: ReadonlyMap<string, OperatorEntry> = new Map<string, OperatorEntry>([
  ['Abs', entry(activation.get('Abs')!, 7)],
  ['Add', entry(add, 7, 'two signals, or a signal and a constant, with broadcasting')],
  ['And', entry(both, 7, 'of two comparisons', 'elsewhere')],
  [
    'AveragePool',
    entry(
      pool,
      7,
      'rows and columns, or columns alone; auto_pad, count_include_pad, ceil_mode, dilations',
      'ceil_mode together with count_include_pad; dilated windows over the edge unless count_include_pad',
    ),
  ],
  ['BatchNormalization', entry(batchNormalization, 7, 'inference', 'training mode')],
  [
    'Cast',
    entry(
      cast,
      7,
      'to float and double; a comparison becomes 1 or 0; constants also to integers',
      'other types of a signal, float16 among them',
    ),
  ],
  [
    'Clip',
    entry(
      activation.get('Clip')!,
      7,
      'bounds as attributes or as constants of one number; either may be open',
      'an interval of one number',
    ),
  ],
  ['Concat', entry(concat, 7, 'signals and constants along any axis but an open batch')],
  ['Constant', entry(constant, 7, 'tensors and lists of numbers', 'texts, sparse tensors')],
  [
    'Conv',
    entry(
      conv,
      7,
      'rows and columns, or columns alone; groups, strides, dilations, pads, auto_pad',
      'weights that are not constant; three-dimensional kernels; auto_pad SAME with dilations, as in the ONNX runtime',
    ),
  ],
  ['ConvTranspose', entry(convTranspose, 7, 'as Conv, with output_padding and output_shape', 'as Conv')],
  ['DepthToSpace', entry(blocks, 7, 'both modes')],
  ['Div', entry(div, 7, 'a signal by a constant', 'by a signal, by zero')],
  ['Dropout', entry(dropout, 7, 'inference', 'training mode')],
  ['Equal', entry(equal, 7, 'as Greater')],
  ['Expand', entry(expand, 8, 'to a constant shape', 'an open batch that moves')],
  ['Flatten', entry(flatten, 7, 'any axis')],
  ['Floor', entry(floor, 7, 'as a part of quantization: Mul levels, Add 0.5, Floor, Div levels', 'elsewhere')],
  ['Gather', entry(gather, 7, 'constant indices, any axis but an open batch', 'indices that depend on the input')],
  ['Gemm', entry(gemm, 7, 'one constant matrix, alpha, beta, both transpositions', 'two signals; several rows')],
  ['GlobalAveragePool', entry(globalPool, 7)],
  ['GlobalMaxPool', entry(globalPool, 7)],
  ['Greater', entry(compare, 7, 'a signal with constants or another signal; read by Where, Not and Cast')],
  ['GreaterOrEqual', entry(compare, 12, 'as Greater')],
  ['HardSigmoid', entry(hardSigmoid, 7)],
  ['Identity', entry(identity, 7)],
  ['IsNaN', entry(isNaN, 9, 'read by Where, which fills missing numbers')],
  ['LeakyRelu', entry(activation.get('LeakyRelu')!, 7, '', 'a slope below 0')],
  ['Less', entry(compare, 7, 'as Greater')],
  ['LessOrEqual', entry(compare, 12, 'as Greater')],
  [
    'MatMul',
    entry(
      matMul,
      7,
      'one constant vector or matrix; several rows of one sample',
      'two signals; a constant of three axes',
    ),
  ],
  ['Max', entry(max, 8, 'any number of signals and constants, with broadcasting')],
  ['MaxPool', entry(pool, 7, 'as AveragePool', 'its second output')],
  ['Mean', entry(mean, 8, 'as Max')],
  ['Min', entry(min, 8, 'as Max')],
  [
    'Mul',
    entry(
      mul,
      7,
      'a signal and a constant, with broadcasting; a signal and the comparison of it with 0',
      'other products of signals',
    ),
  ],
  ['Neg', entry(neg, 7)],
  ['Not', entry(not, 7, 'of a comparison', 'elsewhere')],
  ['Or', entry(both, 7, 'as And')],
  ['PRelu', entry(prelu, 7, 'one slope, or one per channel or number')],
  ['Pad', entry(pad, 7, 'constant, edge, reflect, wrap; pads below 0 cut', 'pads that depend on the input')],
  ['ReduceL1', entry(reduce, 7, 'as ReduceMean')],
  ['ReduceMax', entry(reduce, 7, 'as ReduceMean')],
  ['ReduceMean', entry(reduce, 7, 'axes as attribute or input, keepdims; any axes but an open batch')],
  ['ReduceMin', entry(reduce, 7, 'as ReduceMean')],
  ['ReduceSum', entry(reduce, 7, 'as ReduceMean')],
  ['Relu', entry(activation.get('Relu')!, 7)],
  ['Reshape', entry(reshape, 7, 'a constant shape, with 0 and -1', 'one that mixes the samples of an open batch')],
  ['Resize', entry(resize, 10, 'nearest, whole scales; half_pixel or asymmetric', 'other scales and modes')],
  ['Sign', entry(activation.get('Sign')!, 9)],
  ['Slice', entry(slice, 7, 'constants as attributes or inputs, steps of any sign; any axes but an open batch')],
  ['SpaceToDepth', entry(blocks, 7)],
  ['Split', entry(split, 7, 'equal parts, or a constant list')],
  ['Squeeze', entry(squeeze, 7, 'axes as attribute or input', 'the batch')],
  ['Sub', entry(sub, 7, 'as Add')],
  ['Sum', entry(sum, 8, 'as Max')],
  ['ThresholdedRelu', entry(thresholdedRelu, 10, 'alpha = 0', 'another alpha, at which it jumps')],
  ['Tile', entry(tile, 7, 'constant repeats', 'an open batch that repeats')],
  ['Transpose', entry(transpose, 7, 'any axes but an open batch')],
  ['Unsqueeze', entry(unsqueeze, 7, 'axes as attribute or input', 'axes before an open batch')],
  ['Upsample', entry(resize, 7, 'as Resize')],
  [
    'Where',
    entry(
      where,
      9,
      'by a comparison: between constants (steps of any kind), or between multiples of x by the sign of x; by IsNaN',
      'between other signals',
    ),
  ],
]);

/** Operators of the domain ai.onnx.ml, which scikit-learn's converter uses. */
export const mlOperators: ReadonlyMap<string, OperatorEntry> = new Map<string, OperatorEntry>([
  ['LinearRegressor', entry(linearRegressor, 1, "scikit-learn's linear regressions")],
  ['Scaler', entry(scaler, 1, "scikit-learn's StandardScaler and MinMaxScaler")],
]);
