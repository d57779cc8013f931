import { bestBias } from './best-bias.js';

/** One neuron on known inputs with hinge loss and sparsity: a pair network without hidden layers. */
export interface NeuronProblem {
  /** samples x inputs, row-major. */
  readonly features: Float64Array;
  readonly inputs: number;
  /** 1 is y = +1, 0 is y = -1. */
  readonly labels: Int32Array;
  readonly sampleWeights: Float64Array;
  readonly rho: number;
  readonly sparsity: number;
  readonly grid: number | null;
  /** Box of each weight. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Whether the bias is free; otherwise it stays as given. */
  readonly freeBias: boolean;
}

export interface Neuron {
  readonly weights: Float64Array;
  readonly bias: number;
}

const passes = 50;

/**
 * Local search from a start: changes one integer weight by one step wherever that lowers the objective, then the bias
 * exactly, until neither helps. Deterministic, never worse than its start. A sweep is linear in samples x weights.
 */
export function improveNeuron(problem: NeuronProblem, start: Neuron): Neuron {
  const { inputs, labels, rho, sampleWeights, sparsity } = problem;
  const columns = sparseColumns(problem);
  const weights = Float64Array.from(start.weights);
  const t = scoresWithoutBias(problem, weights);
  let bias = problem.freeBias ? bestBias(t, labels, sampleWeights, rho, problem.grid) : start.bias;
  const sign = Float64Array.from(labels, (label) => (label === 1 ? 1 : -1));
  for (let pass = 0; pass < passes; pass++) {
    let improved = false;
    for (let i = 0; i < inputs; i++) {
      const { rows, values } = columns[i];
      if (rows.length === 0) continue;
      for (const step of [-1, 1]) {
        const next = weights[i] + step;
        if (next < problem.lower[i] || next > problem.upper[i]) continue;
        let change = sparsity * (Math.abs(next) - Math.abs(weights[i]));
        for (let e = 0; e < rows.length; e++) {
          const k = rows[e];
          const slack = rho - sign[k] * (t[k] + bias);
          const slackAfter = slack - sign[k] * step * values[e];
          change += sampleWeights[k] * ((slackAfter > 0 ? slackAfter : 0) - (slack > 0 ? slack : 0));
        }
        if (change >= -1e-9) continue;
        weights[i] = next;
        for (let e = 0; e < rows.length; e++) t[rows[e]] += step * values[e];
        improved = true;
        break;
      }
    }
    const before = bias;
    if (problem.freeBias) bias = bestBias(t, labels, sampleWeights, rho, problem.grid);
    if (!improved && bias === before) break;
  }
  return { weights, bias };
}

/** w.x of every sample. */
function scoresWithoutBias({ features, inputs, labels }: NeuronProblem, weights: Float64Array): Float64Array {
  return Float64Array.from(labels, (_, k) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weights[i] * features[k * inputs + i];
    return sum;
  });
}

function sparseColumns({ features, inputs, labels }: NeuronProblem): { rows: Int32Array; values: Float64Array }[] {
  const count = labels.length;
  return Array.from({ length: inputs }, (_, i) => {
    const rows: number[] = [];
    for (let k = 0; k < count; k++) if (features[k * inputs + i] !== 0) rows.push(k);
    return { rows: Int32Array.from(rows), values: Float64Array.from(rows, (k) => features[k * inputs + i]) };
  });
}
