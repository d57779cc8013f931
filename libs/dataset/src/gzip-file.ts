import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DatasetError, reasonOf } from './dataset-error.js';

const gunzipAsync = promisify(gunzip);

/**
 * A file's bytes, unpacked where it is gzip. The first two bytes decide, not the name: people rename files.
 * @param fix what the user can do about a damaged file, a sentence.
 * @throws DatasetError 'missing' when it cannot be read, 'damaged' when the gzip is corrupted or cut short.
 */
export async function readPlainOrGzip(path: string, fix: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : reasonOf(cause);
    throw new DatasetError('missing', `cannot read ${path}: ${why}`, { cause });
  }
  const packed = bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!packed) {
    if (path.endsWith('.gz')) throw new DatasetError('damaged', `${path} is named .gz but is not gzip. ${fix}`);
    return bytes;
  }
  try {
    return await gunzipAsync(bytes);
  } catch (cause) {
    throw new DatasetError('damaged', `${path} is not a whole gzip file (${reasonOf(cause)}). ${fix}`, { cause });
  }
}
