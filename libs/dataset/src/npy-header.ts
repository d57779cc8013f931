/** The NumPy code of a type, little-endian. */
const codes = { uint8: '|u1', float32: '<f4', float64: '<f8', int64: '<i8' } as const;

/** Numbers, or texts of at most so many letters, four bytes each. */
type NpyType = keyof typeof codes | { readonly letters: number };

/**
 * The header of a NumPy .npy file, version 1.0: magic, version, length, a Python dict as text, padded with spaces to a
 * multiple of 64 bytes.
 * @param room bytes of the header at least, so that it can be written again when the shape is known
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function writeNpyHeader(type: NpyType, shape: readonly number[], room = 0): Uint8Array {
  const descr = typeof type === 'string' ? codes[type] : `<U${type.letters}`;
  const dict =
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ` +
    `(${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const before = 10;
  const length = Math.max(room, Math.ceil((before + dict.length + 1) / 64) * 64);
  const bytes = new Uint8Array(length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - before, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(length - before - 1)}\n`), before);
  return bytes;
}
