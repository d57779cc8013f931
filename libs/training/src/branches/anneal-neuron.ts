import type { Random } from '@mipnet/dataset';
import { bestBias } from '../search/best-bias.js';
import type { Neuron, NeuronProblem } from '../search/neuron-search.js';

/** A weight that may be put to 1 or -1. */
export interface Step {
  readonly weight: number;
  readonly value: number;
}

export interface Annealing {
  /** Steps that the neuron may take, and how many of them it takes at once. */
  readonly steps: readonly Step[];
  readonly count: number;
  /** Steps that every neuron takes beside them. */
  readonly always: readonly Step[];
  readonly evaluations: number;
  readonly random: Random;
  readonly stopped: () => boolean;
}

/** The temperature falls from here to there, in units of the loss: a small part of one sample's margin. */
const temperature = { first: 0.05, last: 0.003 };
/** Evaluations from one exact bias to the next. */
const biasEvery = 50;
const stopSeenEvery = 50_000;

/**
 * Simulated annealing on the loss of a ternary neuron with a fixed number of weights: one weight leaves and another one
 * enters. Where few samples ask for a large margin, the loss of neighbours differs by small amounts in many directions,
 * and descent ends in one of thousands of local minima; annealing finds losses near 0 that prove a size to be the least
 * one. Deterministic by its seed. Source: Kirkpatrick, Gelatt and Vecchi 1983.
 */
export function annealNeuron(neuron: NeuronProblem, annealing: Annealing): Neuron | undefined {
  const { steps, count, always, evaluations, random, stopped } = annealing;
  if (count <= 0 || count >= steps.length) return undefined;
  const { features, inputs, labels, sampleWeights, rho } = neuron;
  const samples = labels.length;
  const sign = Float64Array.from(labels, (label) => (label === 1 ? 1 : -1));
  const effects = steps.map(({ weight, value }) =>
    Float64Array.from(sign, (y, k) => y * value * features[k * inputs + weight]),
  );
  const order = random.shuffle(Array.from(steps.keys()));
  const inside = order.slice(0, count);
  const outside = order.slice(count);
  // y (w.x) of every sample.
  const sums = new Float64Array(samples);
  for (const { weight, value } of always)
    for (let k = 0; k < samples; k++) sums[k] += sign[k] * value * features[k * inputs + weight];
  for (const step of inside) for (let k = 0; k < samples; k++) sums[k] += effects[step][k];
  let bias = 0;
  const lossNow = (): number => {
    const scores = sums.map((sum, k) => sign[k] * sum);
    bias = bestBias(scores, labels, sampleWeights, rho, neuron.grid);
    return sums.reduce((loss, sum, k) => loss + sampleWeights[k] * Math.max(0, rho - sum - sign[k] * bias), 0);
  };
  let loss = lossNow();
  let best = { loss, bias, inside: [...inside] };
  for (let at = 0; at < evaluations && best.loss > 0; at++) {
    if (at % stopSeenEvery === 0 && stopped()) break;
    if (at % biasEvery === 0) loss = lossNow();
    const heat = temperature.first * (temperature.last / temperature.first) ** (at / evaluations);
    const pair = Math.floor(random.uniform() * inside.length * outside.length);
    const from = pair % inside.length;
    const to = Math.floor(pair / inside.length);
    const [leaving, entering] = [effects[inside[from]], effects[outside[to]]];
    const most = loss - heat * Math.log(1 - random.uniform());
    let next = 0;
    for (let k = 0; k < samples && next <= most; k++) {
      const lack = rho - sums[k] - sign[k] * bias + leaving[k] - entering[k];
      if (lack > 0) next += sampleWeights[k] * lack;
    }
    if (next > most) continue;
    for (let k = 0; k < samples; k++) sums[k] += entering[k] - leaving[k];
    [inside[from], outside[to]] = [outside[to], inside[from]];
    loss = next;
    if (loss < best.loss) best = { loss, bias, inside: [...inside] };
  }
  const weights = new Float64Array(inputs);
  for (const { weight, value } of [...always, ...best.inside.map((step) => steps[step])]) weights[weight] += value;
  return { weights, bias: best.bias };
}
