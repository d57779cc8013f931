import { spread } from './layers/scale.js';
import type { Conv2d, Dense, Layer, Network, Scale, Select } from './network.js';
import { sizeOf, type Shape } from './shape.js';
import { NetworkError } from './network-error.js';
import { isAffine, networkShapes, validateNetwork } from './shapes.js';
import { requireChain } from './graph.js';
import { kindOf } from './layers/registry.js';

/**
 * Places networks side by side: one network over the same input whose output is theirs, one after the other.
 *
 * Layers that are the same in all of them, from the first on, are kept once. From the first affine layer that differs
 * there is a copy for each network: that layer stacks its rows (or filters), later dense layers become block-diagonal,
 * later convolutions grouped, and later scales concatenated. Dense layers may differ in width.
 * The metadata of the first network is kept.
 * @throws NetworkError 'value' without networks, 'shape' when the inputs or the layers do not match, 'unsupported' when
 *   they differ in something no single layer can hold (for instance ternary thresholds)
 */
export function parallel(networks: readonly Network[]): Network {
  const first = networks[0];
  if (first === undefined) throw new NetworkError('value', 'there is no network to place in parallel');
  for (const network of networks) requireChain(network, 'placing networks side by side');
  const shapes = networks.map(validateNetwork);
  for (const [index, network] of networks.entries()) {
    if (!sameNumbers(network.inputShape, first.inputShape)) {
      throw new NetworkError(
        'shape',
        `network ${index} has input shape [${network.inputShape.join(', ')}], but network 0 has ` +
          `[${first.inputShape.join(', ')}]`,
      );
    }
    if (network.layers.length !== first.layers.length) {
      throw new NetworkError(
        'shape',
        `network ${index} has ${network.layers.length} layers, but network 0 has ${first.layers.length}`,
      );
    }
  }
  if (networks.length === 1) return first;

  const fork = forkOf(networks);
  const layers = first.layers.map((layer, index) => {
    if (index < fork) return layer;
    const copies = networks.map((network) => network.layers[index]);
    const inputs = networks.map((network, which) => (index === 0 ? network.inputShape : shapes[which][index - 1]));
    return join(copies, inputs, index, index === fork);
  });
  return { ...first, layers };
}

/** The network with more layers after its own. Throws as `outputShape` when they do not fit. */
export function append(network: Network, layers: readonly Layer[]): Network {
  const longer = { ...network, layers: [...network.layers, ...layers] };
  networkShapes(longer);
  return longer;
}

/** Index of the layer from which each network has its own copy: affine, at or before the first difference. */
function forkOf(networks: readonly Network[]): number {
  const { layers } = networks[0];
  const differs = layers.findIndex((layer, index) =>
    networks.some((network) => !sameLayer(network.layers[index], layer)),
  );
  // Identical networks fork at their last affine layer: their outputs are still wanted once for each of them.
  for (let index = differs < 0 ? layers.length - 1 : differs; index >= 0; index--) {
    if (isAffine(layers[index])) return index;
  }
  throw new NetworkError(
    'unsupported',
    'the networks have no dense or convolution layer, at or before their first difference, from which to ' +
      'place them side by side',
  );
}

function join(copies: readonly Layer[], inputs: readonly Shape[], index: number, isFork: boolean): Layer {
  const first = copies[0];
  const { kind } = first;
  const stranger = copies.findIndex((copy) => copy.kind !== kind);
  if (stranger >= 0) {
    throw new NetworkError('shape', `network ${stranger} has a layer of kind ${copies[stranger].kind} here`, {
      layer: index,
      kind,
    });
  }
  switch (kind) {
    case 'dense':
      return isFork ? stackDense(copies as Dense[]) : blockDiagonal(copies as Dense[]);
    case 'conv2d':
      return joinConvolutions(copies as Conv2d[], index, isFork);
    case 'select':
      return joinSelects(copies as Select[], inputs);
    case 'scale':
      return joinScales(copies as Scale[], inputs);
    default: {
      const other = copies.findIndex((copy) => !sameLayer(copy, first));
      if (other >= 0)
        throw new NetworkError('unsupported', `network ${other} has other settings here than network 0`, {
          layer: index,
          kind,
        });
      return first;
    }
  }
}

