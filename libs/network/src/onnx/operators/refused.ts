// Tested by ../from-onnx.unit.test.ts.

/** Operators that are no piecewise linear functions of the input, in groups with one way out. */
export const refused: readonly (readonly [operators: string, whatToDo: string])[] = [
  [
    'Softmax LogSoftmax Sigmoid ArgMax Hardmax TopK',
    'it turns scores into probabilities or labels; in a question about classes it may be the end of a classifier, ' +
      'otherwise name the value before it with --output, or export the model without it',
  ],
  [
    'Tanh Elu Selu Celu Gelu Softplus Softsign Mish Swish HardSwish Erf Exp Log Sqrt Pow Sin Cos Reciprocal',
    'it is not piecewise linear, and mipnet proves about piecewise linear networks; train with Relu, LeakyRelu, Clip ' +
      'or HardSigmoid instead',
  ],
  [
    'LayerNormalization InstanceNormalization GroupNormalization LpNormalization RMSNormalization LRN',
    'it divides by a norm of the signal, which is not piecewise linear; train with BatchNormalization, which is ' +
      'fixed at inference',
  ],
  [
    'QuantizeLinear DequantizeLinear QLinearConv QLinearMatMul QGemm ConvInteger MatMulInteger DynamicQuantizeLinear',
    'it rounds the signal half to even and cuts it off, which no layer here does exactly; weights may be quantized, ' +
      'so quantize weights only, or use the model in float32',
  ],
  ['GridSample RoiAlign MaxRoiPool', 'it reads an image at places that depend on the input; no layer here does that'],
  ['Xor', 'it combines yes and no as no layer here does; use And, Or and Not'],
  [
    'LSTM GRU RNN Attention Einsum If Loop Scan NonZero NonMaxSuppression',
    'it is no layer of a feed-forward network with fixed sizes',
  ],
  [
    'LinearClassifier SVMClassifier SVMRegressor TreeEnsembleClassifier TreeEnsembleRegressor',
    "it is one of scikit-learn's own models, or not at the end; MLPClassifier, MLPRegressor and linear models with a " +
      'scaler are read',
  ],
];

/** For the end of a refusal. */
export function whatToDo(opType: string): string {
  const found = refused.find(([operators]) => operators.split(' ').includes(opType));
  return found === undefined
    ? '; docs/operators.md lists what is read: simplify the model, or name a value before it with --output'
    : `: ${found[1]}`;
}
