import type { Network } from '@mipnet/network';
import { decisionThreshold, isChain, isIntegerValued, outputSize, piecesOf } from '@mipnet/network';
import type { Conjunction, OutputRow } from './query.js';
import { VerificationError } from './verification-error.js';

/**
 * What a tie of scores is worth. `unsafe`: score_c = score_label counts as misclassified, the usual closed condition.
 * `lowest`: the lowest class wins, as in `classify`; right for networks whose scores are integers and often tie.
 */
export type Ties = 'unsafe' | 'lowest';

/** Some class c other than the label has score_c >= score_label: one conjunction for each c, in order. */
export function misclassification(label: number, classes: number, ties: Ties = 'unsafe'): Conjunction[] {
  requireClass(label, classes);
  const others = Array.from({ length: classes }, (_, c) => c).filter((c) => c !== label);
  return others.map((c) => [difference(c, label, 1, classes, ties === 'lowest' && c > label)]);
}

/**
 * Whether every score is an integer, whatever the input: a last layer of integers on signs, steps or ternary values, as
 * in a network of votes.
 */
export function hasIntegerScores(network: Network): boolean {
  if (!isChain(network)) return false;
  const { layers } = network;
  const last = layers.findLastIndex(({ kind }) => kind !== 'flatten');
  const before = layers.slice(0, Math.max(0, last)).findLast(({ kind }) => kind !== 'flatten');
  const layer = layers[last];
  if (layer?.kind !== 'dense' || before?.kind !== 'activation' || !isIntegerValued(piecesOf(before))) return false;
  return layer.weights.every(Number.isInteger) && layer.bias.every(Number.isInteger);
}

/**
 * The same conditions on integer scores with nothing on the edge: d >= 0 is d >= -1/2, and d > 0 is d >= 1/2. Ties are
 * common between votes, and a bound that is proven but for its last digit decides one only where the edge is half a
 * vote away.
 */
const withoutTies = (conjunctions: readonly Conjunction[]): Conjunction[] =>
  conjunctions.map((rows) =>
    rows.map(({ coefficients, constant, strict }) => ({
      coefficients,
      constant: constant + (strict ? -0.5 : 0.5),
      strict: false,
    })),
  );

/** The same for this network, also for one output: class 1 if it is >= 0, or >= 1/2 behind a step, as in `classify`. */
export function misclassificationOf(network: Network, label: number, ties: Ties = 'unsafe'): Conjunction[] {
  const outputs = outputSize(network);
  if (outputs > 1)
    return hasIntegerScores(network)
      ? withoutTies(misclassification(label, outputs, ties))
      : misclassification(label, outputs, ties);
  requireClass(label, 2);
  const threshold = decisionThreshold(network);
  if (label === 0) return [[{ coefficients: Float64Array.of(1), constant: -threshold }]];
  return [[{ coefficients: Float64Array.of(-1), constant: threshold, strict: ties === 'lowest' }]];
}

/**
 * The target's score is at least `factor` times every other one: a clear mistake (Fischetti & Jo 2018, section 4.1,
 * with factor 1.2 and the target (label + 5) mod 10).
 */
export function targeted(target: number, classes: number, factor = 1.2): Conjunction[] {
  requireClass(target, classes);
  return [
    Array.from({ length: classes }, (_, c) => c)
      .filter((c) => c !== target)
      .map((c) => difference(target, c, factor, classes, false)),
  ];
}

/** score_one - factor * score_other */
function difference(one: number, other: number, factor: number, classes: number, strict: boolean): OutputRow {
  const coefficients = new Float64Array(classes);
  coefficients[one] = 1;
  coefficients[other] = -factor;
  return { coefficients, constant: 0, strict };
}

function requireClass(label: number, classes: number): void {
  if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
    throw new VerificationError('query', `class ${label} is not one of 0..${classes - 1}`);
  }
}
