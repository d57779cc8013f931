import { DatasetError } from './dataset-error.js';

/** Types of numbers that are read from NumPy arrays. */
export type NpyType =
  'bool' | 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

export interface NpyHeader {
  readonly type: NpyType;
  /** Of one number. */
  readonly bytes: number;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  /** Bytes before the numbers. */
  readonly length: number;
}

/** Bytes that hold any header of an array of numbers. */
export const mostNpyHeader = 2 ** 16;

const types: Readonly<Record<string, readonly [type: NpyType, bytes: number]>> = {
  b1: ['bool', 1],
  i1: ['int8', 1],
  u1: ['uint8', 1],
  i2: ['int16', 2],
  u2: ['uint16', 2],
  i4: ['int32', 4],
  u4: ['uint32', 4],
  i8: ['int64', 8],
  u8: ['uint64', 8],
  f4: ['float32', 4],
  f8: ['float64', 8],
};

/** The NumPy code of a type, little-endian. */
const codes = { float32: '<f4', float64: '<f8', int64: '<i8' } as const;

/**
 * Reads the header of a NumPy .npy file: magic, version, length, a Python dict as text. Row-major arrays of numbers are
 * supported; objects (pickles) can run code and are never loaded.
 * @param start the first bytes of the file, `mostNpyHeader` of them or the whole file
 * @throws DatasetError 'damaged' | 'bad-input'
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function parseNpyHeader(start: Uint8Array, path: string): NpyHeader {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const refuse = (why: string): DatasetError => new DatasetError('bad-input', `${path} ${why}`);
  const damaged = (why: string): DatasetError =>
    new DatasetError('damaged', `${path} is not a whole .npy file: ${why}. Save it again with numpy.save`);
  if (start.length === 0) throw refuse('is empty');
  if (start.length < 12 || Buffer.from(start.subarray(0, 6)).toString('latin1') !== '\x93NUMPY') {
    const isZip = start[0] === 0x50 && start[1] === 0x4b;
    throw refuse(
      isZip
        ? 'is a .npz archive of several arrays, not one .npy array; save the one array with numpy.save'
        : 'is no .npy file; save the array with numpy.save',
    );
  }
  const version = start[6];
  if (version < 1 || version > 3) throw refuse(`has version ${version} of the .npy format; versions 1 to 3 are read`);
  const before = version === 1 ? 10 : 12;
  const length = before + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (length > mostNpyHeader) throw refuse('has a header of more than 64 KiB; save one array of numbers');
  if (length > start.length) throw damaged('its header is cut off');
  const dict = Buffer.from(start.subarray(before, length)).toString('latin1');

  const descriptor = /'descr':\s*(?:'([^']*)'|(\[))/.exec(dict);
  const order = /'fortran_order':\s*(True|False)/.exec(dict)?.[1];
  const dims = /'shape':\s*\(([\d\s,L]*)\)/.exec(dict)?.[1];
  if (descriptor === null || order === undefined || dims === undefined) throw damaged('its header is unreadable');
  if (descriptor[2] !== undefined)
    throw refuse('holds records with named fields; save an array of numbers, rows x inputs');
  const [mark, code] = [descriptor[1][0], descriptor[1].slice(1)];
  if (code.startsWith('O'))
    throw refuse('holds Python objects (a pickle), which are never loaded; save an array of numbers');
  const known = Object.hasOwn(types, code) ? types[code] : undefined;
  if (known === undefined || !'<>|='.includes(mark))
    throw refuse(`holds numbers of the type '${descriptor[1]}'; save them as float32: X.astype('float32')`);
  const shape = dims
    .split(',')
    .map((text) => text.trim().replace(/L$/, ''))
    .filter((text) => text !== '')
    .map(Number);
  if (!shape.every(Number.isSafeInteger)) throw damaged('its shape is unreadable');
  const isColumnMajor = order === 'True' && shape.filter((extent) => extent > 1).length > 1;
  if (isColumnMajor)
    throw refuse('is in Fortran order (column by column); save it row by row: numpy.ascontiguousarray(X)');
  return { type: known[0], bytes: known[1], littleEndian: mark !== '>', shape, length };
}

/**
 * The header of an array, padded to a multiple of 64 bytes.
 * @param room bytes of the header at least, so that it can be written again when the shape is known
 */
export function npyHeader(type: keyof typeof codes, shape: readonly number[], room = 0): Uint8Array {
  const dict =
    `{'descr': '${codes[type]}', 'fortran_order': False, 'shape': ` +
    `(${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const before = 10;
  const length = Math.max(room, Math.ceil((before + dict.length + 1) / 64) * 64);
  const bytes = new Uint8Array(length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - before, true);
  bytes.set(new TextEncoder().encode(`${dict.padEnd(length - before - 1)}\n`), before);
  return bytes;
}
