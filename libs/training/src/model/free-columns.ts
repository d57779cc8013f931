// Tested by ../solve/optimality.unit.test.ts.
import { FreeDense } from '@mipnet/encoding';
import type { ModelBuilder } from '@mipnet/mip';
import { forwardPass, growthOf, isAffine, piecesOf, weightBound, type Layer, type Select } from '@mipnet/network';
import { denseAt } from '../problem/free-layers.js';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import type { FreeNetwork } from './free-network.js';

/**
 * Adds the columns of every free layer to a model, with a proven bound on each bias; by the layer's index in the
 * network.
 */
export function freeColumns(builder: ModelBuilder, network: FreeNetwork, live: Uint8Array): Map<number, FreeDense> {
  const { problem, data, margin, precisions } = network;
  const free = new Map<number, FreeDense>();
  let norm = largestNorm(data);
  let units = data.inputs;
  const seen = normBeforeFree(network);
  network.layers.forEach((present, i) => {
    const layer = network.free[i];
    if (layer === null) {
      [norm, units] = normAfter(present, norm, units);
      return;
    }
    const index = network.from + i;
    if (free.size === 0 && seen !== undefined) norm = seen;
    const { inputs, outputs } = denseAt(problem.network, index);
    const { biasOffset, biasStep, biasShift } = precisions.get(index)!;
    // Beyond this value no bias can lower a loss: every score already has the sign of its bias.
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
        live: index === network.from ? live : undefined,
      }),
    );
    [norm, units] = [outputs * (reach + biasBound), outputs];
  });
  return free;
}

/**
 * Bounds from the samples themselves, for several frozen affine layers in front. The product of the layers' norms is
 * much larger, and with a bias bound of 1e10 an LP has no digits left and may not end.
 */
function normBeforeFree({ data, layers, free }: FreeNetwork): number | undefined {
  const frozen = layers.slice(
    0,
    free.findIndex((layer) => layer !== null),
  );
  if (frozen.filter(isAffine).length < 2) return undefined;
  const features = forwardPass({ inputShape: data.shape, layers: frozen })(data.features, data.labels.length);
  return largestNorm({ features, inputs: features.length / data.labels.length, labels: data.labels });
}

/** A bound on the sum of |outputs| of a layer that is not free, and how many there are, from those of its inputs. */
function normAfter(layer: Layer, norm: number, units: number): [number, number] {
  switch (layer.kind) {
    case 'activation': {
      const { slope, offset } = growthOf(piecesOf(layer));
      return [slope * norm + offset * units, units];
    }
    case 'dense':
      return [sumOf(layer.weights) * norm + sumOf(layer.bias), layer.outputs];
    case 'conv2d':
      throw new TrainingError(
        'problem',
        'a convolution after a free layer is not supported; free one layer at a time with the split layers',
      );
    case 'maxPool2d':
    case 'averagePool2d':
      return [norm * layer.kernel[0] * layer.kernel[1], units];
    case 'scale':
      return [norm * Math.max(...layer.factor.map(Math.abs)) + units * Math.max(...layer.offset.map(Math.abs)), units];
    case 'quantize':
      return [norm + units / layer.levels, units];
    case 'flatten':
    case 'fill':
      return [norm, units];
    case 'select':
      return [norm * timesPicked(layer) + sumOf(layer.constants ?? new Float64Array()), layer.positions.length];
    case 'add':
    case 'concat':
      throw new TrainingError(
        'problem',
        'the network branches after a free layer, which is not supported; branch before the first free layer',
      );
  }
}

/** How often the number is picked that is picked most often. */
function timesPicked({ positions }: Select): number {
  const times = new Map<number, number>();
  for (const position of positions) if (position >= 0) times.set(position, (times.get(position) ?? 0) + 1);
  return Math.max(1, ...times.values());
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0);

function largestBox({ lower, upper }: FreeLayer): number {
  if (!lower || !upper) return Infinity;
  return Math.max(...[lower, upper].map((ends) => ends.reduce((most, end) => Math.max(most, Math.abs(end)), 0)));
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
