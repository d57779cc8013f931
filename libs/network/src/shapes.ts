import type { AffineLayer, Conv2d, Layer, Network, Pool2d, Scale, Shape } from './network.js';
import { NetworkError } from './network-error.js';
import type { NetworkErrorCode } from './network-error.js';

export const isAffine = (layer: Layer): layer is AffineLayer => layer.kind === 'dense' || layer.kind === 'conv2d';

/** Number of numbers in a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * Shape after one layer. `index` is only for the message of an error.
 * @throws NetworkError 'shape' when the layer does not fit, 'value' when one of its own numbers is not allowed.
 */
export function outputShape(layer: Layer, input: Shape, index = 0): Shape {
  const refuse: Refuse = (code, message) => {
    throw new NetworkError(code, message, { layer: index, kind: layer.kind });
  };
  switch (layer.kind) {
    case 'dense':
      return denseShape(layer, input, refuse);
    case 'conv2d':
      return convolutionShape(layer, input, refuse);
    case 'maxPool2d':
    case 'averagePool2d':
      return poolShape(layer, input, refuse);
    case 'scale':
      return scaleShape(layer, input, refuse);
    case 'quantize':
      if (!(Number.isInteger(layer.levels) && layer.levels > 0))
        refuse('value', `levels is ${layer.levels}; give a positive integer`);
      return input;
    case 'flatten':
      return [sizeOf(input)];
    case 'activation':
      return activationShape(layer.activation, layer.threshold, input, refuse);
    default:
      return refuse('unsupported', `there is no layer of kind '${String((layer as { kind: unknown }).kind)}'`);
  }
}

/** Shape after every layer, in order; one entry for each layer. Throws as `outputShape`. */
export function networkShapes(network: Network): Shape[] {
  const { inputShape } = network;
  if (inputShape.length === 0 || !inputShape.every(isPositiveInteger)) {
    throw new NetworkError(
      'shape',
      `the input shape is [${inputShape.join(', ')}]; every extent must be a positive integer`,
    );
  }
  const shapes: Shape[] = [];
  let shape: Shape = inputShape;
  for (const [index, layer] of network.layers.entries()) {
    shape = outputShape(layer, shape, index);
    shapes.push(shape);
  }
  return shapes;
}

/** Number of inputs of the network. */
export function inputSize(network: Network): number {
  return sizeOf(network.inputShape);
}

/** Number of outputs of the network. Throws as `outputShape`. */
export function outputSize(network: Network): number {
  return sizeOf(networkShapes(network).at(-1) ?? network.inputShape);
}

/**
 * Checks that the layers fit together and that every number is finite.
 * @returns the shape after every layer
 * @throws NetworkError 'shape' or 'value', naming the layer
 */
export function validateNetwork(network: Network): Shape[] {
  const shapes = networkShapes(network);
  for (const [index, layer] of network.layers.entries()) {
    for (const [name, numbers] of parametersOf(layer)) {
      const position = numbers.findIndex((number) => !Number.isFinite(number));
      if (position >= 0) {
        throw new NetworkError('value', `${name}[${position}] is ${numbers[position]}; it must be finite`, {
          layer: index,
          kind: layer.kind,
        });
      }
    }
  }
  return shapes;
}

/**
 * How many consecutive elements of a tensor of `shape` share one number of a scale's array of `length`: all of them
 * for length 1, a channel's for the number of channels, one for the full size; undefined if the length fits none.
 */
export function scaleSpan(length: number, shape: Shape): number | undefined {
  const size = sizeOf(shape);
  return length === 1 || length === shape[0] || length === size ? size / length : undefined;
}

/** The arrays of numbers a layer holds, by name. */
export function parametersOf(layer: Layer): readonly (readonly [string, Float64Array])[] {
  switch (layer.kind) {
    case 'dense':
    case 'conv2d':
      return [
        ['weights', layer.weights],
        ['bias', layer.bias],
      ];
    case 'scale':
      return [
        ['factor', layer.factor],
        ['offset', layer.offset],
      ];
    default:
      return [];
  }
}

type Refuse = (code: NetworkErrorCode, message: string) => never;

