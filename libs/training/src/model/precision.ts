import { gridAfter, halfGrid } from '@mipnet/encoding';
import { isStepwise, piecesOf, type Layer } from '@mipnet/network';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { FreeSpan } from './free-span.js';

/**
 * How the pre-activations of a free layer stay away from ties, so that the MIP, float64 and float32 agree on every sign
 * and every winner. With inputs on a grid g and integer weights, w.x is a multiple of g, and the biases decide:
 *
 *     before step, sign    b is an odd multiple of g/2 (any b can be moved there without changing a sign)
 *     before ternary       b is a multiple of g, or an odd one of g/2: whichever keeps further from the threshold
 *     scores               one: an odd multiple of g/2; several: a multiple of g plus a part that breaks ties by index
 *     before relu          free: a relu has no ties, but what comes after it has no grid
 *
 * Without a grid (real weights, tables that are not quantized, what comes after a relu with a bias) an explicit dead
 * zone `epsilon` is kept free of pre-activations, and zero lies in its middle.
 */
export class Precision {
  /** Multiples of it without the bias; null if there is no such step. */
  readonly grid: number | null;
  /** Width of the dead zone below the lowest pre-activation that counts as positive. */
  readonly epsilon: number;
  /** Biases are `biasOffset` (one per output) plus, if it is given, an integer times `biasStep`. */
  readonly biasOffset: Float64Array;
  readonly biasStep?: number;
  /** The network's bias is larger than the model's by this: half a dead zone. */
  readonly biasShift: number;
  /** Biases are continuous in the model and are moved to odd multiples of this / 2 in the network. */
  readonly halfGrid?: number;
  /** How much the threshold of the ternary activation behind it is raised in the model: half a dead zone. */
  readonly thresholdShift: number;

  constructor(rules: PrecisionRules) {
    this.grid = rules.grid;
    this.epsilon = rules.epsilon ?? 0;
    this.biasOffset = rules.biasOffset;
    this.biasStep = rules.biasStep;
    this.biasShift = rules.biasShift ?? 0;
    this.halfGrid = rules.halfGrid;
    this.thresholdShift = rules.thresholdShift ?? 0;
  }

  /** The nearest biases that the rules allow; those of a layer without free biases are the fixed ones. */
  allowed(bias: Float64Array, isFree: boolean): Float64Array {
    const { biasOffset, biasStep: step, biasShift, halfGrid: half } = this;
    if (!isFree) return biasOffset.map((offset) => offset + biasShift);
    if (half !== undefined) return bias.map((value) => halfGrid(value, half));
    if (step !== undefined)
      return bias.map((value, o) => biasOffset[o] + step * Math.round((value - biasOffset[o]) / step));
    return bias;
  }

  /**
   * Biases of several scores, moved together so that the smallest lies in [0, step). No winner changes; but an LP
   * leaves what they have in common wherever it likes, and far from zero float32 loses the digits that tell scores
   * apart.
   */
  fromZero(bias: Float64Array): Float64Array {
    const smallest = bias.reduce((least, value) => Math.min(least, value), Infinity);
    const shift = this.biasStep === undefined ? smallest : this.biasStep * Math.floor(smallest / this.biasStep);
    return bias.map((value) => value - shift);
  }
}

type Optional = 'epsilon' | 'biasShift' | 'thresholdShift';
type PrecisionFields = Omit<Precision, 'allowed' | 'fromZero'>;
type PrecisionRules = Omit<PrecisionFields, Optional> & Partial<Pick<PrecisionFields, Optional>>;

/** Width of the dead zone where there is no grid. */
const defaultEpsilon = 1e-3;

/**
 * For each free layer, by its index in the network.
 * @param inputGrid step of the first free layer's inputs
 */
export function precisionOf(
  problem: TrainingProblem,
  inputGrid: number | null,
  span: FreeSpan,
): Map<number, Precision> {
  const epsilon = problem.limits.epsilon ?? defaultEpsilon;
  const found = new Map<number, Precision>();
  let grid = inputGrid;
  span.layers.forEach((layer, i) => {
    const free = span.free[i];
    if (free === null || layer.kind !== 'dense') {
      grid = gridAfter([layer], grid);
      return;
    }
    const own = free.domain === 'real' ? null : grid;
    const isLast = span.from + i === span.to - 1;
    const next = span.layers.slice(i + 1).find(({ kind }) => kind !== 'flatten');
    const precision = isLast ? ofScores(own, layer.outputs) : beforeLayer(own, layer.outputs, next, epsilon, free.bias);
    found.set(span.from + i, precision);
    grid = precision.grid !== null && free.bias && !precision.biasStep && !precision.halfGrid ? null : own;
  });
  return found;
}

function ofScores(grid: number | null, outputs: number): Precision {
  if (grid === null) return new Precision({ grid, biasOffset: new Float64Array(outputs) });
  const biasOffset =
    outputs === 1
      ? Float64Array.of(grid / 2)
      : Float64Array.from({ length: outputs }, (_, o) => ((outputs - 1 - o) * grid) / (2 * outputs));
  return new Precision({ grid, biasOffset, biasStep: grid });
}

function beforeLayer(
  grid: number | null,
  outputs: number,
  next: Layer | undefined,
  epsilon: number,
  hasBias: boolean,
): Precision {
  const none = { grid, biasOffset: new Float64Array(outputs) };
  if (next?.kind !== 'activation' || !isStepwise(piecesOf(next))) return new Precision(none);
  if (next.activation === 'ternary') {
    if (grid === null) return new Precision({ ...none, epsilon, thresholdShift: epsilon / 2 });
    const offset = [0, grid / 2].reduce((better, other) =>
      clearance(next.threshold, other, grid) > clearance(next.threshold, better, grid) ? other : better,
    );
    return new Precision({
      grid,
      epsilon: clearance(next.threshold, offset, grid),
      biasOffset: new Float64Array(outputs).fill(offset),
      biasStep: grid,
    });
  }
  if (grid === null) return new Precision({ ...none, epsilon, biasShift: epsilon / 2 });
  if (hasBias) return new Precision({ ...none, epsilon: grid / 2, halfGrid: grid });
  return new Precision({ grid, epsilon: grid / 2, biasOffset: new Float64Array(outputs).fill(grid / 2) });
}

/** Distance of a threshold from the nearest offset + multiple of the grid, above and below zero. */
function clearance(threshold: number, offset: number, grid: number): number {
  const distance = (value: number): number => Math.abs(value / grid - Math.round(value / grid)) * grid;
  return Math.min(distance(threshold - offset), distance(threshold + offset));
}