function stackDense(copies: readonly Dense[]): Dense {
  return {
    kind: 'dense',
    inputs: copies[0].inputs,
    outputs: sum(copies.map((copy) => copy.outputs)),
    weights: concatenate(copies.map((copy) => copy.weights)),
    bias: concatenate(copies.map((copy) => copy.bias)),
  };
}

function blockDiagonal(copies: readonly Dense[]): Dense {
  const inputs = sum(copies.map((copy) => copy.inputs));
  const outputs = sum(copies.map((copy) => copy.outputs));
  const weights = new Float64Array(outputs * inputs);
  let row = 0;
  let column = 0;
  for (const copy of copies) {
    for (let output = 0; output < copy.outputs; output++, row++) {
      weights.set(copy.weights.subarray(output * copy.inputs, (output + 1) * copy.inputs), row * inputs + column);
    }
    column += copy.inputs;
  }
  return { kind: 'dense', inputs, outputs, weights, bias: concatenate(copies.map((copy) => copy.bias)) };
}

function joinConvolutions(copies: readonly Conv2d[], index: number, isFork: boolean): Conv2d {
  const first = copies[0];
  const geometry = ({ groups, inputChannels, kernel, strides, dilations, pads }: Conv2d) => [
    groups,
    inputChannels,
    ...kernel,
    ...strides,
    ...dilations,
    ...pads,
  ];
  const stranger = copies.findIndex(
    (copy) =>
      !sameNumbers(geometry(copy), geometry(first)) || (!isFork && copy.outputChannels !== first.outputChannels),
  );
  if (stranger >= 0)
    throw new NetworkError('shape', `network ${stranger} has another geometry here than network 0`, {
      layer: index,
      kind: 'conv2d',
    });
  if (isFork && first.groups > 1) {
    // Stacked filters would have to be interleaved group by group, and the outputs with them.
    throw new NetworkError('unsupported', 'networks cannot part at a grouped convolution', {
      layer: index,
      kind: 'conv2d',
    });
  }
  return {
    ...first,
    inputChannels: isFork ? first.inputChannels : first.inputChannels * copies.length,
    outputChannels: sum(copies.map((copy) => copy.outputChannels)),
    groups: isFork ? 1 : first.groups * copies.length,
    weights: concatenate(copies.map((copy) => copy.weights)),
    bias: concatenate(copies.map((copy) => copy.bias)),
  };
}

function joinSelects(copies: readonly Select[], inputs: readonly Shape[]): Select {
  const [{ shape }] = copies;
  const starts = copies.map((_, which) => sum(inputs.slice(0, which).map(sizeOf)));
  const positions = copies.flatMap((copy, which) =>
    Array.from(copy.positions, (position) => (position < 0 ? -1 : position + starts[which])),
  );
  const constants = copies.map((copy) => copy.constants ?? new Float64Array(copy.positions.length));
  return {
    kind: 'select',
    positions: Int32Array.from(positions),
    shape: [sum(copies.map((copy) => copy.shape[0])), ...shape.slice(1)],
    ...(copies.some((copy) => copy.constants !== undefined) && { constants: concatenate(constants) }),
  };
}

function joinScales(copies: readonly Scale[], inputs: readonly Shape[]): Scale {
  const first = copies[0];
  const isOne =
    copies.every((copy) => sameLayer(copy, first)) && first.factor.length === 1 && first.offset.length === 1;
  if (isOne) return first;
  return {
    kind: 'scale',
    factor: concatenate(copies.map((copy, which) => spread(copy.factor, inputs[which]))),
    offset: concatenate(copies.map((copy, which) => spread(copy.offset, inputs[which]))),
  };
}

function sameLayer(one: Layer, other: Layer): boolean {
  const settings = (layer: Layer) =>
    JSON.stringify(
      Object.entries(layer)
        .filter(([, value]) => !(value instanceof Float64Array))
        .sort(),
    );
  if (settings(one) !== settings(other)) return false;
  const others = kindOf(other).parameters(other);
  return kindOf(one)
    .parameters(one)
    .every(([, numbers], index) => sameNumbers(numbers, others[index][1]));
}

function sameNumbers(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

function concatenate(arrays: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(sum(arrays.map((array) => array.length)));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
