import { halfGrid } from '@mipnet/encoding';
import { forward, type Layer, type Network } from '@mipnet/network';
import { denseAt, firstFree, withLayer } from '../problem/free-layers.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { freeSpan, type FreeSpan } from './free-span.js';
import { hiddenLayers, type HiddenLayer } from './hidden-layers.js';
import type { Replay } from './objectives/objective.js';
import { precisionOf, type Precision } from './precision.js';

/** What follows from a problem and the step of its inputs, whatever the rows are. */
export interface FreeLayers extends FreeSpan {
  readonly problem: TrainingProblem;
  /** Of each free layer, by its index in the network. */
  readonly precisions: ReadonlyMap<number, Precision>;
  /** Neurons with free weights on both sides. */
  readonly hidden: readonly HiddenLayer[];
  /** rho of the fit. */
  readonly margin: number;
}

/** @param grid every input of the first free layer is a multiple of it; null if there is no such step */
export function freeLayers(problem: TrainingProblem, grid: number | null): FreeLayers {
  const span = freeSpan(problem);
  return {
    ...span,
    problem,
    precisions: precisionOf(problem, grid, span),
    hidden: hiddenLayers(problem, span),
    margin: marginOnGrid(problem, grid),
  };
}

/** @param margin of the fit, if it is not the problem's own */
export function freeNetwork(problem: TrainingProblem, data: LeafData, margin?: number): FreeNetwork {
  const known = freeLayers(problem, data.grid);
  return new FreeNetwork(margin === undefined ? known : { ...known, margin }, data);
}

/**
 * The free part of a network on the rows that it is trained on: all that a MIP, a search or a judgement has to know,
 * computed once.
 */
export class FreeNetwork implements FreeLayers {
  readonly problem: TrainingProblem;
  readonly data: LeafData;
  readonly from: number;
  readonly to: number;
  readonly layers: readonly Layer[];
  readonly free: readonly (FreeLayer | null)[];
  readonly outputs: number;
  readonly precisions: ReadonlyMap<number, Precision>;
  readonly hidden: readonly HiddenLayer[];
  readonly margin: number;

  constructor(known: FreeLayers, data: LeafData) {
    this.problem = known.problem;
    this.data = data;
    this.from = known.from;
    this.to = known.to;
    this.layers = known.layers;
    this.free = known.free;
    this.outputs = known.outputs;
    this.precisions = known.precisions;
    this.hidden = known.hidden;
    this.margin = known.margin;
  }

  /**
   * The scores that a network gives the rows, by the exact forward pass; objectives are computed from this, not from a
   * solver.
   */
  replay(network: Network, fitted?: readonly boolean[]): Replay {
    const { data, problem } = this;
    // Its input are the rows as the first free layer sees them, and its output are the scores.
    const scored: Network = { inputShape: data.shape, layers: network.layers.slice(this.from, this.to) };
    return {
      scores: forward(scored, data.features, data.labels.length),
      outputs: this.outputs,
      labels: data.labels,
      sampleWeights: data.sampleWeights,
      network,
      freeLayers: problem.free.flatMap((layer, index) => (layer === null ? [] : [index])),
      hidden: this.hidden.map(({ incoming, outgoing }) => [incoming, outgoing]),
      margin: this.margin,
      fitted,
    };
  }

  /** The network with its free biases moved to where no sign and no winner hangs on the last digits. */
  withAllowedBiases(network: Network): Network {
    let moved = network;
    for (const [index, precision] of this.precisions) {
      const layer = denseAt(moved, index);
      const bias = precision.allowed(layer.bias, this.problem.free[index]!.bias);
      moved = withLayer(moved, index, { ...layer, bias });
    }
    return moved;
  }

  /** The same layers on the same rows with the weights of `network`, of which only one layer is free. */
  withOnlyFree(network: Network, index: number): FreeNetwork {
    const keepOnly = <T>(_: T | null, at: number, from: number): T | null => (from + at === index ? _ : null);
    const problem: TrainingProblem = {
      ...this.problem,
      network,
      free: this.problem.free.map((layer, at) => keepOnly(layer, at, 0)),
    };
    const span: FreeSpan = {
      ...this,
      layers: network.layers.slice(this.from, this.to),
      free: this.free.map((layer, at) => keepOnly(layer, at, this.from)),
    };
    const known: FreeLayers = {
      ...span,
      problem,
      precisions: precisionOf(problem, this.data.grid, span),
      hidden: hiddenLayers(problem, span),
      margin: this.margin,
    };
    return new FreeNetwork(known, this.data);
  }
}

/**
 * The fit's margin. For one neuron on known inputs it is moved to the half grid, so that the best bias, a breakpoint of
 * the loss, lies on it; elsewhere the MIP keeps biases on their grid.
 */
function marginOnGrid(problem: Pick<TrainingProblem, 'objectives' | 'network' | 'free'>, grid: number | null): number {
  const [first] = problem.objectives;
  const margin = first.kind === 'fit' ? first.margin : 1;
  const at = firstFree(problem);
  const layer = problem.network.layers[at];
  const isNeuron =
    layer?.kind === 'dense' &&
    layer.outputs === 1 &&
    !problem.network.layers.slice(at + 1).some(({ kind }) => kind === 'dense');
  return grid === null || !isNeuron ? margin : halfGrid(margin, grid);
}
