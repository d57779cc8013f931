// Tested by operators.int.test.ts.
import { sizeOf } from '../../shape.js';
import { along, indexTensor } from '../index-tensor.js';
import type { NodeReader } from '../node-reader.js';
import { quotedName } from '../quoted-name.js';
import { isTooLarge } from '../reading-budget.js';
import { pick, type Signal } from '../signal.js';
import { transposedIndex } from '../tensor.js';
import { asConstant, asSignal, type Operator } from '../value.js';

/** Channels become blocks of pixels, or blocks of pixels channels. */
export const blocks: Operator = (node, inputs) => {
  const signal = imageOf(node, asSignal(inputs[0], node));
  const [, channels, rows, columns] = signal.dims;
  const size = node.int('blocksize', 0);
  const isDepth = node.opType === 'DepthToSpace';
  const mode = isDepth ? node.text('mode', 'DCR') : 'DCR';
  if (mode !== 'DCR' && mode !== 'CRD') node.refuse(`the mode ${quotedName(mode)} is not supported`);
  const parts = [channels / (size * size), rows / size, columns / size];
  if (size < 1 || (isDepth ? [parts[0]] : parts.slice(1)).some((part) => !Number.isInteger(part)))
    node.refuse(`blocks of ${size} do not divide [${signal.dims.join(', ')}]`, 'onnx');
  if (!isDepth) {
    const index = transposedIndex([channels, parts[1], size, parts[2], size], [2, 4, 0, 1, 3]);
    return pick(signal, { index, dims: [1, channels * size * size, parts[1], parts[2]] }, node);
  }
  const [before, permutation] =
    mode === 'DCR'
      ? [
          [size, size, parts[0], rows, columns],
          [2, 3, 0, 4, 1],
        ]
      : [
          [parts[0], size, size, rows, columns],
          [0, 3, 1, 4, 2],
        ];
  const dims = [1, parts[0], rows * size, columns * size];
  return pick(signal, { index: transposedIndex(before, permutation), dims }, node);
};

/** Each pixel several times (nearest neighbour, whole scales). */
export const resize: Operator = (node, inputs) => {
  const signal = imageOf(node, asSignal(inputs[0], node));
  const mode = node.text('mode', 'nearest');
  if (mode !== 'nearest') node.refuse(`the mode ${quotedName(mode)} is not supported, only nearest`);
  node.ignore('cubic_coeff_a', 'extrapolation_value', 'exclude_outside', 'antialias', 'keep_aspect_ratio_policy');
  const scales = scalesOf(node, inputs, signal);
  if (scales.length !== 4 || !scales.every((scale) => Number.isInteger(scale) && scale >= 1))
    node.refuse(`its scales are ${scales.join(', ')}; only whole ones are supported`);
  const sizes = signal.dims.map((extent, axis) => extent * scales[axis]);
  if (isTooLarge(sizes)) node.refuse(`its result has the dimensions [${sizes.join(', ')}], which cannot be read`);
  node.budget.take(2 * sizeOf(sizes), node.label);
  const nearest = nearestOf(node);
  const tensor = scales.reduce((before, scale, axis) => {
    const extent = before.dims[axis];
    if (scale === 1) return before;
    const places = Array.from({ length: extent * scale }, (_, at) =>
      Math.min(extent - 1, Math.max(0, nearest(at, scale))),
    );
    return along(before, axis, places);
  }, indexTensor(signal.dims));
  return pick(signal, { index: tensor.data, dims: tensor.dims }, node);
};

function scalesOf(node: NodeReader, inputs: Parameters<Operator>[1], signal: Signal): number[] {
  const isOld = node.opType === 'Upsample' || inputs.length === 2;
  const scales = inputs[isOld ? 1 : 2];
  const given = node.floats('scales') ?? (scales && [...asConstant(scales, 'scales', node).data]);
  if (given !== undefined && given.length > 0) return [...given];
  if (signal.dynamic) node.refuse('its sizes say how large the batch is; give scales, or fix the batch to 1');
  const sizes = asConstant(inputs[3], 'sizes', node).data;
  return signal.dims.map((extent, axis) => sizes[axis] / extent);
}

/** The pixel that stands at a place of the larger image. */
function nearestOf(node: NodeReader): (at: number, scale: number) => number {
  if (node.opType === 'Upsample') return (at, scale) => Math.floor(at / scale);
  const coordinates = node.text('coordinate_transformation_mode', 'half_pixel');
  const rounding = node.text('nearest_mode', 'round_prefer_floor');
  const roundings: Readonly<Record<string, (x: number) => number>> = {
    round_prefer_floor: (x) => Math.ceil(x - 0.5),
    round_prefer_ceil: (x) => Math.floor(x + 0.5),
    floor: Math.floor,
    ceil: Math.ceil,
  };
  const round = roundings[rounding];
  if (round === undefined) return node.refuse(`nearest_mode ${quotedName(rounding)} is not supported`);
  if (coordinates === 'asymmetric') return (at, scale) => round(at / scale);
  if (coordinates === 'half_pixel' || coordinates === 'pytorch_half_pixel')
    return (at, scale) => round((at + 0.5) / scale - 0.5);
  return node.refuse(`coordinate_transformation_mode ${quotedName(coordinates)} is not supported`);
}

function imageOf(node: NodeReader, signal: Signal): Signal {
  return signal.dims.length === 4 && signal.dims[0] === 1
    ? signal
    : node.refuse(`it works on [${signal.dims.join(', ')}]; only a batch of channels x rows x columns is supported`);
}
