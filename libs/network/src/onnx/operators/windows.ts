// Tested by ../damaged-model.unit.test.ts.
import type { Shape } from '../../shape.js';
import type { NodeReader } from '../node-reader.js';
import { quotedName } from '../quoted-name.js';
import { addLayer, asImage } from '../signal.js';
import type { Signal } from '../signal.js';
import { asConstant, asSignal } from '../value.js';
import type { Operator } from '../value.js';

type Pair = readonly [number, number];
type Pads = readonly [number, number, number, number];

export const conv: Operator = (node, inputs) => {
  const image = asImage(asSignal(inputs[0], node), node);
  const weights = asConstant(inputs[1], 'W', node);
  if (weights.dims.length !== 4)
    node.refuse(`its weights have dimensions [${weights.dims.join(', ')}], not four`, 'onnx');
  if (weights.data.length === 0) node.refuse('its weights are empty', 'onnx');
  const [outputChannels, channelsOfGroup, ...kernelDims] = weights.dims;
  const kernel = kernelDims as unknown as Pair;
  const given = node.ints('kernel_shape');
  if (given !== undefined && (given.length !== 2 || given[0] !== kernel[0] || given[1] !== kernel[1])) {
    node.refuse(`kernel_shape [${given.join(', ')}] is not that of its weights, [${kernel.join(', ')}]`, 'onnx');
  }
  const groups = node.int('group', 1);
  const strides = pair('strides', node);
  const dilations = pair('dilations', node);
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
      pads: padsOf(image.shape, kernel, strides, dilations, node),
      weights: weights.data,
      bias,
    },
    node,
  );
  return { ...asSeen(added), open: inputs[2] === undefined };
};

export const pool: Operator = (node, inputs) => {
  const image = asImage(asSignal(inputs[0], node), node);
  const kind = node.opType === 'MaxPool' ? 'maxPool2d' : 'averagePool2d';
  if (!node.has('kernel_shape')) node.refuse('kernel_shape is missing', 'onnx');
  const kernel = pair('kernel_shape', node);
  const strides = pair('strides', node);
  if (pair('dilations', node).some((dilation) => dilation !== 1)) node.refuse('dilated pools are not supported');
  const pads = padsOf(image.shape, kernel, strides, [1, 1], node);
  const roundsUp = node.int('ceil_mode', 0) !== 0;
  for (const axis of [0, 1] as const) {
    const slack = image.shape[axis + 1] + pads[axis] + pads[axis + 2] - kernel[axis];
    if (roundsUp && slack % strides[axis] !== 0)
      node.refuse('ceil_mode adds a window that reaches over the edge; pad explicitly instead');
  }
  const countIncludePad = kind === 'averagePool2d' && node.int('count_include_pad', 0) !== 0;
  node.ignore('storage_order');
  return asSeen(addLayer(image, { kind, kernel, strides, pads, countIncludePad }, node));
};

export const globalAveragePool: Operator = (node, inputs) => {
  const image = asImage(asSignal(inputs[0], node), node);
  const kernel: Pair = [image.shape[1], image.shape[2]];
  return asSeen(
    addLayer(
      image,
      { kind: 'averagePool2d', kernel, strides: [1, 1], pads: [0, 0, 0, 0], countIncludePad: false },
      node,
    ),
  );
};

function asSeen(signal: Signal): Signal {
  return { ...signal, dims: [1, ...signal.shape] };
}

function pair(name: string, node: NodeReader): Pair {
  const numbers = node.ints(name) ?? [1, 1];
  if (numbers.length !== 2) return node.refuse(`${name} is [${numbers.join(', ')}], not rows and columns`);
  return [numbers[0], numbers[1]];
}

/**
 * Explicit pads, or what auto_pad makes of them: SAME gives ceil(extent / stride) windows, the odd cell at the end or
 * the start.
 */
function padsOf(image: Shape, kernel: Pair, strides: Pair, dilations: Pair, node: NodeReader): Pads {
  const mode = node.text('auto_pad', 'NOTSET');
  const given = node.ints('pads');
  if (mode === 'NOTSET' || mode === '') {
    if (given === undefined) return [0, 0, 0, 0];
    return given.length === 4
      ? [given[0], given[1], given[2], given[3]]
      : node.refuse(`pads is [${given.join(', ')}], not four numbers`);
  }
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
