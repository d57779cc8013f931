export { liveNetwork } from './live-network.js';
export type { UnitChoices, UnitSides } from './form-bound.js';
export type {
  LiveAffine,
  LiveLines,
  LiveMaximum,
  LiveNetwork,
  LiveStep,
  LiveSwitch,
  OpenUnit,
} from './live-network.js';
export type { BranchEvent, SplitParts } from './branch-log.js';
export { branchOnSigns, type BranchOptions, type BranchProgress, type BranchResult } from './branch-on-signs.js';
export { excludeOutputs, type ExcludeOptions } from './exclude-outputs.js';
export { branchOnInputs, type BranchOnInputsOptions, type BranchOnInputsResult } from './inputs/branch-on-inputs.js';
export type { Division, ProofLog } from './inputs/proof-log.js';
export type { Bend, Jump } from './switch-form.js';
export { tightenUnits } from './tighten-units.js';
export { behindFront, type BehindFront } from './front/behind-front.js';
