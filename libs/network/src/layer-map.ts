import type { Activation, Conv2d, Dense, Layer, Network, Pool2d, Quantize, Scale, Shape } from './network.js';
import { outputShape, scaleSpan, sizeOf } from './shapes.js';

/**
 * What a layer does to a flat input, read once: encoder and bounds walk these maps and know no image geometry. Output j
 * of a sparse map depends on the inputs indices[e] with starts[j] <= e < starts[j + 1].
 */
export type LayerMap = AffineMap | MaximumMap | ElementwiseMap | IdentityMap;

/** y_j = sum of values[e] x_indices[e] + bias_j: dense, convolution, average pool, scale. */
export interface AffineMap {
  readonly kind: 'affine';
  readonly inputs: number;
  readonly outputs: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly bias: Float64Array;
  /** The same numbers as a full row-major matrix, where the layer has one. */
  readonly matrix?: Float64Array;
  /** Of its layer: what the runtime loses here counts. */
  readonly arithmetic?: 'float32';
  /** Of a scale layer: output j reads input j alone. */
  readonly isScale?: true;
  /** Where the biases were computed from larger numbers: the sum of their absolute values. */
  readonly biasSize?: Float64Array;
}

/** y_j = max of x_indices[e]. Padding is minus infinity: it is in no window. */
export interface MaximumMap {
  readonly kind: 'maximum';
  readonly inputs: number;
  readonly outputs: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
}

export interface ElementwiseMap {
  readonly kind: 'elementwise';
  readonly inputs: number;
  readonly outputs: number;
  readonly layer: Activation | Quantize;
  readonly arithmetic?: 'float32';
}

export interface IdentityMap {
  readonly kind: 'identity';
  readonly inputs: number;
  readonly outputs: number;
}

/** One map for each layer of the network. */
export function layerMaps(network: Network): LayerMap[] {
  let shape = network.inputShape;
  return network.layers.map((layer, index) => {
    const map = layerMap(layer, shape);
    shape = outputShape(layer, shape, index);
    return map;
  });
}

/** Maps already made: an encoding asks for the same layer once for each sample. */
const made = new WeakMap<Layer, { readonly input: Shape; readonly map: LayerMap }>();

export function layerMap(layer: Layer, input: Shape): LayerMap {
  const known = made.get(layer);
  if (known && known.input.length === input.length && known.input.every((extent, i) => extent === input[i]))
    return known.map;
  const map = makeLayerMap(layer, input);
  made.set(layer, { input, map });
  return map;
}

function makeLayerMap(layer: Layer, input: Shape): LayerMap {
  const map = mapOf(layer, input);
  return 'arithmetic' in layer && (map.kind === 'affine' || map.kind === 'elementwise')
    ? { ...map, arithmetic: layer.arithmetic }
    : map;
}

function mapOf(layer: Layer, input: Shape): LayerMap {
  const inputs = sizeOf(input);
  switch (layer.kind) {
    case 'dense':
      return denseMap(layer);
    case 'conv2d':
      return convolutionMap(layer, input, outputShape(layer, input));
    case 'scale':
      return scaleMap(layer, input);
    case 'maxPool2d':
    case 'averagePool2d':
      return poolMap(layer, input, outputShape(layer, input));
    case 'flatten':
      return { kind: 'identity', inputs, outputs: inputs };
    case 'activation':
    case 'quantize':
      return { kind: 'elementwise', inputs, outputs: inputs, layer };
  }
}

function denseMap({ inputs, outputs, weights, bias }: Dense): AffineMap {
  const nonZeros = weights.reduce((sum, weight) => sum + (weight === 0 ? 0 : 1), 0);
  const starts = new Int32Array(outputs + 1);
  const indices = new Int32Array(nonZeros);
  const values = new Float64Array(nonZeros);
  for (let output = 0, k = 0, used = 0; output < outputs; output++) {
    for (let i = 0; i < inputs; i++, k++) {
      if (weights[k] === 0) continue;
      indices[used] = i;
      values[used++] = weights[k];
    }
    starts[output + 1] = used;
  }
  return { kind: 'affine', inputs, outputs, starts, indices, values, bias, matrix: weights };
}

