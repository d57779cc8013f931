// Tested by ../solve/optimality.unit.test.ts.
import { seededRandom, type Random } from '@mipnet/dataset';
import {
  forwardPass,
  isContinuous,
  piecesOf,
  weightBound,
  withoutPlace,
  type Activation,
  type Dense,
  type Network,
} from '@mipnet/network';
import { freeNetwork, type FreeNetwork } from '../model/free-network.js';
import type { StageSettings } from '../model/stage-model.js';
import { withoutClassWeights } from '../problem/class-weights.js';
import { denseAt, insideDomains, withLayer } from '../problem/free-layers.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { improve } from './improve.js';
import { searchNetwork } from './network-search.js';

/** At most this many rows per side are used to train a hidden neuron. */
const rowsPerSide = 150;
/** The margin for a hidden neuron, as a fraction of the mean sum |x| of its inputs times the largest weight. */
const marginShare = 1 / 8;

/**
 * The network that the LP relaxation of a stage's MIP gives when its weights are rounded; undefined if it gives none.
 */
export type RoundedRelaxation = (free: FreeNetwork, settings: StageSettings) => Promise<Network | undefined>;

/**
 * A start network for free hidden layers, built from the first layer on: each hidden neuron is trained to separate two
 * groups of classes on some of the rows (drawn by seed, so that neurons differ), as one neuron by the rounded
 * relaxation of its MIP; then the last layer by the rounded relaxation with everything before it fixed.
 */
export async function deepStart(
  free: FreeNetwork,
  settings: StageSettings,
  round: RoundedRelaxation,
  stopped: () => boolean,
): Promise<Network> {
  const { problem, data, precisions } = free;
  const last = free.to - 1;
  const activations = new Map(free.hidden.map(({ incoming, activation }) => [incoming, activation]));
  let network = insideDomains(problem);
  for (let index = free.from; index < last; index++) {
    const own = problem.free[index];
    if (own === null || stopped()) continue;
    const layer = denseAt(network, index);
    const before: Network = {
      inputShape: data.shape,
      layers: network.layers.slice(free.from, index).map(withoutPlace),
    };
    const inputs = before.layers.length === 0 ? data.features : forwardPass(before)(data.features, data.labels.length);
    const seen: LeafData = {
      ...data,
      features: inputs,
      inputs: layer.inputs,
      shape: [layer.inputs],
      grid: precisions.get(index)!.grid,
    };
    const weights = new Float64Array(layer.weights.length);
    const bias = new Float64Array(layer.outputs);
    for (let o = 0; o < layer.outputs && !stopped(); o++) {
      const random = seededRandom(problem.seed, 'start', index, o);
      const groups = groupsOf(problem.view.classes.length, o, isGraded(activations.get(index)), random);
      const rows = groupRows(seen, groups, random);
      const neuron = await trainNeuron(problem, neuronFree(own, o, layer.inputs), rows, round, stopped);
      weights.set(neuron.weights, o * layer.inputs);
      bias[o] = neuron.bias[0];
    }
    network = withLayer(network, index, {
      ...layer,
      weights,
      bias: precisions.get(index)!.allowed(bias, own.bias),
    });
  }
  if (problem.free[last] === null || stopped()) return network;
  return (await round(free.withOnlyFree(network, last), { ...settings, breaksSymmetry: false })) ?? network;
}

/** Whether an activation hands on how far its input is from zero. */
const isGraded = (activation: Activation | undefined): boolean =>
  activation !== undefined && isContinuous(piecesOf(activation));

/** 1 for classes that are to be positive, 0 for negative ones, -1 for those left out. */
function groupsOf(classes: number, neuron: number, handsOnMore: boolean, random: Random): Int32Array {
  // Such an activation (a relu) hands on how sure it is, so one class against the rest is what the last layer can use
  // best.
  if (handsOnMore && classes > 2 && neuron < classes)
    return Int32Array.from({ length: classes }, (_, c) => (c === neuron ? 1 : 0));
  if (classes === 2) return handsOnMore && neuron % 2 === 1 ? Int32Array.of(1, 0) : Int32Array.of(0, 1);
  const order = random.shuffle(Array.from({ length: classes }, (_, c) => c));
  const groups = new Int32Array(classes);
  for (const c of order.slice(0, Math.ceil(classes / 2))) groups[c] = 1;
  return groups;
}

/** Of two classes a random three quarters of the rows, so that neurons differ; of more, as many as are needed. */
function groupRows(data: LeafData, groups: Int32Array, random: Random): LeafData {
  const kept = [0, 1]
    .flatMap((side) => {
      const rows = random.shuffle([...data.labels.keys()].filter((k) => groups[data.labels[k]] === side));
      const share = groups.length === 2 ? Math.ceil(rows.length * 0.75) : rows.length;
      return rows.slice(0, Math.min(share, rowsPerSide));
    })
    .sort((a, b) => a - b);
  const positive = kept.filter((k) => groups[data.labels[k]] === 1).length;
  const features = new Float64Array(kept.length * data.inputs);
  kept.forEach((k, at) =>
    features.set(data.features.subarray(k * data.inputs, (k + 1) * data.inputs), at * data.inputs),
  );
  return {
    ...data,
    features,
    labels: Int32Array.from(kept, (k) => groups[data.labels[k]]),
    // Both sides weigh the same.
    sampleWeights: Float64Array.from(
      kept,
      (k) =>
        (data.sampleWeights[k] * kept.length) /
        (2 * (groups[data.labels[k]] === 1 ? positive : kept.length - positive)),
    ),
  };
}

const neuronFree = (free: FreeLayer, o: number, inputs: number): FreeLayer => ({
  ...free,
  ...(free.lower ? { lower: free.lower.slice(o * inputs, (o + 1) * inputs) } : {}),
  ...(free.upper ? { upper: free.upper.slice(o * inputs, (o + 1) * inputs) } : {}),
});

/** A single neuron: the relaxation of its own MIP, rounded, and improved by single moves. */
async function trainNeuron(
  parent: TrainingProblem,
  free: FreeLayer,
  data: LeafData,
  round: RoundedRelaxation,
  stopped: () => boolean,
): Promise<Dense> {
  const network: Network = {
    inputShape: data.shape,
    layers: [
      {
        kind: 'dense',
        inputs: data.inputs,
        outputs: 1,
        weights: new Float64Array(data.inputs),
        bias: new Float64Array(1),
      },
    ],
  };
  const [first] = parent.objectives;
  const margin = marginShare * largestWeight(free) * meanNorm(data);
  const problem: TrainingProblem = {
    ...parent,
    network,
    free: [free],
    objectives: [{ kind: 'fit', loss: 'hinge', margin, sparsity: first.kind === 'fit' ? first.sparsity : 0 }],
    view: { ...withoutClassWeights(parent.view), classes: Int32Array.of(0, 1) },
  };
  // This margin is used for the start only: it need not lie on the half grid.
  const neuron = freeNetwork(problem, data, margin);
  const start = (await round(neuron, { stage: 0, kept: [] })) ?? network;
  const trained =
    free.domain === 'binary' ? searchNetwork(neuron, start, { stopped, work: 1e7 }) : improve(neuron, start, stopped);
  return denseAt(trained, 0);
}

function largestWeight({ domain, upper }: FreeLayer): number {
  return Math.min(weightBound(domain), upper ? Math.max(...upper) : Infinity);
}

function meanNorm({ features, labels }: LeafData): number {
  let sum = 0;
  for (let k = 0; k < features.length; k++) sum += Math.abs(features[k]);
  return sum / Math.max(1, labels.length);
}
