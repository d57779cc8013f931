// Tested by ../splits/layers.unit.test.ts.
import { valuesOf, type Features, type Samples, type StoredAs } from '@mipnet/dataset';
import { gridAfter } from '@mipnet/encoding';
import { forwardPass, piecesOf, rangeOn, sourcesOf, type Layer, type Network } from '@mipnet/network';
import { byteConvolution } from './byte-convolution.js';
import { integerFront } from './integer-front.js';

/** Frozen layers, and what is known of the rows that they run on. Plain data. */
export interface FrontTask {
  readonly frozen: Network;
  /** Value of a stored 1 if rows are stored as bytes. */
  readonly byteScale: number | null;
  /** Every value of a row is a multiple of it; null if there is no such step. */
  readonly step: number | null;
  /** Largest value of a row; Infinity if there is no known bound. */
  readonly largest: number;
}

/** Frozen layers that run on rows, in whole numbers where they can, and how their outputs are stored. */
export interface FrontRunner {
  readonly storedAs: StoredAs;
  readonly scale: number;
  /** Every output is a multiple of it; null if there is no such step. */
  readonly grid: number | null;
  through(samples: Samples): Features;
}

export function frontRunner({ frozen, byteScale, step, largest }: FrontTask): FrontRunner {
  const fast = byteScale === null ? null : byteConvolution(frozen.layers, frozen.inputShape, byteScale);
  if (fast)
    return {
      storedAs: 'uint8',
      scale: fast.scale,
      grid: fast.scale,
      through: ({ features, count }) => fast.run(features as Uint8Array, count),
    };
  const whole = byteScale === null ? null : integerFront(frozen, byteScale);
  if (whole)
    return {
      storedAs: whole.storedAs,
      scale: whole.scale,
      grid: whole.scale,
      through: ({ features, count }) => whole.run(features as Uint8Array, count),
    };
  const grid = gridAfter(frozen.layers, step);
  const pass = forwardPass(frozen);
  const outputs = (samples: Samples): Float64Array => pass(valuesOf(samples), samples.count);
  if (grid === null || !fitsBytes(frozen, grid, largest))
    return { storedAs: 'float64', scale: 1, grid, through: outputs };
  return {
    storedAs: 'uint8',
    scale: grid,
    grid,
    through: (samples) => Uint8Array.from(outputs(samples), (value) => Math.round(value / grid)),
  };
}

/** Whether no output can be negative or above 255 grid steps, whatever the inputs. */
function fitsBytes(network: Network, grid: number, largest: number): boolean {
  const sources = sourcesOf(network);
  const most: number[] = [];
  network.layers.forEach((layer, k) => {
    const read = sources[k].map((source) => (source < 0 ? largest : most[source]));
    most.push(largestAfter(layer, read));
  });
  return (most.at(-1) ?? largest) < 255.5 * grid;
}

/**
 * The largest output of a layer; Infinity where outputs may be negative or have no bound.
 * @param read what each layer that it reads is at most; all are at least 0
 */
function largestAfter(layer: Layer, read: readonly number[]): number {
  const upper = Math.max(...read);
  switch (layer.kind) {
    case 'flatten':
    case 'maxPool2d':
    case 'averagePool2d':
    case 'concat':
      return upper;
    case 'select':
      return Math.max(upper, ...Array.from(layer.constants ?? [], (constant) => (constant < 0 ? Infinity : constant)));
    case 'add':
      return read.reduce((sum, part) => sum + part);
    case 'quantize':
      return Math.ceil(upper * layer.levels) / layer.levels;
    case 'activation':
      return largestUnlessNegative(rangeOn(piecesOf(layer), 0, upper));
    default:
      return Infinity;
  }
}

const largestUnlessNegative = ([least, most]: readonly [number, number]): number => (least < 0 ? Infinity : most);
