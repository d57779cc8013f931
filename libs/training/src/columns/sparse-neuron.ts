// Tested by master.unit.test.ts.
import type { Family } from './family.js';

/** A neuron of the master by the rows on which it fires, or, if these are more than half, by the others. */
export interface SparseNeuron {
  /** The class whose score it adds to. */
  readonly class: number;
  readonly rows: Int32Array;
  readonly isOpposite: boolean;
  /** What the gains of the rows may sum up to at most: h = 2 z - 1 counts each twice. */
  readonly limit: number;
}

export function sparseSide(of: number, fires: Uint8Array, activation: Family['activation']): SparseNeuron {
  let ones = 0;
  for (const fire of fires) ones += fire;
  const isOpposite = 2 * ones > fires.length;
  const wanted = isOpposite ? 0 : 1;
  const rows = new Int32Array(isOpposite ? fires.length - ones : ones);
  let next = 0;
  for (let row = 0; row < fires.length; row++) if (fires[row] === wanted) rows[next++] = row;
  return { class: of, rows, isOpposite, limit: activation === 'sign' ? 0.5 : 1 };
}

/** Weights of the sparse sides: the biases of all classes but the first, then one per neuron. */
export type SparseWeights = Float64Array;

/** The scores of all rows, class by class. */
export function scoresOfSparse(
  neurons: readonly SparseNeuron[],
  weights: SparseWeights,
  { count, classes }: { readonly count: number; readonly classes: number },
): Float64Array {
  const scores = new Float64Array(classes * count);
  for (let k = 1; k < classes; k++) scores.fill(weights[k - 1], k * count, (k + 1) * count);
  neurons.forEach(({ class: k, rows }, t) => {
    const weight = weights[classes - 1 + t];
    if (weight !== 0) for (const row of rows) scores[k * count + row] += weight;
  });
  return scores;
}

/** From weights of sparse sides to outputs of neurons and biases of the classes from `first` on. */
export function networkOfSparse(
  neurons: readonly SparseNeuron[],
  weights: SparseWeights,
  { first, classes }: { readonly first: number; readonly classes: number },
): { readonly outputs: Float64Array; readonly biases: Float64Array } {
  const biases = Float64Array.from({ length: classes - first }, (_, k) =>
    k + first === 0 ? 0 : weights[k + first - 1],
  );
  const outputs = Float64Array.from(neurons, ({ class: k, isOpposite, limit }, t) => {
    const weight = weights[classes - 1 + t];
    const own = isOpposite ? -weight : weight;
    // A step neuron is z, its opposite 1 - z; a sign neuron is 2 z - 1.
    if (isOpposite) biases[k - first] += weight;
    if (limit === 1) return own;
    biases[k - first] += own / 2;
    return own / 2;
  });
  return { outputs, biases };
}
