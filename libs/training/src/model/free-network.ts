import { halfGrid } from '@mipnet/encoding';
import { withoutPlace, type Network } from '@mipnet/network';
import { firstFree } from '../problem/free-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { freeSpan, type FreeSpan } from './free-span.js';
import { hiddenLayers, type HiddenLayer } from './hidden-layers.js';
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

/** The free part of a network on the rows that it is trained on: all that a MIP, a search or a replay has to know. */
export interface FreeNetwork extends FreeLayers {
  readonly data: LeafData;
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

export const freeNetwork = (problem: TrainingProblem, data: LeafData): FreeNetwork => ({
  ...freeLayers(problem, data.grid),
  data,
});

/** The same layers on the same rows with other weights, of which only one layer is free. */
export function withOnlyFree(free: FreeNetwork, network: Network, index: number): FreeNetwork {
  const keepOnly = <T>(_: T | null, at: number, from: number): T | null => (from + at === index ? _ : null);
  const problem: TrainingProblem = {
    ...free.problem,
    network,
    free: free.problem.free.map((layer, at) => keepOnly(layer, at, 0)),
  };
  const span: FreeSpan = {
    ...free,
    layers: network.layers.slice(free.from, free.to).map(withoutPlace),
    free: free.free.map((layer, at) => keepOnly(layer, at, free.from)),
  };
  return {
    ...free,
    ...span,
    problem,
    precisions: precisionOf(problem, free.data.grid, span),
    hidden: hiddenLayers(problem, span),
  };
}

/** The network whose input are the rows as the first free layer sees them, and whose output are the scores. */
export const scoreNetwork = ({ from, to, data }: FreeNetwork, network: Network): Network => ({
  inputShape: data.shape,
  layers: network.layers.slice(from, to).map(withoutPlace),
});

/**
 * The fit's margin. For one neuron on known inputs it is moved to the half grid, so that the best bias, a breakpoint of
 * the loss, lies on it; elsewhere the MIP keeps biases on their grid.
 */
export function marginOnGrid(
  problem: Pick<TrainingProblem, 'objectives' | 'network' | 'free'>,
  grid: number | null,
): number {
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
