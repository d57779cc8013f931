import { DatasetError } from './dataset-error.js';
import { readRegularFile } from './read-regular-file.js';
import { isGzip, unpackGzip } from './unpack-gzip.js';

/** Largest content of a file that is read, after decompression, bytes. */
const mostFileBytes = 2 ** 28;

/**
 * A data file's bytes, decompressed if it is gzip. The first two bytes decide, not the name: people rename files.
 * @param fix what the user can do about a damaged file, a sentence.
 * @param most largest file and content, bytes
 * @throws DatasetError 'missing' if it cannot be read, 'damaged' if the gzip is corrupted or cut off, 'bad-input' if it
 *   is no regular file or holds more than `most`
 */
export async function readPlainOrGzip(path: string, fix: string, most = mostFileBytes): Promise<Uint8Array> {
  const bytes = await readRegularFile(path, { most, what: 'the data file' });
  if (isGzip(bytes)) return unpackGzip(bytes, path, { most, fix });
  if (path.endsWith('.gz')) throw new DatasetError('damaged', `${path} is named .gz but is not gzip. ${fix}`);
  return bytes;
}