function convolutionMap(layer: Conv2d, input: Shape, output: Shape): AffineMap {
  const { inputChannels, outputChannels, groups, kernel, weights, bias } = layer;
  const channelsOfGroup = inputChannels / groups;
  const taps = kernel[0] * kernel[1];
  const rows = new Rows();
  const biases = new Float64Array(sizeOf(output));
  forEachWindow(layer, layer.dilations, input, output, (channel, window, position) => {
    const group = Math.floor(channel / (outputChannels / groups));
    for (let c = 0; c < channelsOfGroup; c++) {
      const plane = (group * channelsOfGroup + c) * input[1] * input[2];
      for (const { cell, tap } of window) {
        const weight = weights[(channel * channelsOfGroup + c) * taps + tap];
        if (weight !== 0) rows.entry(plane + cell, weight);
      }
    }
    biases[position] = bias[channel];
    rows.end();
  });
  return { kind: 'affine', inputs: sizeOf(input), outputs: sizeOf(output), ...rows.arrays(), bias: biases };
}

function scaleMap(layer: Scale, input: Shape): AffineMap {
  const size = sizeOf(input);
  const factorSpan = scaleSpan(layer.factor.length, input) as number;
  const offsetSpan = scaleSpan(layer.offset.length, input) as number;
  const rows = new Rows();
  for (let i = 0; i < size; i++) {
    const factor = layer.factor[Math.floor(i / factorSpan)];
    if (factor !== 0) rows.entry(i, factor);
    rows.end();
  }
  const spread = (numbers: Float64Array) =>
    Float64Array.from({ length: size }, (_, i) => numbers[Math.floor(i / offsetSpan)]);
  const biasSize = layer.offsetSize && spread(layer.offsetSize);
  return {
    kind: 'affine',
    inputs: size,
    outputs: size,
    ...rows.arrays(),
    bias: spread(layer.offset),
    isScale: true,
    ...(biasSize && { biasSize }),
  };
}

function poolMap(layer: Pool2d, input: Shape, output: Shape): AffineMap | MaximumMap {
  const rows = new Rows();
  forEachWindow(layer, [1, 1], input, output, (channel, window) => {
    const share = 1 / (layer.countIncludePad ? layer.kernel[0] * layer.kernel[1] : window.length);
    for (const { cell } of window) rows.entry(channel * input[1] * input[2] + cell, share);
    rows.end();
  });
  const { starts, indices, values } = rows.arrays();
  const sizes = { inputs: sizeOf(input), outputs: sizeOf(output), starts, indices };
  return layer.kind === 'maxPool2d'
    ? { kind: 'maximum', ...sizes }
    : { kind: 'affine', ...sizes, values, bias: new Float64Array(sizes.outputs) };
}

interface Cell {
  /** Position in a plane of the input. */
  readonly cell: number;
  /** Position in the kernel. */
  readonly tap: number;
}

/** Calls back for every output position with the cells of its window that are not padding. */
function forEachWindow(
  layer: Pick<Conv2d, 'kernel' | 'strides' | 'pads'>,
  dilations: readonly number[],
  input: Shape,
  output: Shape,
  visit: (channel: number, window: readonly Cell[], position: number) => void,
): void {
  const windows: Cell[][] = [];
  for (let row = 0; row < output[1]; row++) {
    for (let column = 0; column < output[2]; column++) {
      const window: Cell[] = [];
      for (let tap = 0; tap < layer.kernel[0] * layer.kernel[1]; tap++) {
        const r = row * layer.strides[0] - layer.pads[0] + Math.floor(tap / layer.kernel[1]) * dilations[0];
        const c = column * layer.strides[1] - layer.pads[1] + (tap % layer.kernel[1]) * dilations[1];
        if (r >= 0 && r < input[1] && c >= 0 && c < input[2]) window.push({ cell: r * input[2] + c, tap });
      }
      windows.push(window);
    }
  }
  for (let channel = 0, position = 0; channel < output[0]; channel++)
    for (const window of windows) visit(channel, window, position++);
}

/** Collects compressed sparse rows. */
class Rows {
  readonly #starts = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  entry(index: number, value: number): void {
    this.#indices.push(index);
    this.#values.push(value);
  }

  end(): void {
    this.#starts.push(this.#indices.length);
  }

  arrays() {
    return {
      starts: Int32Array.from(this.#starts),
      indices: Int32Array.from(this.#indices),
      values: Float64Array.from(this.#values),
    };
  }
}
