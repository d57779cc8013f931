import { piecesOf } from './activations/registry.js';
import { forwardPass } from './forward.js';
import type { Network } from './network.js';
import { NetworkError } from './network-error.js';
import { isTwoValued } from './piecewise-linear.js';

/**
 * The class of each sample: the largest of its `classes` scores, the lowest index among equals. With one score the
 * classes are 0 and 1, and it is 1 if score >= threshold.
 * @param scores samples x classes, row-major
 * @throws NetworkError 'shape' if the scores do not divide into classes
 */
export function argmax(scores: Float64Array, classes: number, threshold = 0): Int32Array {
  if (!Number.isInteger(classes) || classes < 1 || scores.length % classes !== 0) {
    throw new NetworkError('shape', `${scores.length} scores do not divide into ${classes} classes`);
  }
  const labels = new Int32Array(scores.length / classes);
  for (let sample = 0; sample < labels.length; sample++) {
    const start = sample * classes;
    if (classes === 1) {
      labels[sample] = scores[start] >= threshold ? 1 : 0;
      continue;
    }
    let best = 0;
    for (let index = 1; index < classes; index++) if (scores[start + index] > scores[start + best]) best = index;
    labels[sample] = best;
  }
  return labels;
}

/**
 * The class of each of `count` inputs (count x input size, row-major). A network with one output is binary: class 1 if
 * its score is at least `decisionThreshold`. Throws as `forward`.
 */
export function classify(network: Network, inputs: Float64Array, count: number): Int32Array {
  return classifier(network)(inputs, count);
}

/** The same, prepared for many calls. Throws as `forwardPass`. */
function classifier(network: Network): (inputs: Float64Array, count: number) => Int32Array {
  const pass = forwardPass(network);
  const threshold = decisionThreshold(network);
  return (inputs, count) => {
    const scores = pass(inputs, count);
    return count === 0 ? new Int32Array(0) : argmax(scores, scores.length / count, threshold);
  };
}

/**
 * The score from which on a network with one output says class 1: 0, or the middle between the two values of a last
 * layer that has no others (1/2 after a step, whose output 0 means class 0).
 */
export function decisionThreshold({ layers }: Network): number {
  const last = layers.at(-1);
  if (last?.kind !== 'activation') return 0;
  const pieces = piecesOf(last);
  return isTwoValued(pieces) ? (pieces.pieces[0].offset + pieces.pieces[1].offset) / 2 : 0;
}
