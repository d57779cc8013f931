export * from './verification-error.js';
export * from './region.js';
export * from './project.js';
export { behindPrefix, type Subject } from './behind-prefix.js';
export * from './query.js';
export * from './row-region.js';
export * from './misclassification.js';
export * from './verdict.js';
export { type Effort, type StepName, type UndecidedUnits } from './effort.js';
export { openText, whyOpen, type WhyOpen } from './why-open.js';
export { isDecided, isSettled, getAnswers, type Answer, type Answers } from './node/answer.js';
export { divideNode } from './node/divide-node.js';
export { prepareLeaves } from './node/open-network.js';
export { solveLeaf, type VerifyLeafOptions } from './node/solve-leaf.js';
export { mergeNode } from './node/merge-node.js';
export { findVerdict, keepVerdict, keyOfVerdict } from './node/kept-verdicts.js';
export { getVerification } from './node/verification-problem.js';
export { prepareVerification, putModel, type Asked } from './node/prepare-verification.js';
export { imageQuery, targetOf } from './node/questions.js';
export type {
  Goal,
  ImageQuestions,
  OpenClass,
  PropertyQuestion,
  VerificationProblem,
} from './node/verification-problem.js';
export { parseVnnlib } from './vnnlib/parse-vnnlib.js';
export { rowWidth, vnnlibQueries, type VnnlibCase, type VnnlibProperty } from './vnnlib/property.js';
export { modelOf, networksOf } from './vnnlib/model-of.js';
export { answerProperty } from './node/answer-property.js';
export { decodeVnnlib, readVnnlib } from './vnnlib/read-vnnlib.js';
export { attack, findWitness, hasJumps, type AttackOptions, type AttackResult } from './attack/find-witness.js';
export { prepareScore, type Score } from './attack/score.js';
export { foldConstants } from './fold-constants.js';
export { openOnnxRuntime, type BatchRuntime, type OnnxRuntime } from './onnx-runtime.js';
export { openScorer, type Scorer } from './onnx-scores.js';
export { replayWitness, type Replay, type Witness } from './witness.js';
export { encodeNpy, type NpyNumbers } from './npy.js';
export * from './image-shape.js';
export { writeWitness, type WitnessFiles } from './write-witness.js';
export { verifyByBounds, type BoundOutputs, type BoundsVerdict } from './verify-by-bounds.js';
export { closestWitness, type ClosestResult } from './attack/closest-witness.js';
export { marginOf, withFunctions } from './margin-network.js';
export { encodeRegion, type EncodedRegion } from './encode-region.js';
export { verifyQuery, type Proof, type ProveQuery, type Steps, type Witnesses } from './verify-query.js';
export { excludeConjunction, type Claim, type Exclusion, type ExcludeOptions } from './exclude-conjunction.js';
export { joined, verifyProperty } from './verify-property.js';
export { boundOutputsOf, rememberedCrown, type BoundLayers } from './bound-outputs.js';
export { boundsByLp } from './bounds-by-lp.js';
export { proveByMip } from './prove-by-mip.js';
export type { ProveOptions, ProveProgress } from './prove-options.js';
export { requireVerifiable } from './model-size.js';
export { networkModel, type NamedModel } from './network-model.js';
export { parseReluFormulation as parseFormulation, type ReluFormulation } from '@mipnet/encoding';
export { certify, type Certified } from './certificate/certify.js';
export { encodeCertificate } from './certificate/certificate.js';
export { vnnlibText } from './certificate/vnnlib-text.js';
