import {
  linked,
  networkShapes,
  outputShape,
  sizeOf,
  type Layer,
  type Network,
  type Shape,
  type WeightDomain,
} from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer } from '../problem/training-problem.js';
import { PlanNodes, type PlanNode } from './plan-nodes.js';
import { activationOf } from './activation-of-plan.js';
import type { PlanLayer } from './plan-schema.js';

export interface FreeNetwork {
  readonly network: Network;
  readonly free: readonly (FreeLayer | null)[];
}

/** Weights of a whole network. The largest MIP of a training that has been solved here has some thousands. */
const mostWeights = 4_000_000;

/** Numbers of one layer's output; 64 filters on MNIST give 30,976. */
const mostOutputs = 1_000_000;

/**
 * The network that a plan describes, all free weights 0, for inputs of a shape. Images are flattened before a dense
 * layer.
 */
export function networkOfPlan(layers: readonly PlanLayer[], inputShape: Shape): FreeNetwork {
  const built: Layer[] = [];
  const free: (FreeLayer | null)[] = [];
  const nodes = new PlanNodes(inputShape);
  const sources: (readonly number[])[] = [];
  let shape = inputShape;
  let reads: readonly PlanNode[] = [];
  const add = (layer: Layer, isFree: FreeLayer | null = null): void => {
    const [, ...others] = reads.map((node) => node.shape);
    shape = outputShape(layer, shape, built.length, others);
    sources.push(reads.map(({ index }) => index));
    reads = [{ index: built.length, shape }];
    if (sizeOf(shape) > mostOutputs)
      throw new TrainingError(
        'plan',
        `network: the output of layer ${built.length} (${layer.kind}) ` +
          `has ${sizeOf(shape).toLocaleString('en-US')} ` +
          'numbers for ' +
          `each sample; at most ${mostOutputs.toLocaleString('en-US')} are supported`,
      );
    built.push(layer);
    free.push(isFree);
  };
  let weights = 0;
  // Checked before the arrays are made: a typing error must not exhaust the machine's memory.
  const requireFew = (count: number, index: number, key: string): void => {
    weights += count;
    if (weights > mostWeights) {
      throw new TrainingError(
        'plan',
        `network.${index}.${key}: with it the network has ${weights.toLocaleString('en-US')} weights; at ` +
          `most ${mostWeights.toLocaleString('en-US')} are supported`,
      );
    }
  };
  layers.forEach((layer, index) => {
    reads = nodes.read(layer, index);
    [{ shape }] = reads;
    if ('dense' in layer) {
      if (shape.length > 1) add({ kind: 'flatten' });
      const inputs = sizeOf(shape);
      requireFew(inputs * layer.dense, index, 'dense');
      add(
        {
          kind: 'dense',
          inputs,
          outputs: layer.dense,
          weights: new Float64Array(inputs * layer.dense),
          bias: new Float64Array(layer.dense),
        },
        { domain: layer.weights as WeightDomain, bias: layer.bias, ...box(layer, inputs * layer.dense, index) },
      );
      const behind = activationOf(layer, index);
      if (behind !== undefined) add(behind);
    } else if ('conv' in layer) {
      if (shape.length !== 3)
        throw new TrainingError(
          'plan',
          `network.${index}: a convolution needs an image of channels x rows x columns, its input ` +
            `is ${shape.join(' x ')}`,
        );
      const { conv: outputChannels, kernel, stride } = layer;
      const size = outputChannels * shape[0] * kernel * kernel;
      requireFew(size, index, 'conv');
      add(
        {
          kind: 'conv2d',
          inputChannels: shape[0],
          outputChannels,
          groups: 1,
          kernel: [kernel, kernel],
          strides: [stride, stride],
          dilations: [1, 1],
          pads: [0, 0, 0, 0],
          weights: new Float64Array(size),
          bias: new Float64Array(outputChannels),
        },
        { domain: layer.weights as WeightDomain, bias: layer.bias, ...box(layer, size, index) },
      );
      const behind = activationOf(layer, index);
      if (behind !== undefined) add(behind);
    } else if ('quantize' in layer) add({ kind: 'quantize', levels: layer.quantize });
    else if ('flatten' in layer) add({ kind: 'flatten' });
    else if ('concat' in layer) add({ kind: 'concat' });
    else if ('add' in layer) add({ kind: 'add' });
    else {
      const side = 'averagePool' in layer ? layer.averagePool : layer.maxPool;
      if (shape.length !== 3)
        throw new TrainingError(
          'plan',
          `network.${index}: pooling needs an image of channels x rows x columns, its input is ${shape.join(' x ')}`,
        );
      add({
        kind: 'averagePool' in layer ? 'averagePool2d' : 'maxPool2d',
        kernel: [side, side],
        strides: [side, side],
        pads: [0, 0, 0, 0],
        countIncludePad: true,
      });
    }
    nodes.keep(layer, reads[0], index);
  });
  const network: Network = { inputShape, layers: linked(built, sources) };
  networkShapes(network);
  return { network, free };
}

/** The box that a plan puts round the weights of a layer. */
function box(
  { weights, bound }: { readonly weights: string; readonly bound?: number },
  size: number,
  index: number,
): Pick<FreeLayer, 'lower' | 'upper'> {
  if (bound === undefined) {
    if (weights === 'real')
      throw new TrainingError(
        'plan',
        `network.${index}.bound: real weights need a bound, because every big-M constant is computed from ` +
          'it; give e.g. bound: 1',
      );
    return {};
  }
  return { lower: new Float64Array(size).fill(-bound), upper: new Float64Array(size).fill(bound) };
}
