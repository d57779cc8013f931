import { open, stat } from 'node:fs/promises';
import { DatasetError, reasonOf } from './dataset-error.js';
import { longestNpyHeader, readNpyHeader, type FullNpyHeader } from './npy.js';

/** A row-major array of numbers in a file: its first extent counts rows. */
export interface NpyRows {
  /** NumPy's name without the byte order: u1, i8, f4, b1. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly count: number;
  /** Numbers of a row. */
  readonly size: number;
  /**
   * The rows in order, at most `most` at a time, as float32. Memory: one such part.
   * @param scale what the numbers are multiplied with, in float64, before they are rounded
   */
  rows(most: number, scale?: number): AsyncGenerator<Float32Array>;
}

/**
 * Opens a NumPy .npy file. Numbers of other types become float32 by rounding.
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input', also while rows are read
 */
export async function openNpy(path: string): Promise<NpyRows> {
  const { header, bytes } = await headerOf(path);
  const { shape, type } = header;
  if (shape.length === 0) throw new DatasetError('bad-input', `${path} holds one number, not rows of numbers`);
  const [count, ...row] = shape;
  const size = row.reduce((product, extent) => product * extent, 1);
  const expected = header.dataStart + count * size * header.bytesPerItem;
  if (bytes !== expected)
    throw new DatasetError(
      'damaged',
      `${path} has ${bytes} bytes, but an array of shape (${shape.join(', ')}) needs ${expected}; save it again`,
    );
  return {
    type,
    shape,
    count,
    size,
    rows: (most, scale = 1) => partsOf(path, header, { count, size, most, scale }),
  };
}

async function headerOf(path: string): Promise<{ readonly header: FullNpyHeader; readonly bytes: number }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new DatasetError('bad-input', `${path} is no file; rows are read from a regular file`);
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(longestNpyHeader + 12), position: 0 });
      return { header: usable(buffer.subarray(0, bytesRead), path), bytes: found.size };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw cause instanceof DatasetError ? cause : unreadable(path, cause);
  }
}

/** Rows can be read one after the other, as numbers. */
function usable(start: Buffer, path: string): FullNpyHeader {
  const refuse = (why: string): DatasetError => new DatasetError('bad-input', `${path} ${why}`);
  if (start.length === 0) throw refuse('is empty');
  if (start.toString('latin1', 0, 2) === 'PK')
    throw refuse('is an archive of several arrays (.npz); save the one array with numpy.save');
  const header = readNpyHeader(start, path);
  const { type, shape, isFortran } = header;
  if (!Object.hasOwn(readers, type)) throw refuse('holds texts, not numbers');
  if (isFortran && shape.filter((extent) => extent > 1).length > 1)
    throw refuse('is in Fortran order (column by column); save it row by row: numpy.ascontiguousarray(X)');
  return header;
}

interface Parts {
  readonly count: number;
  readonly size: number;
  readonly most: number;
  readonly scale: number;
}

async function* partsOf(
  path: string,
  header: FullNpyHeader,
  { count, size, most, scale }: Parts,
): AsyncGenerator<Float32Array> {
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const convert = converterOf(header, scale);
  try {
    for (let row = 0; row < count; row += most) {
      const numbers = Math.min(most, count - row) * size;
      const buffer = new ArrayBuffer(numbers * header.bytesPerItem);
      const { bytesRead } = await readWhole(
        file,
        new Uint8Array(buffer),
        header.dataStart + row * size * header.bytesPerItem,
      );
      if (bytesRead < buffer.byteLength) throw new DatasetError('damaged', `${path} became shorter while it was read`);
      yield convert(buffer, numbers);
    }
  } finally {
    await file.close();
  }
}

/** One call of read may give less. */
async function readWhole(
  file: Awaited<ReturnType<typeof open>>,
  target: Uint8Array,
  position: number,
): Promise<{ readonly bytesRead: number }> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return { bytesRead: done };
}

/** Whether this machine is little-endian, as nearly all are. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function converterOf(
  { type, bytesPerItem, isBigEndian }: FullNpyHeader,
  scale: number,
): (buffer: ArrayBuffer, numbers: number) => Float32Array {
  if (type === 'f4' && scale === 1 && !isBigEndian && isLittleEndian) return (buffer) => new Float32Array(buffer);
  if (type === 'u1') {
    const values = Float32Array.from({ length: 256 }, (_, byte) => byte * scale);
    return (buffer) => Float32Array.from(new Uint8Array(buffer), (byte) => values[byte]);
  }
  const read = readers[type];
  return (buffer, numbers) => {
    const view = new DataView(buffer);
    return Float32Array.from({ length: numbers }, (_, at) => scale * read(view, at * bytesPerItem, !isBigEndian));
  };
}

const readers: Readonly<Record<string, (view: DataView, at: number, littleEndian: boolean) => number>> = {
  b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

function unreadable(path: string, cause: unknown): DatasetError {
  const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  return new DatasetError(
    'missing',
    `${path} cannot be read (${isMissing ? 'there is no such file' : reasonOf(cause)})`,
    {
      cause,
    },
  );
}
