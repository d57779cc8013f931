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
import { thermometerCuts, thermometerLayers } from './thermometer.js';
import { activationOf } from './activation-of-plan.js';
import { fixedConvolution } from './fixed-convolution.js';
import type { PlanLayer } from './plan-schema.js';
import { imageLayer } from './image-layer.js';
import { poolLayers } from './pool-layers.js';
import { strongestLayers } from '../fixed/strongest-layers.js';

export interface FreeNetwork {
  readonly network: Network;
  readonly free: readonly (FreeLayer | null)[];
}

/** Outputs of fixed layers on the training rows, row-major. */
export type TrainingRows = (fixed: Network) => Float64Array;

/** Weights of a whole network. The largest MIP of a training that has been solved here has some thousands. */
const mostWeights = 4_000_000;

/** Numbers of one layer's output; 64 filters on MNIST give 30,976. */
const mostOutputs = 1_000_000;

/**
 * The network that a plan describes, all free weights 0, for inputs of a shape. Images are flattened before a dense
 * layer.
 * @param trainingRows needed for layers that follow from the data
 */
export function networkOfPlan(
  layers: readonly PlanLayer[],
  inputShape: Shape,
  trainingRows?: TrainingRows,
): FreeNetwork {
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
    const imageFor = (what: string): Shape => {
      if (shape.length === 3) return shape;
      throw new TrainingError(
        'plan',
        `network.${index}: ${what} needs an image of channels x rows x columns, its input is ${shape.join(' x ')}`,
      );
    };
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
    } else if ('fixed' in layer) {
      const [channels] = imageFor('a convolution');
      requireFew(layer.conv * channels * layer.kernel * layer.kernel, index, 'conv');
      add(fixedConvolution(layer, channels, index));
      const behind = activationOf(layer, index);
      if (behind !== undefined) add(behind);
    } else if ('conv' in layer) {
      imageFor('a convolution');
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
    else if ('thermometer' in layer) {
      if (!trainingRows || free.some((unknown) => unknown !== null))
        throw new TrainingError(
          'plan',
          `network.${index}.thermometer: cuts follow from the training rows, so that no layer with weights may stand ` +
            'before it',
        );
      if (shape.length > 1) add({ kind: 'flatten' });
      const before: Network = { inputShape, layers: linked([...built], [...sources]) };
      const cuts = thermometerCuts(trainingRows(before), sizeOf(shape), layer.thermometer);
      requireFew(cuts.length * sizeOf(shape), index, 'thermometer');
      for (const coding of thermometerLayers(cuts, sizeOf(shape))) add(coding);
    } else if ('flatten' in layer) add({ kind: 'flatten' });
    else if ('image' in layer) add(imageLayer(layer, sizeOf(shape), index));
    else if ('concat' in layer) add({ kind: 'concat' });
    else if ('add' in layer) add({ kind: 'add' });
    else if ('strongest' in layer) {
      const image = reads;
      const { responses, largest } = strongestLayers(imageFor('strongest'), layer.strongest);
      for (const step of largest) add(step);
      const subtracted = reads;
      reads = image;
      [{ shape }] = image;
      for (const step of responses) add(step);
      reads = [...reads, ...subtracted];
      add({ kind: 'add' });
      add({ kind: 'activation', activation: 'relu' });
    } else for (const step of poolLayers(layer, imageFor('pooling'), index)) add(step);
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
