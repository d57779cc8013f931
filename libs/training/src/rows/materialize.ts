import {
  openDataset,
  readRows,
  transformed,
  valuesOf,
  writeDerivedDataset,
  type Features,
  type RowChunk,
  type Samples,
  type StoredAs,
} from '@mipnet/dataset';
import { gridAfter } from '@mipnet/encoding';
import {
  forwardPass,
  networkShapes,
  piecesOf,
  rangeOn,
  sourcesOf,
  type Layer,
  type Network,
  type Shape,
} from '@mipnet/network';
import type { ObjectStore, ObjectRef } from '@mipnet/object-store';
import type { View } from '../problem/training-problem.js';
import { byteConvolution } from './byte-convolution.js';
import { chosenOfView, copiesOf, isImage, type Copy, type RowsOfView } from './copies.js';
import { integerFront } from './integer-front.js';

/** The outputs of frozen layers as a data set, and the same view of it. */
export interface Materialized {
  readonly dataset: ObjectRef;
  readonly view: View;
  readonly inputShape: Shape;
}

/** Rows per forward pass: memory does not grow with the data, and other tasks run in between. */
const chunkRows = 512;

/**
 * Runs frozen layers once over the rows a view needs and stores the outputs as a data set of their own: first the
 * training rows, then each of their copies, then the validation rows. In each of these, rows lie class by class, so
 * that a part with some of the classes reads little else; the view keeps its order. Outputs are stored as bytes on
 * their grid if they fit (a 4 x 4 average pool of steps has 17 values), those of fixed filters on 16 bits, others as
 * float64. The same layers and rows give the same reference.
 */
export async function materialize(
  store: ObjectStore,
  dataset: ObjectRef,
  view: View,
  frozen: Network,
): Promise<Materialized> {
  const { train } = await openDataset(store, dataset);
  const isBytes = train.storedAs === 'uint8';
  const step = view.grid ?? (isBytes ? train.scale : null);
  const run = runner(frozen, isBytes ? train.scale : null, step, largestOf(train.storedAs, train.scale));
  const copies = copiesOf(view);
  const inputShape = networkShapes(frozen).at(-1) ?? frozen.inputShape;
  const training = byClass(view.labels, (position) => isImage(view, position));
  const validation = byClass(view.validationLabels, () => true);

  async function* chunks(): AsyncGenerator<RowChunk> {
    for (const copy of copies) yield* through(view, { labels: view.labels, order: training.order }, copy);
    const { validationRows: rows, validationLabels: labels } = view;
    yield* through({ rows }, { labels, order: validation.order }, (samples) => samples);
  }
  async function* through(all: RowsOfView, { labels, order }: Ordered, copy: Copy): AsyncGenerator<RowChunk> {
    for (let from = 0; from < order.length; from += chunkRows) {
      const positions = order.subarray(from, from + chunkRows);
      const chunk = chosenOfView(all, positions);
      const samples = transformed(copy(await readRows(store, train, chunk.rows), chunk));
      yield { features: run.through(samples), labels: positions.map((position) => labels[position]) };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const written = await writeDerivedDataset(
    store,
    { name: train.name, classes: train.classes, inputShape, scale: run.scale, storedAs: run.storedAs },
    chunks(),
  );
  const each = view.rows.length;
  const count = each * copies.length;
  return {
    dataset: written,
    inputShape,
    view: {
      rows: Int32Array.from({ length: count }, (_, row) => row - (row % each) + training.ranks[row % each]),
      labels: Int32Array.from({ length: count }, (_, row) => view.labels[row % each]),
      ...(training.images === count ? {} : { images: training.images }),
      classes: view.classes,
      ...(view.classWeights && { classWeights: view.classWeights }),
      shifts: 0,
      validationRows: validation.ranks.map((rank) => count + rank),
      validationLabels: view.validationLabels,
      ...(run.grid === null || run.storedAs === 'uint8' ? {} : { grid: run.grid }),
    },
  };
}

/** Positions in the order in which they are stored. */
interface Ordered {
  readonly labels: Int32Array;
  readonly order: Int32Array;
}

interface ByClass {
  /** The positions: first images, then copies, both class by class. */
  readonly order: Int32Array;
  /** The place of each position among them. */
  readonly ranks: Int32Array;
  readonly images: number;
}

function byClass(labels: Int32Array, isOwn: (position: number) => boolean): ByClass {
  const isCopy = Uint8Array.from(labels, (_, position) => (isOwn(position) ? 0 : 1));
  const order = Int32Array.from(labels.keys()).sort((a, b) => isCopy[a] - isCopy[b] || labels[a] - labels[b] || a - b);
  const ranks = new Int32Array(labels.length);
  order.forEach((position, rank) => (ranks[position] = rank));
  return { order, ranks, images: isCopy.reduce((count, copy) => count - copy, labels.length) };
}

interface Runner {
  readonly storedAs: StoredAs;
  readonly scale: number;
  /** Every output is a multiple of it; null if there is no such step. */
  readonly grid: number | null;
  through(samples: Samples): Features;
}

function runner(frozen: Network, byteScale: number | null, step: number | null, largest: number): Runner {
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

/** Stored bytes are at most 255; a table of real numbers has no known bound. */
const largestOf = (storedAs: StoredAs, scale: number): number => (storedAs === 'uint8' ? 255 * scale : Infinity);

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
