export * from './network.js';
export { NetworkError } from './network-error.js';
export type { NetworkErrorCode, NetworkErrorDetails } from './network-error.js';
export {
  inputSize,
  isAffine,
  networkShapes,
  outputShape,
  outputSize,
  scaleSpan,
  sizeOf,
  validateNetwork,
} from './shapes.js';
export { forward, forwardPass, forwardTrace } from './forward.js';
export type { ForwardPass } from './forward.js';
export { argmax, classifier, classify } from './classify.js';
export { multiplicationCount } from './multiplications.js';
export { append, parallel } from './parallel.js';
export { domainOf, inDomain, networkDomain, nonZeroCount, parameterCount, parseDomain, weightBound } from './domain.js';
export { toOnnx } from './onnx/to-onnx.js';
export { fromOnnx } from './onnx/from-onnx.js';
export { inFloat32 } from './in-float32.js';
export { roundToFloat32 } from './onnx/round-to-float32.js';
export { layerMap, layerMaps } from './layer-map.js';
export type { AffineMap, ElementwiseMap, IdentityMap, LayerMap, MaximumMap } from './layer-map.js';
