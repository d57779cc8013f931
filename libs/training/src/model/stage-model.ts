import { Completion, encodeLayers, FreeDense, known, unitsOf, type EncodedLayer } from '@mipnet/encoding';
import { ModelBuilder, type LinearExpression, type Model } from '@mipnet/mip';
import { forwardPass, weightBound, type Dense, type Layer, type Network, type WeightDomain } from '@mipnet/network';
import type { ScoredSample } from './objectives/objective.js';
import { encodeObjective } from './objectives/registry.js';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';
import { denseAt, withLayer, type Body } from './free-network.js';
import { hiddenLayers } from './hidden-layers.js';
import type { LeafData } from '../rows/leaf-data.js';
import { allowedBias, precisionOf, type Precision } from './precision.js';
import { breakSymmetry, canonical } from './symmetry.js';

/** A MIP over the free weights, and the way between its points and networks. */
export interface StageModel {
  readonly model: Model;
  /** Hidden neurons are put in the order that the model asks for; the function of the network stays. */
  toPoint(network: Network): Float64Array;
  /** Integer weights rounded exactly; biases put where precision.ts wants them, which changes no sign on the data. */
  toNetwork(x: Float64Array): Network;
}

export interface StageSettings {
  /** Which objective is minimised; the ones before it keep the values in `kept`. */
  readonly stage: number;
  readonly kept: readonly number[];
  /** Which samples the fit reached, from the incumbent so far. */
  readonly fitted?: readonly boolean[];
  readonly margin: number;
  /** Whether hidden neurons get an order. @default true */
  readonly breaksSymmetry?: boolean;
  /** True ends a local search with what it has. */
  readonly stopped?: () => boolean;
}

/** How much an earlier objective may lose to the tolerances of the solver. */
const keepTolerance = 1e-6;

export function encodeStage(problem: TrainingProblem, data: LeafData, body: Body, settings: StageSettings): StageModel {
  const builder = new ModelBuilder();
  const completion = new Completion();
  const precisions = precisionOf(problem, data, body);
  const live = liveInputs(data);
  const free = freeLayers(builder, problem, data, body, precisions, live, settings.margin);
  const breaksSymmetry = settings.breaksSymmetry ?? true;
  if (breaksSymmetry) breakSymmetry(builder, problem, body, free, live);
  const groups = encodingGroups(body, free, precisions);
  const samples = Array.from(data.labels, (label, k): ScoredSample => {
    const input = known(data.features.subarray(k * data.inputs, (k + 1) * data.inputs), data.shape);
    const output = groups.reduce(
      (signal, { layers, epsilon }) => encodeLayers({ builder, completion, epsilon }, layers, signal),
      input as ReturnType<typeof encodeLayers>,
    );
    return { scores: unitsOf(output), label, weight: data.sampleWeights[k] };
  });
  const context = {
    builder,
    completion,
    samples,
    freeLayers: [...free.values()],
    margin: settings.margin,
    fitted: settings.fitted,
    hidden: hiddenLayers(problem, body).map(({ incoming, outgoing }) => ({
      incoming: free.get(incoming)!,
      outgoing: free.get(outgoing)!,
    })),
  };
  const objectives: LinearExpression[] = [];
  for (let stage = 0; stage <= settings.stage; stage++)
    objectives.push(encodeObjective(problem.objectives[stage], context));
  builder.addObjective(objectives[settings.stage]);
  for (let stage = 0; stage < settings.stage; stage++) {
    builder.row(
      -Infinity,
      objectives[stage],
      settings.kept[stage] + keepTolerance * Math.max(1, Math.abs(settings.kept[stage])),
    );
  }
  const model = builder.build();
  return {
    model,
    toPoint: (network) => {
      const start = breaksSymmetry ? canonical(problem, body, live, network) : network;
      const x = new Float64Array(model.columnCount);
      for (const [index, layer] of free) {
        const { weights, bias } = denseAt(start, index);
        layer.write(x, weights, bias);
      }
      return completion.run(x);
    },
    toNetwork: (x) => {
      let network = problem.network;
      for (const [index, layer] of free)
        network = withLayer(
          network,
          index,
          decoded(denseAt(problem.network, index), problem.free[index]!, layer, precisions.get(index)!, x),
        );
      return network;
    },
  };
}

interface EncodingGroup {
  readonly layers: readonly EncodedLayer[];
  readonly epsilon: number;
}

/** Layers up to the next activation share one dead zone: that of the affine layer in front of it. */
function encodingGroups(
  body: Body,
  free: ReadonlyMap<number, FreeDense>,
  precisions: ReadonlyMap<number, Precision>,
): EncodingGroup[] {
  let precision: Precision | undefined;
  return body.layers.map((layer, i): EncodingGroup => {
    const index = body.from + i;
    if (layer.kind === 'dense' || layer.kind === 'conv2d') precision = precisions.get(index);
    if (free.has(index)) return { layers: [{ free: free.get(index)! }], epsilon: precision!.epsilon };
    const raised =
      layer.kind === 'activation' && layer.threshold !== undefined && precision
        ? { ...layer, threshold: layer.threshold + precision.thresholdShift }
        : layer;
    return { layers: [{ layer: raised }], epsilon: precision?.epsilon ?? frozenEpsilon };
  });
}

