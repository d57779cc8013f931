// Tested by onnxruntime.int.test.ts.
import { sizeOf, type Shape } from '../shape.js';

/** Positions as a tensor: what a node that only moves numbers makes of the numbers 0, 1, 2, ...; -1: a constant. */
export interface IndexTensor {
  readonly dims: Shape;
  readonly data: Int32Array;
}

/** Every number at its own position. */
export const indexTensor = (dims: Shape): IndexTensor => ({
  dims,
  data: Int32Array.from({ length: sizeOf(dims) }, (_, position) => position),
});

/**
 * Other positions along one axis.
 * @param places for each place of the result along the axis the place before; -1: a constant
 */
export function along({ dims, data }: IndexTensor, axis: number, places: ArrayLike<number>): IndexTensor {
  const inner = sizeOf(dims.slice(axis + 1));
  const outer = sizeOf(dims.slice(0, axis));
  const result = new Int32Array(outer * places.length * inner);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (let place = 0; place < places.length; place++) {
      const from = (block * dims[axis] + places[place]) * inner;
      for (let at = 0; at < inner; at++) result[to++] = places[place] < 0 ? -1 : data[from + at];
    }
  }
  return { dims: dims.with(axis, places.length), data: result };
}

/** Tensors one after the other along an axis; all other extents are equal. */
export function sideBySide(parts: readonly IndexTensor[], axis: number): IndexTensor {
  const [{ dims }] = parts;
  const inner = sizeOf(dims.slice(axis + 1));
  const outer = sizeOf(dims.slice(0, axis));
  const extent = parts.reduce((sum, part) => sum + part.dims[axis], 0);
  const data = new Int32Array(outer * extent * inner);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (const part of parts) {
      const length = part.dims[axis] * inner;
      data.set(part.data.subarray(block * length, (block + 1) * length), to);
      to += length;
    }
  }
  return { dims: dims.with(axis, extent), data };
}
