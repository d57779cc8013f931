import type { NeuronProblem } from '../search/neuron-search.js';

/** The values that the objective of a neuron can take are multiples of a step. */
export interface ObjectiveStep {
  /** Of the whole objective; 0 if it has no step. */
  readonly whole: number;
  /** Of the loss alone; 0 if it has none. */
  readonly loss: number;
}

/** Largest denominator that is tried, and the relative error of a fraction of floating-point numbers. */
const denominators = 1e5;
const near = 1e-12;

/**
 * On a grid g, every hinge loss is a whole multiple of g: scores without bias are multiples of g, and both bias and
 * margin are odd multiples of g / 2 (precision.ts). So the loss is a multiple of the greatest common divisor of the
 * samples' weights times g, and the objective of that and the sparsity: a better network is better by a whole step.
 */
export function objectiveStep({ grid, sampleWeights, sparsity, freeBias }: NeuronProblem): ObjectiveStep {
  if (grid === null || !freeBias) return { whole: 0, loss: 0 };
  const weights = [...new Set(sampleWeights)];
  const loss = grid * commonStep(weights);
  return { loss, whole: sparsity === 0 ? loss : loss === 0 ? 0 : commonStep([loss, sparsity]) };
}

/** The largest number that all given ones are whole multiples of; 0 if none is found. */
export function commonStep(values: readonly number[]): number {
  const [first, ...others] = values.filter((value) => value !== 0);
  return others.reduce(stepOfTwo, first ?? 0);
}

/** b / a as a fraction p / q in lowest terms gives the step a / q. */
function stepOfTwo(a: number, b: number): number {
  if (a === 0) return 0;
  const ratio = b / a;
  for (let q = 1; q <= denominators; q++) {
    const p = ratio * q;
    if (Math.abs(p - Math.round(p)) <= near * Math.max(1, Math.abs(p)) && Math.round(p) > 0) return a / q;
  }
  return 0;
}
