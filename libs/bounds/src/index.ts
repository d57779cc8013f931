export { boundsBefore, magnitudes, requireBox, type Box, type LayerRounding, type NetworkBounds } from './box.js';
/** @public */
export { BoundsError, type BoundsErrorCode } from './bounds-error.js';
export { intervalBounds } from './interval.js';
export { crownBounds, linearLowerBounds, nextLayerBounds, withUnits } from './crown.js';
export { errorsOf, quotientError } from './float32-rounding.js';
export { maximumLines, type MaximumLines } from './maximum-lines.js';
export { linesAround, type LayerLines } from './elementwise-lines.js';
export { roundOff } from './round-off.js';
export { openAfter, undecidedUnits } from './undecided.js';
export { addTo, leastOnBox, slackOf, throughWeights, type Remainder } from './linear-form.js';
