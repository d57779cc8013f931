import { sourcesOf } from './graph.js';
import type { Refuse } from './layers/layer-kind.js';
import { kindOf, knownKind } from './layers/registry.js';
import type { AffineLayer, Layer, Network } from './network.js';
import { NetworkError } from './network-error.js';
import { sizeOf, type Shape } from './shape.js';

export const isAffine = (layer: Layer): layer is AffineLayer => layer.kind === 'dense' || layer.kind === 'conv2d';

/**
 * Shape after one layer. `index` is only for the message of an error.
 * @param others shapes of what it reads besides the first
 * @throws NetworkError 'shape' when the layer does not fit, 'value' when one of its own numbers is not allowed.
 */
export function outputShape(layer: Layer, input: Shape, index = 0, others: readonly Shape[] = []): Shape {
  const refuse: Refuse = (code, message) => {
    throw new NetworkError(code, message, { layer: index, kind: layer.kind });
  };
  const kind = knownKind(layer);
  if (kind === undefined)
    return refuse('unsupported', `there is no layer of kind '${String((layer as { kind: unknown }).kind)}'`);
  if (others.length > 0 && !kind.readsSeveral)
    refuse('shape', `it reads ${others.length + 1} layers; put an add or a concat layer before it`);
  return kind.shape(layer, input, refuse, others);
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
  const sources = sourcesOf(network);
  const shapes: Shape[] = [];
  for (const [index, layer] of network.layers.entries()) {
    const [first, ...others] = sources[index].map((source) => (source < 0 ? inputShape : shapes[source]));
    shapes.push(outputShape(layer, first, index, others));
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
    for (const [name, numbers] of kindOf(layer).parameters(layer)) {
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

function isPositiveInteger(number: number): boolean {
  return Number.isInteger(number) && number > 0;
}
