import {
  openDataset,
  readRows,
  transformed,
  writeDerivedDataset,
  type RowChunk,
  type Samples,
  type StoredAs,
} from '@mipnet/dataset';
import { networkShapes, type Network, type Shape } from '@mipnet/network';
import type { ObjectStore, ObjectRef } from '@mipnet/object-store';
import type { View } from '../problem/training-problem.js';
import { chosenOfView, copiesOf, isImage, type Copy, type RowsOfView } from './copies.js';
import { frontRunner, type FrontTask } from './front-runner.js';
import { openFrontThreads } from './front-threads.js';

/** The outputs of frozen layers as a data set, and the same view of it. */
export interface Materialized {
  readonly dataset: ObjectRef;
  readonly view: View;
  readonly inputShape: Shape;
}

/** Rows per forward pass: memory does not grow with the data, and other tasks run in between. */
const chunkRows = 512;
/** Rows for which another thread is worth its start. */
const worthRows = 10_000;

/**
 * Runs frozen layers once over the rows a view needs and stores the outputs as a data set of their own: first the
 * training rows, then each of their copies, then the validation rows. In each of these, rows lie class by class, so
 * that a part with some of the classes reads little else; the view keeps its order. Outputs are stored as bytes on
 * their grid if they fit (a 4 x 4 average pool of steps has 17 values), those of fixed filters on 16 bits, others as
 * float64. The same layers and rows give the same reference.
 *
 * @param threads how many chunks of rows are computed at once
 */
export async function materialize(
  store: ObjectStore,
  dataset: ObjectRef,
  view: View,
  frozen: Network,
  threads = 1,
): Promise<Materialized> {
  const { train } = await openDataset(store, dataset);
  const isBytes = train.storedAs === 'uint8';
  const step = view.grid ?? (isBytes ? train.scale : null);
  const largest = largestOf(train.storedAs, train.scale);
  const task: FrontTask = { frozen, byteScale: isBytes ? train.scale : null, step, largest };
  const run = frontRunner(task);
  const copies = copiesOf(view);
  const inputShape = networkShapes(frozen).at(-1) ?? frozen.inputShape;
  const training = byClass(view.labels, (position) => isImage(view, position));
  const validation = byClass(view.validationLabels, () => true);

  async function* inputs(): AsyncGenerator<RowsToRun> {
    for (const copy of copies) yield* rowsOf(view, { labels: view.labels, order: training.order }, copy);
    const { validationRows: rows, validationLabels: labels } = view;
    yield* rowsOf({ rows }, { labels, order: validation.order }, (samples) => samples);
  }
  async function* rowsOf(all: RowsOfView, { labels, order }: Ordered, copy: Copy): AsyncGenerator<RowsToRun> {
    for (let from = 0; from < order.length; from += chunkRows) {
      const positions = order.subarray(from, from + chunkRows);
      const chunk = chosenOfView(all, positions);
      const samples = transformed(copy(await readRows(store, train, chunk.rows), chunk));
      yield { samples, labels: positions.map((position) => labels[position]) };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  const front = openFrontThreads(
    task,
    run,
    Math.min(threads, Math.ceil((view.rows.length * copies.length) / worthRows)),
  );
  async function* chunks(): AsyncGenerator<RowChunk> {
    const underWay: Promise<RowChunk>[] = [];
    for await (const { samples, labels } of inputs()) {
      const computing = front.through(samples).then((features) => ({ features, labels }));
      // Its error is that of the place that takes it.
      computing.catch(() => undefined);
      underWay.push(computing);
      if (underWay.length > front.threads) yield await underWay.shift()!;
    }
    for (const computing of underWay) yield await computing;
  }

  const shape = { name: train.name, classes: train.classes, inputShape, scale: run.scale, storedAs: run.storedAs };
  const written = await writeDerivedDataset(store, shape, chunks()).finally(() => front.close());
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

interface RowsToRun {
  readonly samples: Samples;
  readonly labels: Int32Array;
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

/** Stored bytes are at most 255; a table of real numbers has no known bound. */
const largestOf = (storedAs: StoredAs, scale: number): number => (storedAs === 'uint8' ? 255 * scale : Infinity);
