import { DatasetError } from './dataset-error.js';

/** An array of NumPy: numbers row-major, the last dimension running fastest; or texts. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** NumPy's name without the byte order: u1, i8, f4, b1, U, S. */
  readonly type: string;
  readonly values: NpyNumbers | readonly string[];
}

export type NpyNumbers =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

export type NpyHeader = Pick<NpyArray, 'shape' | 'type'>;

export interface FullNpyHeader extends NpyHeader {
  readonly isFortran: boolean;
  readonly isBigEndian: boolean;
  readonly bytesPerItem: number;
  readonly dataStart: number;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
/** Bytes of the longest header. Those of numbers have 128. */
export const longestNpyHeader = 2 ** 16;

export const isNpy = (start: Uint8Array): boolean => Buffer.from(start.subarray(0, 6)).equals(magic);

/** Shape and type of an array, from the first bytes of its file. @throws DatasetError 'damaged' | 'bad-input' */
export const npyHeader = (bytes: Buffer, name: string): NpyHeader => readNpyHeader(bytes, name);

/**
 * Reads a .npy file, format 1 to 3 (numpy.lib.format). Numbers of 64 bits become float64. Objects, which are pickles
 * and could run code, are never loaded.
 * @param name names the array in errors
 * @throws DatasetError 'damaged' | 'bad-input'
 */
export function parseNpy(bytes: Buffer, name: string): NpyArray {
  const header = readNpyHeader(bytes, name);
  const { shape, type, bytesPerItem, dataStart } = header;
  const count = shape.reduce((product, side) => product * side, 1);
  const needed = count * bytesPerItem;
  const found = bytes.length - dataStart;
  if (found !== needed)
    throw new DatasetError(
      'damaged',
      `${name} is not a whole .npy file: ${shape.join(' x ')} numbers of ${bytesPerItem} bytes take ${needed} bytes, ` +
        `and there are ${found}. Save it again.`,
    );
  // A copy, because typed arrays need an offset that is a multiple of their size.
  const data = new Uint8Array(bytes.subarray(dataStart));
  if (header.isBigEndian) swap(data, type === 'U' ? 4 : bytesPerItem);
  if (type === 'U' || type === 'S') return { shape, type, values: textsOf(data, type, bytesPerItem, count) };
  const values = numbersOf(data, type, count);
  return { shape, type, values: header.isFortran && shape.length > 1 ? rowMajor(values, shape) : values };
}

/** The same, with what is needed to read the numbers. */
export function readNpyHeader(bytes: Buffer, name: string): FullNpyHeader {
  const damaged = (what: string): DatasetError =>
    new DatasetError('damaged', `${name} is not a usable .npy file: ${what}. Save it again.`);
  if (!isNpy(bytes)) throw damaged('it does not begin with \\x93NUMPY');
  if (bytes.length < 12) throw damaged('it is cut off');
  const isLong = bytes[6] >= 2;
  const length = isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const start = isLong ? 12 : 10;
  if (length > longestNpyHeader) throw damaged(`its header has ${length} bytes`);
  if (bytes.length < start + length) throw damaged('it ends within its header');
  const text = bytes.toString('latin1', start, start + length);
  const descr = /'descr':\s*(?:'([^']*)'|\[)/.exec(text);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  if (descr === null || shape === null || order === null) throw damaged('its header is not that of NumPy');
  const dtype = descr[1];
  const refuse = (what: string): DatasetError => new DatasetError('bad-input', `${name} ${what}`);
  if (dtype === undefined)
    throw refuse('is an array of records. Save its columns as one array of numbers, or the table as CSV or Parquet.');
  if (/O/.test(dtype))
    throw refuse(
      'holds Python objects, that is a pickle, which is never loaded, because it can run any program. Save numbers, ' +
        'or for labels texts: numpy.asarray(y, dtype=str).',
    );
  const parts = /^([<>|=])(?:(u1|u2|u4|u8|i1|i2|i4|i8|f4|f8|b1)|([US])(\d{1,6}))$/.exec(dtype);
  if (parts === null)
    throw refuse(
      `has the type '${dtype}'. Bytes, integers, float32, float64, booleans and texts are read: save ` +
        'X.astype(numpy.float32).',
    );
  const type = parts[2] ?? parts[3];
  return {
    shape: shape[1]
      .split(',')
      .map((side) => side.trim())
      .filter((side) => side !== '')
      .map(Number),
    type,
    isFortran: order[1] === 'True',
    isBigEndian: parts[1] === '>',
    bytesPerItem: parts[2] ? Number(type[1]) : Number(parts[4]) * (type === 'U' ? 4 : 1),
    dataStart: start + length,
  };
}

function swap(data: Uint8Array, size: number): void {
  const view = Buffer.from(data.buffer);
  if (size === 2) view.swap16();
  if (size === 4) view.swap32();
  if (size === 8) view.swap64();
}

function numbersOf(data: Uint8Array<ArrayBuffer>, type: string, count: number): NpyNumbers {
  const { buffer } = data;
  switch (type) {
    case 'i1':
      return new Int8Array(buffer);
    case 'u2':
      return new Uint16Array(buffer);
    case 'i2':
      return new Int16Array(buffer);
    case 'u4':
      return new Uint32Array(buffer);
    case 'i4':
      return new Int32Array(buffer);
    case 'f4':
      return new Float32Array(buffer);
    case 'f8':
      return new Float64Array(buffer);
    case 'u8':
    case 'i8': {
      const long = type === 'u8' ? new BigUint64Array(buffer) : new BigInt64Array(buffer);
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = Number(long[i]);
      return values;
    }
    default:
      return data;
  }
}

function textsOf(data: Uint8Array<ArrayBuffer>, type: string, size: number, count: number): string[] {
  const bytes = Buffer.from(data.buffer);
  return Array.from({ length: count }, (_, at) => {
    const item = bytes.subarray(at * size, (at + 1) * size);
    if (type === 'S') return item.toString('latin1').replace(/\0+$/, '');
    let text = '';
    for (let i = 0; i < size; i += 4) {
      const code = item.readUInt32LE(i);
      if (code !== 0) text += String.fromCodePoint(Math.min(code, 0x10ffff));
    }
    return text;
  });
}

/** Of an array in Fortran's order, the first dimension running fastest, as pandas gives it. */
function rowMajor(values: NpyNumbers, shape: readonly number[]): NpyNumbers {
  const turned = values.slice();
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, side) => product * side, 1));
  const index = shape.map(() => 0);
  let from = 0;
  for (let at = 0; at < turned.length; at++) {
    turned[at] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return turned;
}
