export * from './problem/incumbent.js';
export { copiesOf, samplesPerRow, type Copy } from './rows/copies.js';
export * from './rows/leaf-data.js';
export * from './solve/solve-problem.js';
export * from './rows/accuracy.js';
export * from './tree/divide-and-merge.js';
export * from './problem/documents.js';
export * from './tree/solve-leaf.js';
export { putTrace, readTraces, type RoundTrace } from './tree/trace.js';
export * from './rows/metrics.js';
export { fileNetwork } from './problem/file-network.js';
export * from './problem/objective.js';
export * from './model/objectives/objective.js';
export { subproblemModel, type SubproblemModel } from './model/subproblem-model.js';
export {
  choosePlan,
  type ChosenPlan,
  type ChooseHooks,
  type PlanRequest,
  type TriedPlan,
} from './choose/choose-plan.js';
export { stratifiedFolds, type Fold } from './choose/cross-validation.js';
export * from './plan/checked-yaml.js';
export * from './plan/dataset-of-text.js';
export * from './plan/parse-plan.js';
export { planText } from './plan/plan-text.js';
export * from './plan/plan-schema.js';
export * from './plan/prepare-run.js';
export { readResolvedPlan } from './plan/resolved-plan.js';
export * from './plan/random-frozen-layers.js';
export * from './plan/first-parts.js';
export * from './plan/outline-tree.js';
export { unlimitedWarning } from './plan/unlimited.js';
export { pairsOf } from './splits/pairs.js';
export * from './splits/split.js';
export * from './problem/training-error.js';
export * from './problem/training-problem.js';
export type { SplitSpec } from './problem/split-spec.js';
