export { liveNetwork, type LiveNetwork } from './live-network.js';
export { branchOnSigns, type BranchOptions, type BranchProgress, type BranchResult } from './branch-on-signs.js';
