import { writeNpyHeader } from '@mipnet/dataset/stored';

/** Elements of a NumPy array as this file writes it. */
export type NpyNumbers = Float64Array | Float32Array;

/** A NumPy .npy file: the header, then the numbers, row-major and little-endian. */
export function encodeNpy(numbers: NpyNumbers, shape: readonly number[]): Uint8Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== numbers.length)
    throw new RangeError(`${numbers.length} numbers do not fill the shape [${shape.join(', ')}]`);
  const header = writeNpyHeader(numbers instanceof Float64Array ? 'float64' : 'float32', shape);
  const bytes = new Uint8Array(header.length + numbers.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  // Byte by byte through the view: typed arrays have the order of the machine, files have theirs.
  numbers.forEach((value, i) => {
    const at = header.length + i * numbers.BYTES_PER_ELEMENT;
    if (numbers instanceof Float64Array) view.setFloat64(at, value, true);
    else view.setFloat32(at, value, true);
  });
  return bytes;
}