/** Behind a frozen layer in the middle: its outputs are small multiples of integers or of half steps. */
const frozenEpsilon = 1e-4;

function freeLayers(
  builder: ModelBuilder,
  problem: TrainingProblem,
  data: LeafData,
  body: Body,
  precisions: ReadonlyMap<number, Precision>,
  live: Uint8Array,
  margin: number,
): Map<number, FreeDense> {
  const free = new Map<number, FreeDense>();
  let norm = largestNorm(data);
  let units = data.inputs;
  const seen = normBeforeFree(data, body);
  body.layers.forEach((present, i) => {
    const layer = body.free[i];
    if (layer === null) {
      [norm, units] = normAfter(present, norm, units);
      return;
    }
    const index = body.from + i;
    if (free.size === 0 && seen !== undefined) norm = seen;
    const { inputs, outputs } = denseAt(problem.network, index);
    const { biasOffset, biasStep, biasShift } = precisions.get(index)!;
    // Beyond this no bias can lower a loss: every score has the sign of its bias already.
    const reach = norm * Math.min(weightBound(layer.domain), largestBox(layer));
    const biasBound = layer.bias ? reach + margin + 1 : 0;
    free.set(
      index,
      new FreeDense(builder, {
        inputs,
        outputs,
        domain: layer.domain,
        lower: layer.lower,
        upper: layer.upper,
        biasBound,
        biasOffset,
        biasStep,
        biasShift,
        live: index === body.from ? live : undefined,
      }),
    );
    [norm, units] = [outputs * (reach + biasBound), outputs];
  });
  return free;
}

/**
 * What the samples themselves make of several frozen affine layers in front. The product of the layers' norms is far
 * beyond that, and a bias bound of 1e10 leaves an LP no digits: it may not end.
 */
function normBeforeFree(data: LeafData, { layers, free }: Body): number | undefined {
  const frozen = layers.slice(
    0,
    free.findIndex((layer) => layer !== null),
  );
  if (frozen.filter(({ kind }) => kind === 'dense' || kind === 'conv2d').length < 2) return undefined;
  const features = forwardPass({ inputShape: data.shape, layers: frozen })(data.features, data.labels.length);
  return largestNorm({ features, inputs: features.length / data.labels.length, labels: data.labels });
}

/** A bound on the sum of |outputs| of a layer that is not free, and how many there are, from those of its inputs. */
function normAfter(layer: Layer, norm: number, units: number): [number, number] {
  switch (layer.kind) {
    case 'activation':
      return [layer.activation === 'relu' ? norm : units, units];
    case 'dense':
      return [sumOf(layer.weights) * norm + sumOf(layer.bias), layer.outputs];
    case 'conv2d':
      throw new TrainingError(
        'problem',
        'a convolution behind a free layer cannot be trained through; free one layer at a time with the split layers',
      );
    case 'maxPool2d':
    case 'averagePool2d':
      return [norm * layer.kernel[0] * layer.kernel[1], units];
    case 'scale':
      return [norm * Math.max(...layer.factor.map(Math.abs)) + units * Math.max(...layer.offset.map(Math.abs)), units];
    case 'quantize':
      return [norm + units / layer.levels, units];
    case 'flatten':
      return [norm, units];
  }
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0);

function largestBox({ lower, upper }: FreeLayer): number {
  if (!lower || !upper) return Infinity;
  return Math.max(...[lower, upper].map((ends) => ends.reduce((most, end) => Math.max(most, Math.abs(end)), 0)));
}

function decoded(present: Dense, free: FreeLayer, layer: FreeDense, precision: Precision, x: Float64Array): Dense {
  const { weights, bias } = layer.read(x);
  const inside = (weight: number, k: number): number =>
    Math.min(free.upper?.[k] ?? Infinity, Math.max(free.lower?.[k] ?? -Infinity, weight));
  // The 1e-4 absorbs the solver's tolerance: a bias just below a multiple of the grid means that multiple.
  const lifted = precision.halfGrid === undefined ? bias : bias.map((value) => value + 1e-4 * precision.halfGrid!);
  return {
    ...present,
    weights: weights.map((weight, k) => inside(rounded(free.domain, weight), k)),
    bias: allowedBias(precision, lifted, free.bias),
  };
}

/** The nearest number of the domain, inside its bounds or not. */
function rounded(domain: WeightDomain, weight: number): number {
  if (domain === 'real') return weight;
  return domain === 'binary' ? (weight >= 0 ? 1 : -1) : Math.round(weight) || 0;
}

/** Inputs that are not zero in every sample; the weights of the others are fixed at 0 and leave the model. */
export function liveInputs({ features, inputs }: LeafData): Uint8Array {
  const live = new Uint8Array(inputs);
  for (let k = 0; k < features.length; k++) if (features[k] !== 0) live[k % inputs] = 1;
  return live;
}

/** The largest sum |x| of a sample. */
function largestNorm({ features, inputs, labels }: Pick<LeafData, 'features' | 'inputs' | 'labels'>): number {
  let largest = 0;
  for (let k = 0; k < labels.length; k++) {
    let norm = 0;
    for (let i = 0; i < inputs; i++) norm += Math.abs(features[k * inputs + i]);
    largest = Math.max(largest, norm);
  }
  return largest;
}