function denseShape(layer: Extract<Layer, { kind: 'dense' }>, input: Shape, refuse: Refuse): Shape {
  requireIntegers({ inputs: [layer.inputs], outputs: [layer.outputs] }, 1, refuse);
  requireLength('weights', layer.weights, layer.outputs * layer.inputs, refuse);
  requireLength('bias', layer.bias, layer.outputs, refuse);
  if (input.length !== 1) refuse('shape', `its input has shape [${input.join(', ')}]; put a flatten layer before it`);
  if (input[0] !== layer.inputs) refuse('shape', `it takes ${layer.inputs} inputs, but gets ${input[0]}`);
  return [layer.outputs];
}

function convolutionShape(layer: Conv2d, input: Shape, refuse: Refuse): Shape {
  const { inputChannels, outputChannels, groups, kernel, strides, dilations, pads } = layer;
  requireIntegers(
    { inputChannels: [inputChannels], outputChannels: [outputChannels], groups: [groups], kernel, strides, dilations },
    1,
    refuse,
  );
  requireIntegers({ pads }, 0, refuse);
  if (inputChannels % groups !== 0 || outputChannels % groups !== 0) {
    refuse(
      'shape',
      `${groups} groups must divide both ${inputChannels} input channels and ${outputChannels} output channels`,
    );
  }
  requireLength('weights', layer.weights, outputChannels * (inputChannels / groups) * kernel[0] * kernel[1], refuse);
  requireLength('bias', layer.bias, outputChannels, refuse);
  requireImage(input, refuse);
  if (input[0] !== inputChannels) refuse('shape', `it takes ${inputChannels} channels, but gets ${input[0]}`);
  return [outputChannels, ...windows(input, kernel, strides, dilations, pads, refuse)];
}

function poolShape(layer: Pool2d, input: Shape, refuse: Refuse): Shape {
  const { kernel, strides, pads } = layer;
  requireIntegers({ kernel, strides }, 1, refuse);
  requireIntegers({ pads }, 0, refuse);
  requireImage(input, refuse);
  // A pad as large as the kernel would make windows without a single real cell: minus infinity, or 0 / 0.
  if (pads.some((pad, side) => pad >= kernel[side % 2])) {
    refuse('shape', `pads [${pads.join(', ')}] must be smaller than the kernel [${kernel.join(', ')}]`);
  }
  return [input[0], ...windows(input, kernel, strides, [1, 1], pads, refuse)];
}

function windows(
  input: Shape,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  pads: readonly number[],
  refuse: Refuse,
): Shape {
  return [0, 1].map((axis) => {
    const padded = input[axis + 1] + pads[axis] + pads[axis + 2];
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    if (padded < reach) {
      refuse(
        'shape',
        `the kernel reaches over ${reach} ${axis === 0 ? 'rows' : 'columns'}, but the padded input has ${padded}`,
      );
    }
    return Math.floor((padded - reach) / strides[axis]) + 1;
  });
}

function scaleShape(layer: Scale, input: Shape, refuse: Refuse): Shape {
  for (const [name, numbers] of parametersOf(layer)) {
    if (scaleSpan(numbers.length, input) === undefined) {
      refuse(
        'shape',
        `${name} has ${numbers.length} numbers; an input of shape [${input.join(', ')}] needs 1, ${input[0]} or ${sizeOf(input)}`,
      );
    }
  }
  return input;
}

function activationShape(activation: string, threshold: number | undefined, input: Shape, refuse: Refuse): Shape {
  if (!['relu', 'step', 'sign', 'ternary'].includes(activation))
    refuse('unsupported', `there is no activation '${activation}'`);
  if (activation === 'ternary' && !(threshold !== undefined && threshold > 0 && Number.isFinite(threshold))) {
    refuse('value', `a ternary activation needs a finite threshold > 0, not ${threshold}`);
  }
  return input;
}

function requireImage(input: Shape, refuse: Refuse): void {
  if (input.length !== 3)
    refuse('shape', `it needs channels x rows x columns, but its input has shape [${input.join(', ')}]`);
}

function requireLength(name: string, numbers: Float64Array, length: number, refuse: Refuse): void {
  if (numbers.length !== length) refuse('shape', `${name} has ${numbers.length} numbers, not ${length}`);
}

function requireIntegers(fields: Record<string, readonly number[]>, least: number, refuse: Refuse): void {
  for (const [name, numbers] of Object.entries(fields)) {
    if (!numbers.every((number) => Number.isInteger(number) && number >= least)) {
      refuse('value', `${name} is ${numbers.join(', ')}; give integers of at least ${least}`);
    }
  }
}

function isPositiveInteger(number: number): boolean {
  return Number.isInteger(number) && number > 0;
}
