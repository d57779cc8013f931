import { marginOf, type Replay } from './objectives/objective.js';

/** Which samples reach the margin, up to round-off. */
export const fittedBy = ({ scores, outputs, labels, margin }: Replay): boolean[] =>
  Array.from(labels, (label, k) => marginOf(scores, outputs, k, label) >= margin - 1e-9);

/** Fraction of the samples, by weight, whose class does not have the largest score. */
export function trainingError({ scores, outputs, labels, sampleWeights }: Replay): number {
  let wrong = 0;
  let sum = 0;
  labels.forEach((label, k) => {
    sum += sampleWeights[k];
    if (!(marginOf(scores, outputs, k, label) > 0)) wrong += sampleWeights[k];
  });
  return wrong / sum;
}
