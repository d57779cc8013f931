import { weightBound, type Network } from '@mipnet/network';
import type { Solver } from '@mipnet/solver';
import { certifiedLowerBound } from '@mipnet/solver';
import type { Limits, TrainingProblem } from '../problem/training-problem.js';
import { denseAt, withLayer, type Body } from '../model/free-network.js';
import type { LeafData } from '../rows/leaf-data.js';
import { searchNetwork, type SearchOptions } from './network-search.js';
import { improveNeuron, type NeuronProblem } from './neuron-search.js';
import { allowedBias, precisionOf } from '../model/precision.js';
import type { StageModel } from '../model/stage-model.js';

export interface Relaxation {
  /** Lower bound of the MIP, from the duals of its LP relaxation in outward-rounded arithmetic. */
  readonly bound: number | null;
  /** The LP solution rounded inside the domain. */
  readonly rounded?: Network;
}

/** Non-zeros a row, on average, from which a model counts as dense. */
const denseRow = 100;

/**
 * Solves the LP relaxation: a certified bound, and a start by rounding.
 * @param floor what is known before: a loss is never negative
 * @param workLimit LP iterations; beyond it neither bound nor start
 */
export function relax(
  solver: Solver,
  stageModel: StageModel,
  stopped: () => boolean,
  floor: number | null = null,
  workLimit?: number,
): Relaxation {
  const { model } = stageModel;
  // Rows full of data leave presolve nothing to find, and it takes as long as the simplex method itself.
  const isDense = model.indices.length > denseRow * model.rowCount;
  const lp = solver.solve(model, { relaxation: true, presolve: !isDense, stopped, workLimit });
  // Only an optimal LP is worth rounding: a point left by a limit looks like a solution and is none.
  if (lp.status !== 'optimal' || !lp.x) return { bound: floor };
  const certified = lp.duals ? certifiedLowerBound(model, lp.duals) : null;
  return {
    bound: certified === null ? floor : Math.max(certified, floor ?? -Infinity),
    rounded: stageModel.toNetwork(lp.x),
  };
}

/**
 * The best network near a given one without a solver: the exact best bias and one-weight moves for a single neuron with
 * hinge loss on known inputs; moves of any free number for other networks of dense layers; otherwise the biases are put
 * where precision.ts wants them.
 */
export function improve(
  problem: TrainingProblem,
  data: LeafData,
  body: Body,
  network: Network,
  { margin, stopped }: Pick<SearchOptions, 'margin' | 'stopped'>,
): Network {
  const last = body.to - 1;
  const layer = denseAt(network, last);
  const free = problem.free[last];
  const [first] = problem.objectives;
  const isNeuron =
    body.from === last &&
    layer.outputs === 1 &&
    free !== null &&
    first.kind === 'fit' &&
    first.loss === 'hinge' &&
    free.domain !== 'real' &&
    free.domain !== 'binary';
  if (!isNeuron)
    return searchNetwork(problem, data, body, withAllowedBiases(problem, data, body, network), {
      margin,
      stopped,
      work: searchWork(problem.limits),
    });
  const bound = weightBound(free.domain);
  const neuron: NeuronProblem = {
    features: data.features,
    inputs: data.inputs,
    labels: data.labels,
    sampleWeights: data.sampleWeights,
    rho: margin,
    sparsity: first.sparsity,
    grid: data.grid,
    lower: layer.weights.map((_, k) => Math.max(-bound, free.lower?.[k] ?? -bound)),
    upper: layer.weights.map((_, k) => Math.min(bound, free.upper?.[k] ?? bound)),
    freeBias: free.bias,
  };
  const [bias] = allowedBias(precisionOf(problem, data, body).get(last)!, layer.bias, free.bias);
  const better = improveNeuron(neuron, { weights: layer.weights, bias });
  return withLayer(network, last, { ...layer, weights: better.weights, bias: Float64Array.of(better.bias) });
}

/** Updates of one neuron for one sample that a search may try: about as long as the MIP is given. */
function searchWork({ searchLimit, workLimit, timeLimit }: Limits): number {
  if (searchLimit !== undefined) return searchLimit * 1e6;
  if (workLimit !== undefined) return Math.max(2e7, workLimit * 5e4);
  return timeLimit === undefined ? 3e8 : timeLimit * 2e7;
}

/** Moves the free biases to where no sign and no winner hangs on the last digits. */
export function withAllowedBiases(problem: TrainingProblem, data: LeafData, body: Body, network: Network): Network {
  let moved = network;
  for (const [index, precision] of precisionOf(problem, data, body)) {
    const layer = denseAt(moved, index);
    moved = withLayer(moved, index, { ...layer, bias: allowedBias(precision, layer.bias, problem.free[index]!.bias) });
  }
  return moved;
}
