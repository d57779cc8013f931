// Tested by ../splits/compositions.unit.test.ts.
import { inDomain, isAffine, weightBound, type AffineLayer, type Network } from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer } from '../problem/training-problem.js';
import type { FreeNetwork } from './network-of-plan.js';

/**
 * The network of a plan with the weights of a trained one, as a start. The trained network must have the dense and
 * convolution layers of the plan, in the same order and followed by the same activations, and weights in the plan's
 * domains.
 * @param start the trained network
 * @throws TrainingError 'plan' that names the layer, and the weight outside the domain
 */
export function startingFrom({ network, free }: FreeNetwork, start: Network): FreeNetwork {
  const wanted = affineOf(network);
  const given = affineOf(start);
  if (given.length !== wanted.length)
    throw refused(`has ${given.length} layers with weights, the plan's network has ${wanted.length}`);
  const layers = [...network.layers];
  wanted.forEach(({ layer, index, activation }, position) => {
    const found = given[position];
    if (sizesOf(found.layer) !== sizesOf(layer))
      throw refused(`has ${sizesOf(found.layer)}, the plan has ${sizesOf(layer)} (layer ${index})`);
    if (found.activation !== activation)
      throw refused(`has the activation ${found.activation} after layer ${index}, the plan has ${activation}`);
    const own = free[index];
    if (own === null) {
      if (!isSame(found.layer, layer)) throw refused(`has other weights in layer ${index}, which is fixed in the plan`);
      return;
    }
    checkDomain(found.layer.weights, own, index);
    layers[index] = {
      ...layer,
      weights: Float64Array.from(found.layer.weights),
      bias: Float64Array.from(found.layer.bias),
    };
  });
  return { network: { ...network, layers }, free };
}

const isSame = (one: AffineLayer, other: AffineLayer): boolean =>
  one.weights.every((weight, k) => weight === Math.fround(other.weights[k]) || weight === other.weights[k]) &&
  one.bias.every((bias, o) => bias === Math.fround(other.bias[o]) || bias === other.bias[o]);

interface Affine {
  readonly layer: AffineLayer;
  readonly index: number;
  readonly activation: string;
}

function affineOf({ layers }: Network): Affine[] {
  return layers.flatMap((layer, index): Affine[] => {
    if (!isAffine(layer)) return [];
    const next = layers.slice(index + 1).find(({ kind }) => kind !== 'flatten');
    return [{ layer, index, activation: next?.kind === 'activation' ? next.activation : 'none' }];
  });
}

const sizesOf = (layer: AffineLayer): string =>
  layer.kind === 'dense'
    ? `a dense layer ${layer.inputs} -> ${layer.outputs}`
    : `a convolution ${layer.inputChannels} -> ${layer.outputChannels} of ${layer.kernel.join(' x ')}`;

function checkDomain(weights: Float64Array, { domain, lower, upper }: FreeLayer, index: number): void {
  const outside = weights.findIndex(
    (weight, k) =>
      !inDomain([weight], domain) || weight < (lower?.[k] ?? -Infinity) || weight > (upper?.[k] ?? Infinity),
  );
  if (outside < 0) return;
  const bound = Math.min(weightBound(domain), upper?.[outside] ?? Infinity);
  throw refused(
    `has the weight ${weights[outside]} (number ${outside} of layer ${index}), which is no ${domain} ` +
      `weight of the plan (at most ${bound}); give the layer a domain that contains it`,
  );
}

const refused = (why: string): TrainingError => new TrainingError('plan', `start: the network ${why}`);
