// Tested by ../onnxruntime.int.test.ts.
import { sizeOf, type Shape } from '../../shape.js';
import { along, indexTensor, type IndexTensor } from '../index-tensor.js';
import type { NodeReader } from '../node-reader.js';
import { quotedName } from '../quoted-name.js';
import { isTooLarge } from '../reading-budget.js';
import { pick, type Signal } from '../signal.js';
import { broadcastIndex } from '../tensor.js';
import { asConstant, asNumber, asSignal, type Operator } from '../value.js';
import { broadcastDims, integersOf, normalized } from './axes.js';

/** A part of the signal along some axes, with steps. */
export const slice: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const starts = integersOf(node, inputs, 'starts', 1) ?? node.refuse('its starts are missing', 'onnx');
  const ends = integersOf(node, inputs, 'ends', 2) ?? node.refuse('its ends are missing', 'onnx');
  const axes = integersOf(node, inputs, 'axes', 3) ?? starts.map((_, axis) => axis);
  const steps = inputs[4] === undefined ? starts.map(() => 1) : [...asConstant(inputs[4], 'steps', node).data];
  if ([ends, axes, steps].some(({ length }) => length !== starts.length))
    node.refuse('its starts, ends, axes and steps differ in number', 'onnx');
  const tensor = axes.reduce((before, given, at) => {
    const axis = normalized(given, signal.dims.length, node);
    return along(before, axis, placesBetween(starts[at], ends[at], steps[at], before.dims[axis], node));
  }, indexTensor(signal.dims));
  return moved(signal, tensor, node);
};

/** The places of a slice, as numpy clamps them. */
function placesBetween(start: number, end: number, step: number, extent: number, node: NodeReader): number[] {
  if (!Number.isInteger(step) || step === 0) node.refuse(`a step is ${step}`, 'onnx');
  const clamped = (place: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, place < 0 ? place + extent : place));
  const [first, last] =
    step > 0
      ? [clamped(start, 0, extent), clamped(end, 0, extent)]
      : [clamped(start, 0, extent - 1), clamped(end, -1, extent - 1)];
  const count = Math.max(0, Math.ceil((last - first) / step));
  return Array.from({ length: count }, (_, at) => first + at * step);
}

/** Chosen places along one axis. */
export const gather: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const indices = asConstant(inputs[1], 'indices', node);
  const axis = normalized(node.int('axis', 0), signal.dims.length, node);
  const extent = signal.dims[axis];
  const places = indices.data.map((place) => (place < 0 ? place + extent : place));
  if (!places.every((place) => Number.isInteger(place) && place >= 0 && place < extent))
    node.refuse(`an index is outside the ${extent} places of axis ${axis}`, 'onnx');
  const dims = [...signal.dims.slice(0, axis), ...indices.dims, ...signal.dims.slice(axis + 1)];
  requireSize(dims, node);
  if (signal.dynamic && axis === 0) node.refuse('it picks samples of the batch; fix the batch to 1');
  return moved(signal, { ...along(indexTensor(signal.dims), axis, places), dims }, node);
};

/** Parts along one axis, one per output. */
export const split: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const axis = normalized(node.int('axis', 0), signal.dims.length, node);
  const extent = signal.dims[axis];
  const parts = node.has('num_outputs') ? node.int('num_outputs', node.outputs) : node.outputs;
  const part = Math.ceil(extent / parts);
  const given =
    integersOf(node, inputs, 'split', 1) ??
    Array.from({ length: parts }, (_, at) => Math.min(part, extent - at * part));
  if (
    given.length !== node.outputs ||
    given.reduce((sum, own) => sum + own, 0) !== extent ||
    given.some((own) => own < 0)
  )
    node.refuse(`it splits ${extent} places into ${node.outputs} parts of ${given.join(', ')}`, 'onnx');
  let start = 0;
  return given.map((own) => {
    const places = Array.from({ length: own }, (_, at) => start + at);
    start += own;
    return own === 0 ? undefined : moved(signal, along(indexTensor(signal.dims), axis, places), node);
  });
};

