export { liveNetwork } from './live-network.js';
export type {
  Bend,
  Jump,
  LiveAffine,
  LiveLines,
  LiveMaximum,
  LiveNetwork,
  LiveStep,
  LiveSwitch,
  OpenUnit,
} from './live-network.js';
export { branchOnSigns, type BranchOptions, type BranchProgress, type BranchResult } from './branch-on-signs.js';
