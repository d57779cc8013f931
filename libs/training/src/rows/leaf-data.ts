import { createHash } from 'node:crypto';
import { openDataset, readRows, valuesOf, type Samples } from '@mipnet/dataset';
import { gridAfter } from '@mipnet/encoding';
import { forwardPass, networkBefore, networkShapes, outputSize, type Shape } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { weightOf } from '../problem/class-weights.js';
import { firstFree } from '../problem/free-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { copiesOf } from './copies.js';

/** The inputs of the free part of the network: the samples after all layers before the first free one. */
export interface LeafData {
  /** samples x inputs, row-major. */
  readonly features: Float64Array;
  readonly inputs: number;
  readonly shape: Shape;
  /** Position in the view's classes. */
  readonly labels: Int32Array;
  /** How many equal samples each one stands for, times the weight of its class. */
  readonly sampleWeights: Float64Array;
  /** Every feature is a multiple of this; null if there is no such step. */
  readonly grid: number | null;
}

/** Reads the problem's rows from the store, adds their copies, and runs the frozen layers in front. */
export async function readLeafData(store: ObjectStore, problem: TrainingProblem): Promise<LeafData> {
  const dataset = await openDataset(store, problem.dataset);
  const samples = await readRows(store, dataset.train, problem.view.rows);
  return leafData(problem, samples);
}

/** The same from rows in memory, one per row of the view. */
export function leafData(problem: TrainingProblem, samples: Samples): LeafData {
  const copies = copiesOf(problem.view);
  const count = samples.count * copies.length;
  const values = new Float64Array(count * samples.size);
  copies.forEach((copy, c) => {
    values.set(valuesOf(copy(samples, problem.view)), c * samples.count * samples.size);
  });
  const labels = new Int32Array(count);
  for (let k = 0; k < count; k++) labels[k] = problem.view.labels[k % samples.count];
  const prefix = networkBefore(problem.network, firstFree(problem));
  const shape = networkShapes(prefix).at(-1) ?? prefix.inputShape;
  const features = prefix.layers.length === 0 ? values : forwardPass(prefix)(values, count);
  const grid = inputGrid(problem, samples.features instanceof Uint8Array ? samples.scale : null);
  const unique = withoutDuplicates(features, outputSize(prefix), labels);
  const sampleWeights = unique.sampleWeights.map((equal, k) => equal * weightOf(problem.view, unique.labels[k]));
  return { ...unique, sampleWeights, inputs: outputSize(prefix), shape, grid };
}

/**
 * The step of the inputs of the first free layer; null if there is none.
 * @param bytes value of a stored 1 if the table holds bytes, otherwise null
 */
export const inputGrid = (
  problem: Pick<TrainingProblem, 'network' | 'free' | 'view'>,
  bytes: number | null,
): number | null => gridAfter(networkBefore(problem.network, firstFree(problem)).layers, problem.view.grid ?? bytes);

/** The same, for the table of the problem. */
export async function storedGrid(store: ObjectStore, problem: TrainingProblem): Promise<number | null> {
  const { train } = await openDataset(store, problem.dataset);
  return inputGrid(problem, train.storedAs === 'uint8' ? train.scale : null);
}

/** Equal samples of equal label become one with their summed weight, in the order of first appearance. */
function withoutDuplicates(
  features: Float64Array,
  size: number,
  labels: Int32Array,
): Pick<LeafData, 'features' | 'labels' | 'sampleWeights'> {
  const positions = new Map<string, number>();
  const kept: number[] = [];
  const weights: number[] = [];
  for (let k = 0; k < labels.length; k++) {
    const bytes = new Uint8Array(features.buffer, features.byteOffset + k * size * 8, size * 8);
    const key = `${labels[k]}:${createHash('sha256').update(bytes).digest('base64')}`;
    const position = positions.get(key);
    if (position !== undefined) weights[position]++;
    else {
      positions.set(key, kept.length);
      kept.push(k);
      weights.push(1);
    }
  }
  const unique = new Float64Array(kept.length * size);
  kept.forEach((k, position) => unique.set(features.subarray(k * size, (k + 1) * size), position * size));
  return {
    features: unique,
    labels: Int32Array.from(kept, (k) => labels[k]),
    sampleWeights: Float64Array.from(weights),
  };
}
