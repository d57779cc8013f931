// What a run without Temporal needs: this entry does not load Temporal.
export { NodeProgress } from './progress.js';
export { remainingTime } from './remaining-time.js';
export { cutShort, failedLeaf, lostPart } from './unsolved.js';
export { storePatienceSeconds } from './store-tries.js';
export { costOfDivision, refusalOf, serverLimits, type DivisionCost } from './tree-cost.js';
