import { bestBias } from './best-bias.js';
import { sparseColumns } from './sparse-columns.js';

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
  const { inputs, labels, rho, sampleWeights, sparsity, lower, upper } = problem;
  const { starts, rows, values } = sparseColumns(problem.features, inputs);
  const weights = Float64Array.from(start.weights);
  const t = scoresWithoutBias(problem, weights);
  let bias = problem.freeBias ? bestBias(t, labels, sampleWeights, rho, problem.grid) : start.bias;
  const sign = new Float64Array(labels.length);
  for (let k = 0; k < sign.length; k++) sign[k] = labels[k] === 1 ? 1 : -1;
  // The loss of sample k is max(0, slack_k); a step of weight i adds -step sign_k x_ki to it.
  const slack = new Float64Array(labels.length);
  for (let pass = 0; pass < passes; pass++) {
    for (let k = 0; k < slack.length; k++) slack[k] = rho - sign[k] * (t[k] + bias);
    let improved = false;
    for (let i = 0; i < inputs; i++) {
      const [begin, end, weight] = [starts[i], starts[i + 1], weights[i]];
      if (begin === end) continue;
      let down = weight - 1 < lower[i] ? Infinity : sparsity * (Math.abs(weight - 1) - Math.abs(weight));
      let up = weight + 1 > upper[i] ? Infinity : sparsity * (Math.abs(weight + 1) - Math.abs(weight));
      for (let e = begin; e < end; e++) {
        const k = rows[e];
        const now = slack[k];
        const more = sign[k] * values[e];
        const [below, above] = [now + more, now - more];
        const loss = now > 0 ? now : 0;
        down += sampleWeights[k] * ((below > 0 ? below : 0) - loss);
        up += sampleWeights[k] * ((above > 0 ? above : 0) - loss);
      }
      if (down >= -1e-9 && up >= -1e-9) continue;
      const step = down < -1e-9 ? -1 : 1;
      weights[i] = weight + step;
      for (let e = begin; e < end; e++) {
        const k = rows[e];
        t[k] += step * values[e];
        slack[k] = rho - sign[k] * (t[k] + bias);
      }
      improved = true;
    }
    const before = bias;
    if (problem.freeBias) bias = bestBias(t, labels, sampleWeights, rho, problem.grid);
    if (!improved && bias === before) break;
  }
  return { weights, bias };
}

/** w.x of every sample. */
function scoresWithoutBias({ features, inputs, labels }: NeuronProblem, weights: Float64Array): Float64Array {
  const scores = new Float64Array(labels.length);
  for (let k = 0; k < scores.length; k++) {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weights[i] * features[k * inputs + i];
    scores[k] = sum;
  }
  return scores;
}
