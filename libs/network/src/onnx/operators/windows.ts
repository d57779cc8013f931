// Tested by ../damaged-model.unit.test.ts.
import { forEachWindow } from '../../layers/windows.js';
import { sizeOf, type Shape } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { quotedName } from '../quoted-name.js';
import { addLayer, asImage, pick } from '../signal.js';
import type { Signal } from '../signal.js';
import { asConstant, asSignal } from '../value.js';
import type { Operator } from '../value.js';
import { overWindows } from './extremes.js';

type Pair = readonly [number, number];
type Pads = readonly [number, number, number, number];

export const conv: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const rank = signal.dims.length;
  const image = asImage(signal, node);
  const { filters, kernel, groups, weights } = filtersOf(node, inputs, rank);
  const [outputChannels, channelsOfGroup] = filters;
  const strides = pair('strides', node, rank);
  const dilations = pair('dilations', node, rank);
  const bias = inputs[2] === undefined ? new Float64Array(outputChannels) : asConstant(inputs[2], 'B', node).data;
  const added = addLayer(
    image,
    {
      kind: 'conv2d',
      inputChannels: channelsOfGroup * groups,
      outputChannels,
      groups,
      kernel,
      strides,
      dilations,
      pads: padsOf(image.shape, { kernel, strides, dilations, rank }, node),
      weights,
      bias,
    },
    node,
  );
  return { ...asSeen(added, rank), open: inputs[2] === undefined };
};

/** The weights of a convolution: first and second extent, kernel as rows and columns. */
function filtersOf(node: NodeReader, inputs: Parameters<Operator>[1], rank: number) {
  const weights = asConstant(inputs[1], 'W', node);
  if (weights.dims.length !== rank)
    node.refuse(
      `its weights have dimensions [${weights.dims.join(', ')}], not ${rank === 4 ? 'four' : 'three'}`,
      'onnx',
    );
  if (weights.data.length === 0) node.refuse('its weights are empty', 'onnx');
  const [first, second, ...kernelDims] = weights.dims;
  const given = node.ints('kernel_shape');
  if (
    given !== undefined &&
    (given.length !== kernelDims.length || given.some((extent, k) => extent !== kernelDims[k]))
  )
    node.refuse(`kernel_shape [${given.join(', ')}] is not that of its weights, [${kernelDims.join(', ')}]`, 'onnx');
  const kernel = (rank === 4 ? kernelDims : [1, ...kernelDims]) as unknown as Pair;
  return { filters: [first, second] as const, kernel, groups: node.int('group', 1), weights: weights.data };
}

/**
 * The transposed convolution: zeros between the numbers of the image and a border around it, then a convolution with
 * each filter turned by 180 degrees.
 */
export const convTranspose: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const rank = signal.dims.length;
  const image = asImage(signal, node);
  const { filters, kernel, groups, weights } = filtersOf(node, inputs, rank);
  const [inputChannels, filtersOfGroup] = filters;
  const channels = image.shape[0];
  if (inputChannels !== channels || !Number.isInteger(inputChannels / groups) || groups < 1)
    node.refuse(`its weights are for ${inputChannels} channels in ${groups} groups, but it gets ${channels}`, 'onnx');
  const strides = pair('strides', node, rank);
  const dilations = pair('dilations', node, rank);
  const extra = pair('output_padding', node, rank, 0);
  const reach = kernel.map((extent, axis) => (extent - 1) * dilations[axis]);
  const sizes = ([0, 1] as const).map(
    (axis) => strides[axis] * (image.shape[axis + 1] - 1) + extra[axis] + reach[axis] + 1,
  );
  const [top, left, bottom, right] = transposedPads(image.shape, sizes, strides, rank, node);
  const extents = [sizes[0] - top - bottom + reach[0], sizes[1] - left - right + reach[1]];
  if (extents.some((extent) => extent < 1)) node.refuse('its pads leave no output', 'onnx');
  const spread = stuffed(image, { strides, starts: [reach[0] - top, reach[1] - left], extents }, node);
  const outputChannels = filtersOfGroup * groups;
  const bias = inputs[2] === undefined ? new Float64Array(outputChannels) : asConstant(inputs[2], 'B', node).data;
  node.budget.take(weights.length, node.label);
  const added = addLayer(
    spread,
    {
      kind: 'conv2d',
      inputChannels,
      outputChannels,
      groups,
      kernel,
      strides: [1, 1],
      dilations,
      pads: [0, 0, 0, 0],
      weights: turned(weights, filtersOfGroup, inputChannels / groups, kernel[0] * kernel[1]),
      bias,
    },
    node,
  );
  return { ...asSeen(added, rank), open: inputs[2] === undefined };
};

/** Input channels x filters x taps -> filters of all groups x input channels of a group x taps from the last on. */
function turned(weights: Float64Array, filters: number, channels: number, taps: number): Float64Array {
  return Float64Array.from(weights, (_, at) => {
    const tap = at % taps;
    const channel = Math.floor(at / taps) % channels;
    const filter = Math.floor(at / (taps * channels));
    const group = Math.floor(filter / filters);
    return weights[((group * channels + channel) * filters + (filter % filters)) * taps + taps - 1 - tap];
  });
}