/** A border of a constant, of the nearest numbers, or mirrored; negative pads cut. */
export const pad: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const rank = signal.dims.length;
  const given = node.ints('pads') ?? [...asConstant(inputs[1], 'pads', node).data];
  const mode = node.text('mode', 'constant');
  const value = inputs[2] === undefined ? node.float('value', 0) : asNumber(inputs[2], 'constant value', node);
  const axes =
    inputs[3] === undefined ? signal.dims.map((_, axis) => axis) : [...asConstant(inputs[3], 'axes', node).data];
  if (given.length !== 2 * axes.length) node.refuse(`it has ${given.length} pads for ${axes.length} axes`, 'onnx');
  // The ONNX runtime refuses it, too.
  if (mode === 'reflect' && given.some((own) => own < 0)) node.refuse('it cuts and mirrors; cut with a Slice instead');
  const sizes = signal.dims.slice();
  axes.forEach((axis, at) => (sizes[normalized(axis, rank, node)] += given[at] + given[at + axes.length]));
  requireSize(sizes, node);
  const tensor = axes.reduce((before, axisGiven, at) => {
    const axis = normalized(axisGiven, rank, node);
    const extent = before.dims[axis];
    const length = extent + given[at] + given[at + axes.length];
    const places = Array.from({ length }, (_, place) => placeOf(place - given[at], extent, mode, node));
    return along(before, axis, places);
  }, indexTensor(signal.dims));
  const constants = value === 0 ? undefined : new Float64Array(tensor.data.length).fill(value);
  return pick(signal, { index: tensor.data, dims: tensor.dims, constants }, node);
};

function placeOf(place: number, extent: number, mode: string, node: NodeReader): number {
  if (place >= 0 && place < extent) return place;
  switch (mode) {
    case 'constant':
      return -1;
    case 'edge':
      return Math.min(extent - 1, Math.max(0, place));
    case 'wrap':
      return ((place % extent) + extent) % extent;
    case 'reflect': {
      const mirrored = place < 0 ? -place : 2 * (extent - 1) - place;
      return mirrored >= 0 && mirrored < extent
        ? mirrored
        : node.refuse(`it mirrors more than the ${extent} places that there are`, 'onnx');
    }
    default:
      return node.refuse(`the mode ${quotedName(mode)} is not supported; use constant, edge, reflect or wrap`);
  }
}

/** Numbers repeated along axes of extent one. */
export const expand: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const shape = [...asConstant(inputs[1], 'shape', node).data];
  return expanded(signal, broadcastDims([signal.dims, shape], node), node);
};

/** The signal as often along each axis as is asked. */
export const tile: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const repeats = [...asConstant(inputs[1], 'repeats', node).data];
  if (repeats.length !== signal.dims.length)
    node.refuse(`it has ${repeats.length} repeats for ${signal.dims.length} axes`, 'onnx');
  requireSize(
    signal.dims.map((extent, axis) => extent * repeats[axis]),
    node,
  );
  const tensor = repeats.reduce((before, times, axis) => {
    const extent = before.dims[axis];
    return along(
      before,
      axis,
      Array.from({ length: times * extent }, (_, place) => place % extent),
    );
  }, indexTensor(signal.dims));
  return moved(signal, tensor, node);
};

/** The signal broadcast to other dimensions. */
export function expanded(signal: Signal, dims: Shape, node: NodeReader): Signal {
  if (signal.dims.length === dims.length && dims.every((extent, axis) => extent === signal.dims[axis])) return signal;
  requireSize(dims, node);
  const from = [...dims.slice(signal.dims.length).map(() => 1), ...signal.dims];
  if (signal.dynamic && from.length !== signal.dims.length)
    node.refuse('it moves the batch from the first axis; fix the batch to 1');
  return moved(signal, { dims, data: broadcastIndex(from, dims) }, node);
}

const moved = (signal: Signal, { dims, data }: IndexTensor, node: NodeReader): Signal =>
  pick(signal, { index: data, dims }, node);

function requireSize(dims: Shape, node: NodeReader): void {
  if (!dims.every((extent) => Number.isInteger(extent) && extent >= 0) || isTooLarge(dims))
    node.refuse(`its result has the dimensions [${dims.join(', ')}], which cannot be read`);
  node.budget.take(sizeOf(dims), node.label);
}
