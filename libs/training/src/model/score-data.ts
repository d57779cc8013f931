import { openDataset, partOfRows, readRows, valuesInTurn, type Samples } from '@mipnet/dataset';
import { argmax, decisionThreshold, forwardPass, outputSize, withoutPlace } from '@mipnet/network';
import type { Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { marginOnGrid } from './free-network.js';
import { freeSpan } from './free-span.js';
import { copiesOf, isImage, partOfView } from '../rows/copies.js';
import { inputGrid } from '../rows/leaf-data.js';
import { weightOf } from '../problem/class-weights.js';
import type { Objective } from '../problem/objective.js';
import { marginOf, type Replay } from './objectives/objective.js';
import { objectiveValue } from './objectives/registry.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** The values of a network by the forward pass on all training rows of a problem. */
export interface DataScore {
  /** The first objective. */
  readonly objective: number;
  /** Smallest margin of each row of the view over its copies, in units of the score. */
  readonly margins: Float64Array;
  /** The margin that the fit asks for. */
  readonly margin: number;
  /** Fraction of the rows, without their copies, whose class is predicted: as `accuracyOn` measures it. */
  readonly accuracy: number | null;
}

/** Numbers per read: few requests, and memory does not grow. */
const readNumbers = 2 ** 21;
/** Numbers per forward pass: they fit into the cache, and other tasks run in between. */
const passNumbers = 2 ** 17;

/** The first objective of a problem and the margins of its rows, on all of its data, for weights as in `network`. */
export async function scoreData(store: ObjectStore, problem: TrainingProblem, network: Network): Promise<DataScore> {
  const { train } = await openDataset(store, problem.dataset);
  const {
    view,
    objectives: [first],
  } = problem;
  const { to } = freeSpan(problem);
  const margin = marginOnGrid(problem, inputGrid(problem, train.storedAs === 'uint8' ? train.scale : null));
  const scores: Network = { inputShape: network.inputShape, layers: network.layers.slice(0, to) };
  const pass = forwardPass(scores);
  const replayed: Omit<Replay, 'scores' | 'labels' | 'sampleWeights'> = {
    outputs: outputSize(scores),
    network,
    margin,
    freeLayers: problem.free.flatMap((layer, index) => (layer === null ? [] : [index])),
  };
  const classesOf = decisions(network, to, replayed.outputs);
  let [images, right] = [0, 0];
  const rowsOf = (numbers: number): number => Math.max(16, Math.floor(numbers / train.size));
  const margins = new Float64Array(view.rows.length).fill(Infinity);
  // The part that does not depend on the data is counted once, by an empty chunk.
  let objective = objectiveValue(first, {
    ...replayed,
    scores: new Float64Array(),
    labels: new Int32Array(),
    sampleWeights: new Float64Array(),
  });
  const valuesOf = valuesInTurn();
  const take = (samples: Samples, position: number, isFirstCopy: boolean): void => {
    const labels = view.labels.subarray(position, position + samples.count);
    const chunk: Replay = {
      ...replayed,
      labels,
      sampleWeights: Float64Array.from(labels, (label) => weightOf(view, label)),
      scores: pass(valuesOf(samples), samples.count),
    };
    objective += objectiveValue(lossOf(first), chunk);
    if (isFirstCopy) {
      classesOf(chunk.scores).forEach((found, k) => {
        if (!isImage(view, position + k)) return;
        images++;
        if (found === labels[k]) right++;
      });
    }
    for (let k = 0; k < labels.length; k++)
      margins[position + k] = Math.min(margins[position + k], marginOf(chunk.scores, chunk.outputs, k, labels[k]));
  };
  const perRead = rowsOf(readNumbers);
  const perPass = rowsOf(passNumbers);
  for (let from = 0; from < view.rows.length; from += perRead) {
    const part = partOfView(view, from, from + perRead);
    const read = await readRows(store, train, part.rows);
    for (const [number, copy] of copiesOf(view).entries()) {
      const samples = copy(read, part);
      for (let at = 0; at < samples.count; at += perPass) {
        take(partOfRows(samples, at, at + perPass), from + at, number === 0);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }
  return { objective, margins, margin, accuracy: images === 0 ? null : right / images };
}

/** The classes that a network gives its scores, which are the outputs of the layers before `to`. */
function decisions(network: Network, to: number, outputs: number): (scores: Float64Array) => Int32Array {
  const pass = forwardPass({ inputShape: [outputs], layers: network.layers.slice(to).map(withoutPlace) });
  const threshold = decisionThreshold(network);
  return (scores) => {
    const last = pass(scores, scores.length / outputs);
    return argmax(last, (outputs * last.length) / scores.length, threshold);
  };
}

/** A fit without its term for the weights: a sum over samples. */
const lossOf = (objective: Objective): Objective =>
  objective.kind === 'fit' ? { ...objective, sparsity: 0 } : objective;
