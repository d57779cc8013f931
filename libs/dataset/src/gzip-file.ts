import { open, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DatasetError, reasonOf } from './dataset-error.js';

const gunzipAsync = promisify(gunzip);

/** Largest content of a file that is read, after unpacking, bytes. */
export const mostFileBytes = 2 ** 28;

const tooLarge = (path: string, is: string): DatasetError =>
  new DatasetError('bad-input', `${path} ${is} more than ${mostFileBytes / 2 ** 20} MiB, the most that is read. Use fewer rows or columns.`);

/**
 * A file's bytes, unpacked if it is gzip. The first two bytes decide, not the name: people rename files.
 * @param fix what the user can do about a damaged file, a sentence.
 * @throws DatasetError 'missing' if it cannot be read, 'damaged' if the gzip is corrupted or cut off, 'bad-input' if it is
 * no regular file or holds more than `mostFileBytes`
 */
export async function readPlainOrGzip(path: string, fix: string): Promise<Uint8Array> {
  const bytes = await readRegular(path);
  const packed = bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!packed) {
    if (path.endsWith('.gz')) throw new DatasetError('damaged', `${path} is named .gz but is not gzip. ${fix}`);
    return bytes;
  }
  try {
    return await gunzipAsync(bytes, { maxOutputLength: mostFileBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path, 'unpacks to');
    throw new DatasetError('damaged', `${path} is not a whole gzip file (${reasonOf(cause)}). ${fix}`, { cause });
  }
}

/** A pipe or a device such as /dev/zero has no end, and opening a pipe may wait forever: looked at before it is opened. */
async function readRegular(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (!found.isFile()) {
      const kind = found.isDirectory() ? 'a folder' : found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
      throw new DatasetError('bad-input', `${path} is ${kind}, not a file. Give the path of a file.`);
    }
    if (found.size > mostFileBytes) throw tooLarge(path, 'has');
    const file = await open(path);
    try {
      // The stated size of a file in /proc is 0, and a file may grow: the limit counts while it is read.
      const chunks: Uint8Array[] = [];
      let total = 0;
      for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
        total += chunk.length;
        if (total > mostFileBytes) throw tooLarge(path, 'has');
        chunks.push(chunk);
      }
      return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, total);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : reasonOf(cause);
    throw new DatasetError('missing', `cannot read ${path}: ${why}`, { cause });
  }
}
