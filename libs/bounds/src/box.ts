import { inputSize, joined, validateNetwork, type Network } from '@mipnet/network';
import { BoundsError } from './bounds-error.js';
import type { Remainder } from './remainder.js';

/** lower[i] <= x[i] <= upper[i]. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /**
   * Of the inputs of a network: every input is a multiple of this power of two, such as 1 or 1/64; 0: it need not be.
   * Sums of such numbers are not rounded. @default 0 each
   */
  readonly steps?: Float64Array;
  /** Of the inputs of a network: they lie in this ball, too. Bounds may ignore it. */
  readonly ball?: InputBall;
  /** Of the inputs of a network that reads another one's numbers: what these can be together. Bounds may ignore it. */
  readonly image?: InputImage;
}

/** The points that the inputs of a network can be, for linear forms of them. */
export interface InputImage {
  formBound(): ImageBound;
}

/** Lower bounds on linear forms of an image, which get tighter from step to step. */
export interface ImageBound {
  /** A certified lower bound, less the margin of the remainder; minus infinity where the arithmetic overflows. */
  least(row: Float64Array, remainder: Remainder): number;
  /** Begins an ascent, from where the last one ended. */
  begin(): void;
  /** One step of the ascent, after `least`. */
  climb(): void;
  /** About the point of the image that attains the last bound. */
  point(row: Float64Array): Float64Array;
  /** The input of the network before, for that point. */
  input(): Float64Array;
}

/** Sum of weights[i] * |x[i] - centre[i]| (l1), or the root of the sum of its squares (l2), is at most the radius. */
export interface InputBall {
  readonly norm: 'l1' | 'l2';
  readonly centre: Float64Array;
  readonly radius: number;
  /** Positive; an infinite one fixes its input. @default 1 each */
  readonly weights?: Float64Array;
}

/** The float32 rounding of one layer in any order of summation, on the box of its inputs. */
export interface LayerRounding {
  /**
   * d_j: a computed output differs by at most this much from the layer's own function of its computed inputs. Of a
   * quantize layer: from its input to what is rounded. Zero for a layer that is not marked `float32`.
   */
  readonly errors: Float64Array;
  /**
   * Every computed output is a multiple of this power of two; 0 if none is known, infinite for an output that is 0.
   */
  readonly steps: Float64Array;
  /** Of an affine layer into which the scale layers after it may be merged. */
  readonly sum?: { readonly operations: number; readonly sizes: Float64Array };
}

/**
 * Proven bounds on every number in a network for inputs in a box. They hold for real arithmetic, for the float64
 * forward pass and, in layers marked `float32`, for the ONNX runtime's float32: every rounding error is inside the
 * bounds.
 */
export interface NetworkBounds {
  readonly input: Box;
  /** Bounds on the output of each layer. */
  readonly layers: readonly Box[];
  /** The float32 rounding of each layer. Absent only for bounds on no layer, or on layers that are not marked. */
  readonly rounding?: readonly LayerRounding[];
}

/** Bounds on the inputs of a layer: those of its sources one after the other. */
export function boundsBefore({ input, layers }: NetworkBounds, sources: readonly number[]): Box {
  const boxes = sources.map((source) => (source < 0 ? input : layers[source]));
  if (boxes.length === 1) return boxes[0];
  return { lower: joined(boxes.map(({ lower }) => lower)), upper: joined(boxes.map(({ upper }) => upper)) };
}

/** The larger absolute end of every interval. */
export function magnitudes({ lower, upper }: Box): Float64Array {
  return lower.map((low, i) => Math.max(Math.abs(low), Math.abs(upper[i])));
}

/** The intersection of two boxes. @throws BoundsError 'unsound' if it is empty */
export function intersection(first: Box, second: Box, where: string): Box {
  const lower = first.lower.map((low, i) => Math.max(low, second.lower[i]));
  const upper = first.upper.map((high, i) => Math.min(high, second.upper[i]));
  const empty = lower.findIndex((low, i) => low > upper[i]);
  if (empty >= 0) {
    throw new BoundsError(
      'unsound',
      `${where}, unit ${empty}: bounds [${first.lower[empty]}, ${first.upper[empty]}] and ` +
        `[${second.lower[empty]}, ${second.upper[empty]}] ` +
        'have nothing in common; one of them was not proven for this network and box',
    );
  }
  return { lower, upper };
}

/**
 * Every big-M constant is proven from the box of the inputs, so there must be one.
 * @throws BoundsError 'shape' | 'bounds' naming the input, 'value' naming the layer with a weight that is not finite
 */
export function requireBox(network: Network, box: Box): void {
  try {
    validateNetwork(network);
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    throw new BoundsError(
      code === 'shape' ? 'shape' : 'value',
      `the network cannot be encoded: ${message}; repair or export it again`,
      { cause },
    );
  }
  const size = inputSize(network);
  for (const name of ['lower', 'upper'] as const) {
    if (!box || !box[name])
      throw new BoundsError(
        'bounds',
        `the inputs have no ${name} bounds: give a finite lower and upper bound for each of the ${size} inputs`,
      );
    if (box[name].length !== size)
      throw new BoundsError('shape', `${box[name].length} ${name} bounds for ${size} inputs: give one for each input`);
  }
  for (let i = 0; i < size; i++) {
    const lower = box.lower[i];
    const upper = box.upper[i];
    if (!Number.isFinite(lower) || !Number.isFinite(upper)) {
      throw new BoundsError(
        'bounds',
        `input ${i} has bounds [${lower}, ${upper}]: give finite ones, because no big-M can be proven without them`,
      );
    }
    if (lower > upper)
      throw new BoundsError(
        'bounds',
        `input ${i} has lower bound ${lower} above its upper bound ${upper}: the box is empty; check the ` +
          'order of the two arrays',
      );
  }
}
