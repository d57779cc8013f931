/** Elements of a NumPy array as this file writes it. */
export type NpyNumbers = Float64Array | Float32Array;

/**
 * A NumPy .npy file, version 1.0: magic, version, length of the header (uint16), a Python dict as text padded with
 * spaces to a multiple of 64 bytes and ended by a newline, then the numbers, row-major and little-endian.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(numbers: NpyNumbers, shape: readonly number[]): Uint8Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== numbers.length)
    throw new RangeError(`${numbers.length} numbers do not fill the shape [${shape.join(', ')}]`);
  const descriptor = numbers instanceof Float64Array ? '<f8' : '<f4';
  const dict =
    `{'descr': '${descriptor}', 'fortran_order': False, 'shape': ` +
    `(${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const before = 10;
  const headerLength = Math.ceil((before + dict.length + 1) / 64) * 64 - before;
  const bytes = new Uint8Array(before + headerLength + numbers.byteLength);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, headerLength, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(headerLength - 1)}\n`), before);
  // Byte by byte through the view: typed arrays have the order of the machine, files have theirs.
  numbers.forEach((value, i) => {
    const at = before + headerLength + i * numbers.BYTES_PER_ELEMENT;
    if (numbers instanceof Float64Array) view.setFloat64(at, value, true);
    else view.setFloat32(at, value, true);
  });
  return bytes;
}