/** The image with zeros between its numbers, in a larger (or cut) image that begins `starts` before it. */
function stuffed(
  image: Signal,
  { strides, starts, extents }: { strides: Pair; starts: Pair; extents: readonly number[] },
  node: NodeReader,
): Signal {
  const [channels, rows, columns] = image.shape;
  node.budget.take(channels * extents[0] * extents[1], node.label);
  const placeOf = (at: number, axis: 0 | 1, extent: number): number => {
    const place = (at - starts[axis]) / strides[axis];
    return Number.isInteger(place) && place >= 0 && place < extent ? place : -1;
  };
  const [rowOf, columnOf] = [
    Array.from({ length: extents[0] }, (_, at) => placeOf(at, 0, rows)),
    Array.from({ length: extents[1] }, (_, at) => placeOf(at, 1, columns)),
  ];
  const index = new Int32Array(channels * extents[0] * extents[1]);
  let to = 0;
  for (let channel = 0; channel < channels; channel++)
    for (const row of rowOf)
      for (const column of columnOf)
        index[to++] = row < 0 || column < 0 ? -1 : (channel * rows + row) * columns + column;
  const dims = [1, channels, ...extents];
  return pick({ ...image, dims: [1, ...image.shape] }, { index, dims }, node);
}

/** What is cut from the full output: `pads`, or what auto_pad or output_shape make of it. */
function transposedPads(image: Shape, sizes: readonly number[], strides: Pair, rank: number, node: NodeReader): Pads {
  const mode = node.text('auto_pad', 'NOTSET');
  const given = node.ints('output_shape');
  const pads = node.ints('pads');
  if (given === undefined && (mode === 'NOTSET' || mode === '' || mode === 'VALID'))
    return mode === 'VALID' ? [0, 0, 0, 0] : explicitPads(pads, rank, node);
  if (mode !== 'NOTSET' && mode !== '' && mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER')
    return node.refuse(`auto_pad ${quotedName(mode)} is not supported`);
  if (given !== undefined && given.length !== rank - 2 && given.length !== rank)
    node.refuse(`output_shape is [${given.join(', ')}]`, 'onnx');
  const asked = given?.slice(-(rank - 2));
  const output = asked === undefined ? undefined : rank === 4 ? asked : [1, ...asked];
  const total = sizes.map((size, axis) => Math.max(0, size - (output?.[axis] ?? image[axis + 1] * strides[axis])));
  const [less, more] = [total.map((pad) => Math.floor(pad / 2)), total.map((pad) => Math.ceil(pad / 2))];
  const starts = mode === 'SAME_UPPER' ? less : more;
  // An output_shape may be larger than all that the filters reach: the pads at the end are negative then.
  const ends = sizes.map((size, axis) => (output === undefined ? total[axis] : size - output[axis]) - starts[axis]);
  return [starts[0], starts[1], ends[0], ends[1]];
}

export const pool: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const rank = signal.dims.length;
  const image = asImage(signal, node);
  const kind = node.opType === 'MaxPool' ? 'maxPool2d' : 'averagePool2d';
  if (!node.has('kernel_shape')) node.refuse('kernel_shape is missing', 'onnx');
  const kernel = pair('kernel_shape', node, rank);
  const strides = pair('strides', node, rank);
  const dilations = pair('dilations', node, rank);
  const countIncludePad = kind === 'averagePool2d' && node.int('count_include_pad', 0) !== 0;
  const given = padsOf(image.shape, { kernel, strides, dilations, rank }, node);
  const pads = node.int('ceil_mode', 0) === 0 ? given : withCeiling(image.shape, { kernel, strides, dilations }, given);
  if (countIncludePad && pads !== given)
    node.refuse('ceil_mode with count_include_pad divides by windows that reach over the edge; pad explicitly instead');
  node.ignore('storage_order');
  if (dilations.every((dilation) => dilation === 1))
    return asSeen(addLayer(image, { kind, kernel, strides, pads, countIncludePad }, node), rank);
  return dilatedPool(image, { kind, kernel, strides, dilations, pads, countIncludePad }, rank, node);
};

interface Pool {
  readonly kind: 'maxPool2d' | 'averagePool2d';
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: Pads;
  readonly countIncludePad: boolean;
}

/** The end pads with which the last windows, which reach over the edge, fit; a window begins before the end pads. */
function withCeiling(
  image: Shape,
  { kernel, strides, dilations }: Pick<Pool, 'kernel' | 'strides' | 'dilations'>,
  pads: Pads,
): Pads {
  const ends = ([0, 1] as const).map((axis) => {
    const extent = image[axis + 1];
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const slack = extent + pads[axis] + pads[axis + 2] - reach;
    let last = Math.ceil(slack / strides[axis]);
    if (last * strides[axis] >= extent + pads[axis]) last--;
    return last * strides[axis] + reach - extent - pads[axis];
  });
  if (ends[0] <= pads[2] && ends[1] <= pads[3]) return pads;
  return [pads[0], pads[1], Math.max(pads[2], ends[0]), Math.max(pads[3], ends[1])];
}

