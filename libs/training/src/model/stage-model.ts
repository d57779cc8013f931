import { Completion, encodeLayers, known, unitsOf, type EncodedLayer, type FreeDense } from '@mipnet/encoding';
import { ModelBuilder, type LinearExpression, type Model } from '@mipnet/mip';
import { isAffine, type Dense, type Network } from '@mipnet/network';
import { denseAt, insideBox, intoDomain, withLayer } from '../problem/free-layers.js';
import type { FreeLayer } from '../problem/training-problem.js';
import { freeColumns, liveInputs } from './free-columns.js';
import type { FreeNetwork } from './free-network.js';
import type { ScoredSample } from './objectives/objective.js';
import { encodeObjective } from './objectives/registry.js';
import type { Precision } from './precision.js';
import { breakSymmetry } from './symmetry.js';

/** A MIP over the free weights, and the conversion between its points and networks. */
export interface StageModel {
  readonly model: Model;
  /** Hidden neurons are put in the order that the model requires; the function of the network stays the same. */
  toPoint(network: Network): Float64Array;
  /**
   * Integer weights are rounded exactly; biases get the values that precision.ts requires, which changes no sign on the
   * data.
   */
  toNetwork(x: Float64Array): Network;
}

/** The model with what names its columns. */
export interface EncodedStage extends StageModel {
  readonly builder: ModelBuilder;
  /** By the layer's index in the network. */
  readonly freeLayers: ReadonlyMap<number, FreeDense>;
}

export interface StageSettings {
  /** Index of the objective that is minimised; the ones before it keep the values in `kept`. */
  readonly stage: number;
  readonly kept: readonly number[];
  /** Which samples the fit reached, from the incumbent so far. */
  readonly fitted?: readonly boolean[];
  /** Whether hidden neurons get an order. @default true */
  readonly breaksSymmetry?: boolean;
  /** True ends a local search with what it has. */
  readonly stopped?: () => boolean;
}

/**
 * By how much, relative, the rows of a model let an earlier objective get worse, so that round-off does not make them
 * infeasible.
 */
export const keptTolerance = 1e-6;

export function encodeStage(free: FreeNetwork, settings: StageSettings): EncodedStage {
  const { problem, data } = free;
  const builder = new ModelBuilder();
  const completion = new Completion();
  const live = liveInputs(data);
  const columns = freeColumns(builder, free, live);
  const canonical =
    (settings.breaksSymmetry ?? true) ? breakSymmetry(builder, free, columns, live) : (network: Network) => network;
  const groups = encodingGroups(free, columns);
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
    freeLayers: [...columns.values()],
    margin: free.margin,
    fitted: settings.fitted,
    hidden: free.hidden.map(({ incoming, outgoing }) => ({
      incoming: columns.get(incoming)!,
      outgoing: columns.get(outgoing)!,
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
      settings.kept[stage] + keptTolerance * Math.max(1, Math.abs(settings.kept[stage])),
    );
  }
  const model = builder.build();
  return {
    model,
    builder,
    freeLayers: columns,
    toPoint: (network) => {
      const start = canonical(network);
      const x = new Float64Array(model.columnCount);
      for (const [index, layer] of columns) {
        const { weights, bias } = denseAt(start, index);
        layer.write(x, weights, bias);
      }
      return completion.run(x);
    },
    toNetwork: (x) => {
      let network = problem.network;
      for (const [index, layer] of columns)
        network = withLayer(
          network,
          index,
          decoded(denseAt(problem.network, index), problem.free[index]!, layer.read(x), free.precisions.get(index)!),
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
function encodingGroups(free: FreeNetwork, columns: ReadonlyMap<number, FreeDense>): EncodingGroup[] {
  let precision: Precision | undefined;
  return free.layers.map((layer, i): EncodingGroup => {
    const index = free.from + i;
    if (isAffine(layer)) precision = free.precisions.get(index);
    if (columns.has(index)) return { layers: [{ free: columns.get(index)! }], epsilon: precision!.epsilon };
    const raised =
      layer.kind === 'activation' && 'threshold' in layer && precision
        ? { ...layer, threshold: layer.threshold + precision.thresholdShift }
        : layer;
    return { layers: [{ layer: raised }], epsilon: precision?.epsilon ?? frozenEpsilon };
  });
}

/** After a frozen layer in the middle: its outputs are small multiples of integers or of half steps. */
const frozenEpsilon = 1e-4;

/** Weights rounded into their domain and box, and biases with the values that precision.ts requires. */
function decoded(
  present: Dense,
  free: FreeLayer,
  { weights, bias }: ReturnType<FreeDense['read']>,
  precision: Precision,
): Dense {
  // The 1e-4 absorbs the solver's tolerance: a bias just below a multiple of the grid means that multiple.
  const lifted = precision.halfGrid === undefined ? bias : bias.map((value) => value + 1e-4 * precision.halfGrid!);
  return {
    ...present,
    weights: weights.map((weight, k) => insideBox(free, intoDomain(weight, free.domain), k)),
    bias: precision.allowed(lifted, free.bias),
  };
}
