// Tested by onnxruntime.int.test.ts.
import type { Shape } from '../shape.js';
import { NetworkError } from '../network-error.js';
import { sizeOf } from '../shape.js';
import { quotedName } from './quoted-name.js';
import { requireFewAxes, type ReadingBudget } from './reading-budget.js';
import { dataType } from './schema.js';
import type { OnnxTensor } from './schema.js';

/** A constant of the graph: row-major numbers, whatever type the file stores them in. */
export interface Constant {
  readonly kind: 'constant';
  readonly dims: Shape;
  readonly data: Float64Array;
}

/** The number of an IEEE half: 1 bit of sign, 5 of exponent, 10 of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

const words = new DataView(new ArrayBuffer(4));

/** A bfloat16 is the first half of a float32. */
function brainFloat(bits: number): number {
  words.setUint32(0, bits * 65536);
  return words.getFloat32(0);
}

type Decoder = readonly [
  bytes: number,
  read: (view: DataView, at: number) => number,
  field: 'floatData' | 'doubleData' | 'int32Data' | 'int64Data',
];

const decoders = new Map<number, Decoder>([
  [dataType.float, [4, (view, at) => view.getFloat32(at, true), 'floatData']],
  [dataType.double, [8, (view, at) => view.getFloat64(at, true), 'doubleData']],
  [dataType.uint8, [1, (view, at) => view.getUint8(at), 'int32Data']],
  [dataType.int8, [1, (view, at) => view.getInt8(at), 'int32Data']],
  [dataType.uint16, [2, (view, at) => view.getUint16(at, true), 'int32Data']],
  [dataType.int16, [2, (view, at) => view.getInt16(at, true), 'int32Data']],
  [dataType.int32, [4, (view, at) => view.getInt32(at, true), 'int32Data']],
  [dataType.int64, [8, (view, at) => Number(view.getBigInt64(at, true)), 'int64Data']],
  [dataType.uint32, [4, (view, at) => view.getUint32(at, true), 'int64Data']],
  [dataType.uint64, [8, (view, at) => Number(view.getBigUint64(at, true)), 'int64Data']],
  [dataType.float16, [2, (view, at) => half(view.getUint16(at, true)), 'int32Data']],
  [dataType.bfloat16, [2, (view, at) => brainFloat(view.getUint16(at, true)), 'int32Data']],
  [dataType.bool, [1, (view, at) => view.getUint8(at), 'int32Data']],
]);

/**
 * @throws NetworkError 'unsupported' for a type, a place or an amount of the numbers, 'onnx' if there are too few or
 * too many
 */
export function readTensor(tensor: OnnxTensor, budget: ReadingBudget, name = quotedName(tensor.name ?? '')): Constant {
  const dims = tensor.dims ?? [];
  requireFewAxes(dims.length, `tensor ${name}`);
  if (!dims.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new NetworkError('onnx', `tensor ${name} has dimensions [${dims.join(', ')}]`);
  }
  if (tensor.dataLocation) {
    throw new NetworkError(
      'unsupported',
      `tensor ${name} keeps its numbers in another file; store the model as one file: in Python ` +
        'onnx.save_model(onnx.load("net.onnx"), "one.onnx"), or torch.onnx.export(..., external_data=False)',
    );
  }
  const decoder = decoders.get(tensor.dataType ?? 0);
  if (decoder === undefined) {
    throw new NetworkError(
      'unsupported',
      `tensor ${name} has the ONNX data type ${tensor.dataType}; store it as float32 (in Python: onnx.numpy_helper)`,
    );
  }
  const [bytes, read, field] = decoder;
  const raw = tensor.rawData;
  const stored = tensor[field] ?? [];
  const count = raw === undefined || raw.length === 0 ? stored.length : raw.length / bytes;
  if (count !== sizeOf(dims)) {
    throw new NetworkError(
      'onnx',
      `tensor ${name} has ${count} numbers, but its dimensions [${dims.join(', ')}] need ${sizeOf(dims)}`,
    );
  }
  budget.take(count, `tensor ${name}`);
  if (raw === undefined || raw.length === 0) {
    const isCoded = tensor.dataType === dataType.float16 || tensor.dataType === dataType.bfloat16;
    const decode = tensor.dataType === dataType.float16 ? half : brainFloat;
    return { kind: 'constant', dims, data: Float64Array.from(stored, (number) => (isCoded ? decode(number) : number)) };
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const data = new Float64Array(count);
  for (let index = 0; index < count; index++) data[index] = read(view, index * bytes);
  return { kind: 'constant', dims, data };
}

/** For each element of the transposed tensor, its index before. `permutation[k]` is the old axis of new axis k. */
export function transposedIndex(dims: Shape, permutation: readonly number[]): Int32Array {
  const strides = stridesOf(dims);
  return walk(
    permutation.map((axis) => dims[axis]),
    permutation.map((axis) => strides[axis]),
  );
}

/** For each element of a tensor of shape `dims`, the index in one of shape `from` that broadcasts to it (same rank). */
export function broadcastIndex(from: Shape, dims: Shape): Int32Array {
  return walk(
    dims,
    stridesOf(from).map((stride, axis) => (from[axis] === 1 ? 0 : stride)),
  );
}

function stridesOf(dims: Shape): number[] {
  return dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
}

/** Offsets met when all indices of `dims` are counted up, last axis fastest, each axis with its stride. */
function walk(dims: Shape, strides: readonly number[]): Int32Array {
  const offsets = new Int32Array(sizeOf(dims));
  const index = dims.map(() => 0);
  let offset = 0;
  for (let at = 0; at < offsets.length; at++) {
    offsets[at] = offset;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < dims[axis]) break;
      offset -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return offsets;
}
