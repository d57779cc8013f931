import { forwardPass } from './forward.js';
import type { Network } from './network.js';
import { NetworkError } from './network-error.js';

/**
 * The class of each sample: the largest of its `classes` scores, the lowest index among equals. With one score the
 * classes are 0 and 1, and it is 1 if score >= threshold.
 * @param scores samples x classes, row-major
 * @throws NetworkError 'shape' when the scores do not divide into classes
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
 * its score is >= 0, or >= 1/2 when it ends with a step, whose output 0 means no. Throws as `forward`.
 */
export function classify(network: Network, inputs: Float64Array, count: number): Int32Array {
  return classifier(network)(inputs, count);
}

/** The same, prepared for many calls. Throws as `forwardPass`. */
export function classifier(network: Network): (inputs: Float64Array, count: number) => Int32Array {
  const pass = forwardPass(network);
  const last = network.layers.at(-1);
  const threshold = last?.kind === 'activation' && last.activation === 'step' ? 0.5 : 0;
  return (inputs, count) => {
    const scores = pass(inputs, count);
    return count === 0 ? new Int32Array(0) : argmax(scores, scores.length / count, threshold);
  };
}
