import { DatasetError } from './dataset-error.js';

/** An IDX file of unsigned bytes: its dimensions and its numbers, the last dimension running fastest. */
export interface IdxArray {
  readonly dimensions: readonly number[];
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads IDX, the format of MNIST: two zero bytes, a type code, the number of dimensions, each dimension as a big-endian
 * 32-bit integer, then the numbers. Only unsigned bytes are supported, and the length must match exactly.
 * @param path names the file in errors.
 * @param dimensionCount the expected number: 3 for images, 1 for labels.
 * @throws DatasetError 'damaged'
 */
export function parseIdx(bytes: Uint8Array, path: string, dimensionCount: number): IdxArray {
  const damaged = (what: string): DatasetError =>
    new DatasetError('damaged', `${path} is not a usable IDX file: ${what}. Delete it and fetch it again.`);

  const headerLength = 4 + 4 * dimensionCount;
  if (bytes.length < 4) throw damaged(`it has ${bytes.length} bytes, less than the 4-byte magic number`);
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw damaged(
      `its magic number is 0x${Buffer.from(bytes.subarray(0, 4)).toString('hex')}, and must start with 0x0000`,
    );
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw damaged(
      `its numbers have type 0x${bytes[2].toString(16).padStart(2, '0')}, and must be unsigned bytes (0x08)`,
    );
  }
  if (bytes[3] !== dimensionCount) throw damaged(`it has ${bytes[3]} dimensions, and must have ${dimensionCount}`);
  if (bytes.length < headerLength) throw damaged(`it ends inside its ${headerLength}-byte header`);

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = Array.from({ length: dimensionCount }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = dimensions.reduce((product, dimension) => product * dimension, 1);
  const found = bytes.length - headerLength;
  if (found < expected) {
    throw damaged(`it is cut short: ${found} numbers of ${dimensions.join(' x ')} = ${expected}`);
  }
  if (found > expected) {
    throw damaged(`it has ${found - expected} bytes too many after its ${dimensions.join(' x ')} numbers`);
  }
  return { dimensions, values: bytes.subarray(headerLength) };
}
