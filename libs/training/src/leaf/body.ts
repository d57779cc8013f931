import { listedClasses } from '@mipnet/dataset';
import { networkShapes, type Dense, type Layer, type Network } from '@mipnet/network';
import { TrainingError } from '../training-error.js';
import type { FreeLayer, TrainingProblem } from '../training-problem.js';
import { firstFree, type LeafData } from './leaf-data.js';

/**
 * The part of a network that a MIP is about: from the first free layer to the last affine one. What its last layer
 * gives are the scores; an activation behind them turns scores into votes and does not change who wins.
 */
export interface Body {
  readonly from: number;
  /** One past the last affine layer. */
  readonly to: number;
  readonly layers: readonly Layer[];
  readonly free: readonly (FreeLayer | null)[];
  /** Number of scores: 1 for two classes, else one a class. */
  readonly outputs: number;
}

const isAffine = (layer: Layer): boolean => layer.kind === 'dense' || layer.kind === 'conv2d';

/** @param classNames for the message about outputs that do not fit, if the caller has them */
export function bodyOf(problem: TrainingProblem, classNames: readonly string[] = []): Body {
  const { network, free } = problem;
  const from = firstFree(problem);
  if (from < 0) throw new TrainingError('problem', `${problem.name}: no layer is free, so there is nothing to train`);
  const to = network.layers.findLastIndex(isAffine) + 1;
  const outputs = networkShapes(network)[to - 1].reduce((product, side) => product * side, 1);
  const classes = problem.view.classes.length;
  if (!(outputs === classes || (outputs === 1 && classes === 2))) {
    throw new TrainingError(
      'problem',
      `${problem.name}: the network has ${outputs} outputs for ${classes} classes; give it ${classes === 2 ? '1 or 2' : classes}, or split by pairs${classNames.length === 0 ? '' : `. The classes are ${listedClasses(classNames)}`}`,
    );
  }
  return { from, to, layers: network.layers.slice(from, to), free: free.slice(from, to), outputs };
}

/** The network whose input is the leaf data and whose output are the scores. */
export const scoreNetwork = (network: Network, body: Body, data: Pick<LeafData, 'shape'>): Network => ({
  inputShape: data.shape,
  layers: network.layers.slice(body.from, body.to),
});

export const withLayer = (network: Network, index: number, layer: Layer): Network => ({
  ...network,
  layers: network.layers.map((present, i) => (i === index ? layer : present)),
});

export const denseAt = (network: Network, index: number): Dense => {
  const layer = network.layers[index];
  if (layer.kind !== 'dense')
    throw new TrainingError('problem', `layer ${index} is ${layer.kind}; only dense layers can be free`);
  return layer;
};

/** Whether a problem has a network to begin with: of one that was never trained, all free weights are 0. */
export const hasWeights = ({ network, free }: Pick<TrainingProblem, 'network' | 'free'>): boolean =>
  network.layers.some(
    (layer, index) =>
      free[index] !== null &&
      (layer.kind === 'dense' || layer.kind === 'conv2d') &&
      layer.weights.some((weight) => weight !== 0),
  );
