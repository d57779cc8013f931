/** A .npy file as numpy.save writes it. @param dtype such as `<f4` */
export function npyBytes(dtype: string, shape: readonly number[], data: ArrayBufferView, fortran = false): Buffer {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${dtype}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sides}), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([
    start,
    Buffer.from(header, 'latin1'),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}

/** Texts of one length, padded with zeros, in UTF-32. */
export function npyTexts(texts: readonly string[]): Buffer {
  const length = Math.max(...texts.map((text) => [...text].length));
  const codes = texts.flatMap((text) => {
    const points = [...text].map((character) => character.codePointAt(0)!);
    return [...points, ...Array<number>(length - points.length).fill(0)];
  });
  return npyBytes(`<U${length}`, [texts.length], Uint32Array.from(codes));
}
