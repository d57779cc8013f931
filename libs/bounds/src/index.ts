export {
  boundsBefore,
  magnitudes,
  requireBox,
  type Box,
  type ImageBound,
  type InputBall,
  type InputImage,
  type LayerRounding,
  type NetworkBounds,
} from './box.js';
/** @public */
export { BoundsError, type BoundsErrorCode } from './bounds-error.js';
export { intervalBounds, nextIntervals } from './interval.js';
export { crownBounds, linearLowerBounds, nextLayerBounds, withUnits } from './crown.js';
export { errorsOf, quotientError } from './float32-rounding.js';
export { maximumLines, type MaximumLines } from './maximum-lines.js';
export { linesAround, linesOfLayer, type LayerLines } from './elementwise-lines.js';
export type { Lines, LinesOn } from './piecewise-lines.js';
export { imageOf, type Interval } from './piecewise-image.js';
export { roundOff } from './round-off.js';
export { openAfter, undecidedUnits } from './undecided.js';
export { LeastCorner } from './least-corner.js';
export { leastPoint } from './ball-form.js';
export { leastOnBox, rowSlack, slackOf, throughWeights } from './linear-form.js';
export { addTo, type Remainder } from './remainder.js';
