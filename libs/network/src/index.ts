export * from './network.js';
export {
  activationKinds,
  activations,
  applied,
  piecesOf,
  type Activation,
  type ActivationName,
} from './activations/registry.js';
export type { Abs } from './activations/abs.js';
export type { Clip } from './activations/clip.js';
export type { LeakyRelu } from './activations/leaky-relu.js';
export type { Relu } from './activations/relu.js';
export type { Sign } from './activations/sign.js';
export type { Step } from './activations/step.js';
export type { Ternary } from './activations/ternary.js';
export * from './piecewise-linear.js';
export { hasBends } from './layers/activation.js';
export { scaleSpan, sizeOf, type Shape } from './shape.js';
/** @public */
export { NetworkError } from './network-error.js';
export type { NetworkErrorCode, NetworkErrorDetails } from './network-error.js';
export { inputSize, isAffine, networkShapes, outputShape, outputSize, validateNetwork } from './shapes.js';
export {
  isChain,
  isChainFrom,
  joined,
  linked,
  networkBefore,
  networkInput,
  readersOf,
  sourcesOf,
  withoutPlace,
} from './graph.js';
export type { Place } from './place.js';
export { forward, forwardPass, forwardTrace, layerForward, tracePass } from './forward.js';
export type { ForwardPass } from './forward.js';
export { argmax, classify, decisionThreshold } from './classify.js';
export { multiplicationCount } from './multiplications.js';
export { append, parallel } from './parallel.js';
export { inDomain, networkDomain, nonZeroCount, parameterCount, weightBound } from './domain.js';
export { toOnnx } from './onnx/to-onnx.js';
export { constantParts, forAnyBatch, withConstants, type ComputedConstant } from './onnx/constant-parts.js';
export { withExternalData } from './onnx/external-data.js';
export { withOutput, type ChosenOutput } from './onnx/model-output.js';
export { withRunnableOpset } from './onnx/runnable-opset.js';
export { fromOnnx, newestOpset, oldestOpset, operatorNames } from './onnx/from-onnx.js';
export { joinModels, type JoinedPart, type NamedTensor } from './onnx/join-models.js';
export { modelEnds, type ModelEnd, type ModelEnds } from './onnx/model-ends.js';
export { toC, type CNames } from './c/to-c.js';
export { inFloat32 } from './in-float32.js';
export { normalisedModel, type Normalisation } from './onnx/normalised-model.js';
export { roundToFloat32 } from './onnx/round-to-float32.js';
export { DenseMatrix } from './dense-matrix/dense-matrix.js';
export { layerMap, layerMaps } from './layer-map.js';
export type { AffineMap, ElementwiseMap, IdentityMap, LayerMap, MaximumMap, PlacedMap } from './layers/layer-map.js';