/** Windows with holes: their numbers side by side, then a pool of windows without. */
function dilatedPool(image: Signal, layer: Pool, rank: number, node: NodeReader): Signal {
  const { kind, kernel, strides, dilations, pads, countIncludePad } = layer;
  const extents = ([0, 1] as const).map(
    (axis) =>
      Math.floor(
        (image.shape[axis + 1] + pads[axis] + pads[axis + 2] - (kernel[axis] - 1) * dilations[axis] - 1) /
          strides[axis],
      ) + 1,
  );
  if (extents.some((extent) => extent < 1)) node.refuse('its window is larger than the padded image', 'onnx');
  const [channels, rows, columns] = image.shape;
  const width = kernel[0] * kernel[1];
  const output = [channels, ...extents];
  node.budget.take(2 * sizeOf(output) * width, node.label);
  const index = new Int32Array(sizeOf(output) * width).fill(-1);
  forEachWindow(layer, image.shape, output, (channel, window, position) => {
    if (window.length === 0 || (kind === 'averagePool2d' && !countIncludePad && window.length < width))
      node.refuse('its dilated windows reach over the edge; pad explicitly instead, or count the pads');
    const plane = channel * rows * columns;
    for (let tap = 0; tap < width; tap++) {
      // A maximum does not change if a number takes part twice; an average takes a pad for zero.
      const cell = window[tap] ?? (kind === 'maxPool2d' ? window[0] : undefined);
      if (cell !== undefined) index[position * width + tap] = plane + cell.cell;
    }
  });
  const dims = rank === 4 ? [1, ...output] : [1, channels, extents[1]];
  return overWindows(kind, { ...image, dims: [1, ...image.shape] }, { index, width, dims }, node);
}

export const globalPool: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const image = asImage(signal, node);
  const kind = node.opType === 'GlobalMaxPool' ? 'maxPool2d' : 'averagePool2d';
  const kernel: Pair = [image.shape[1], image.shape[2]];
  return asSeen(
    addLayer(image, { kind, kernel, strides: [1, 1], pads: [0, 0, 0, 0], countIncludePad: false }, node),
    signal.dims.length,
  );
};

/** As ONNX sees an image, or a row of numbers per channel. */
function asSeen(signal: Signal, rank: number): Signal {
  const { shape } = signal;
  return { ...signal, dims: rank === 4 ? [1, ...shape] : [1, shape[0], shape[2]] };
}

/** Rows and columns; what works on columns alone has one row. */
function pair(name: string, node: NodeReader, rank: number, row = 1): Pair {
  const numbers = node.ints(name) ?? (rank === 4 ? [row, row] : [row]);
  if (numbers.length !== rank - 2)
    return node.refuse(`${name} is [${numbers.join(', ')}], not ${rank === 4 ? 'rows and columns' : 'one number'}`);
  return rank === 4 ? [numbers[0], numbers[1]] : [row, numbers[0]];
}

function explicitPads(given: readonly number[] | undefined, rank: number, node: NodeReader): Pads {
  if (given === undefined) return [0, 0, 0, 0];
  if (given.length !== 2 * (rank - 2))
    return node.refuse(`pads is [${given.join(', ')}], not ${rank === 4 ? 'four' : 'two'} numbers`);
  return rank === 4 ? [given[0], given[1], given[2], given[3]] : [0, given[0], 0, given[1]];
}

/**
 * Explicit pads, or what auto_pad makes of them: SAME gives ceil(extent / stride) windows, the odd cell at the end or
 * the start.
 */
function padsOf(
  image: Shape,
  { kernel, strides, dilations, rank }: { kernel: Pair; strides: Pair; dilations: Pair; rank: number },
  node: NodeReader,
): Pads {
  const mode = node.text('auto_pad', 'NOTSET');
  const given = node.ints('pads');
  if (mode === 'NOTSET' || mode === '') return explicitPads(given, rank, node);
  if (mode === 'VALID') return [0, 0, 0, 0];
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER')
    return node.refuse(`auto_pad ${quotedName(mode)} is not supported`);
  // The ONNX runtime refuses it, too.
  if (dilations.some((dilation) => dilation !== 1))
    return node.refuse(`auto_pad ${mode} with dilations is not supported; give the pads as numbers`);
  const total = ([0, 1] as const).map((axis) => {
    const windows = Math.ceil(image[axis + 1] / strides[axis]);
    return Math.max((windows - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - image[axis + 1], 0);
  });
  const less = total.map((pad) => Math.floor(pad / 2));
  const more = total.map((pad) => Math.ceil(pad / 2));
  return mode === 'SAME_UPPER' ? [less[0], less[1], more[0], more[1]] : [more[0], more[1], less[0], less[1]];
}
