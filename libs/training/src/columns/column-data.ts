// Tested by ../splits/columns.unit.test.ts.
import { openDataset, readRows, valuesOf } from '@mipnet/dataset';
import { forwardPass, networkBefore } from '@mipnet/network';
import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { firstFree } from '../problem/free-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { readLeafData } from '../rows/leaf-data.js';
import type { ColumnRows } from './column-rows.js';
import { requireGrid } from './require-grid.js';

/** Everything that the leaves of one column generation read, in one object. */
export interface ColumnData {
  readonly rows: ColumnRows;
  /** Of the validation rows; labels as those of the rows. */
  readonly validation: Pick<ColumnRows, 'count' | 'inputs' | 'values' | 'labels'>;
}

/**
 * Reads the rows of a problem behind its fixed layers and stores them as whole numbers.
 * @throws TrainingError 'problem' for inputs that lie on no grid
 */
export async function storeColumnData(store: ObjectStore, problem: TrainingProblem): Promise<ObjectRef> {
  const { features, inputs, labels, sampleWeights, grid: known } = await readLeafData(store, problem);
  const grid = requireGrid(problem.name, known);
  const rows: ColumnRows = {
    count: labels.length,
    inputs,
    grid,
    values: inSteps(features, grid),
    classes: problem.view.classes.length,
    labels,
    weights: sampleWeights,
  };
  return putDocument(store, 'columns', { rows, validation: await validationOf(store, problem, grid) });
}

async function validationOf(
  store: ObjectStore,
  { network, free, dataset, view }: TrainingProblem,
  grid: number,
): Promise<ColumnData['validation']> {
  const before = networkBefore(network, firstFree({ free }));
  const { train } = await openDataset(store, dataset);
  const samples = await readRows(store, train, view.validationRows);
  const values = valuesOf(samples);
  const features =
    before.layers.length === 0 || samples.count === 0 ? values : forwardPass(before)(values, samples.count);
  return {
    count: samples.count,
    inputs: samples.count === 0 ? 0 : features.length / samples.count,
    values: inSteps(features, grid),
    labels: view.validationLabels,
  };
}

/** Whole numbers; bytes where they fit. */
function inSteps(features: Float64Array, grid: number): Uint8Array | Int32Array {
  const steps = Int32Array.from(features, (value) => Math.round(value / grid));
  return steps.every((step) => step >= 0 && step <= 255) ? Uint8Array.from(steps) : steps;
}

let latest: { readonly sha256: string; readonly data: ColumnData } | undefined;

/** Leaves that follow each other in a thread mostly read the same rows, so that the last ones are kept. */
export async function getColumnData(store: ObjectStore, ref: ObjectRef): Promise<ColumnData> {
  if (latest?.sha256 !== ref.sha256) latest = { sha256: ref.sha256, data: await getDocument<ColumnData>(store, ref) };
  return latest.data;
}
