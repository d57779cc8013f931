import { openDataset, readRows, valuesOf, type Rows, type StoredDataset, type StoredTable } from '@mipnet/dataset';
import { classify, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import type { Accuracy } from '@mipnet/recursion';
import type { TrainingProblem } from '../problem/training-problem.js';
import { isImage } from './copies.js';

/** Numbers per read: memory grows neither with the rows nor with their width. */
const chunkNumbers = 2 ** 20;

/**
 * Fraction of a problem's training and validation rows, without copies, that a network classifies correctly, by the
 * forward pass.
 */
export async function accuracyOn(store: ObjectStore, problem: TrainingProblem, network: Network): Promise<Accuracy> {
  const { train } = await openDataset(store, problem.dataset);
  const { rows, labels, validationRows, validationLabels } = problem.view;
  const isOwn = (_: number, position: number): boolean => isImage(problem.view, position);
  return {
    train: await share(store, train, network, rows.filter(isOwn), labels.filter(isOwn)),
    validation: await share(store, train, network, validationRows, validationLabels),
  };
}

/** Of the validation rows alone. */
export async function validationAccuracyOn(
  store: ObjectStore,
  { dataset, view }: TrainingProblem,
  network: Network,
): Promise<number | null> {
  const { train } = await openDataset(store, dataset);
  return share(store, train, network, view.validationRows, view.validationLabels);
}

/** The same on all test rows of the data set; null if it has none. */
export async function testAccuracyOn(
  store: ObjectStore,
  dataset: StoredDataset,
  network: Network,
): Promise<number | null> {
  const { test } = dataset;
  return (
    test &&
    share(
      store,
      test,
      network,
      Int32Array.from({ length: test.count }, (_, row) => row),
      test.labels,
    )
  );
}

async function share(
  store: ObjectStore,
  table: StoredTable,
  network: Network,
  rows: Int32Array,
  labels: Int32Array,
): Promise<number | null> {
  if (rows.length === 0) return null;
  const chunk = Math.max(16, Math.floor(chunkNumbers / table.size));
  let right = 0;
  for (let from = 0; from < rows.length; from += chunk) {
    const samples = await readRows(store, table, rows.subarray(from, from + chunk));
    right += correctCount(network, samples, labels.subarray(from, from + chunk));
  }
  return right / rows.length;
}

/** How many samples get their label. */
export function correctCount(network: Network, samples: Rows & { readonly count: number }, labels: Int32Array): number {
  const classes = classify(network, valuesOf(samples), samples.count);
  let right = 0;
  for (let k = 0; k < samples.count; k++) if (classes[k] === labels[k]) right++;
  return right;
}
