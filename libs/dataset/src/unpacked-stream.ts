// Tested by csv-streaming.unit.test.ts.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DatasetError, reasonOf } from './dataset-error.js';
import { checkRegularFile, readError, sizeText } from './read-regular-file.js';
import { isGzip } from './unpack-gzip.js';

export interface StreamLimit {
  /** Largest file and largest content, bytes. */
  readonly most: number;
  /** What the user can do about a damaged file, a sentence. */
  readonly fix: string;
}

const pieceBytes = 2 ** 20;

/**
 * The content of a file in pieces of about 1 MiB, unpacked if it is gzip or xz, in constant memory. The first bytes
 * decide, not the name: people rename files.
 * @throws DatasetError 'missing' if it cannot be read, 'damaged' if it is not whole, 'bad-input' if it is no regular
 *   file or holds more than `most`
 */
export async function* unpackedStream(path: string, { most, fix }: StreamLimit): AsyncGenerator<Buffer> {
  const start = await startOf(path, most);
  const packing = isGzip(start) ? 'gzip' : isXz(start) ? 'xz' : undefined;
  const named = /\.(gz|xz)$/.exec(path)?.[1];
  if (named !== undefined && packing === undefined)
    throw new DatasetError(
      'damaged',
      `${path} is named .${named} but is not ${named === 'gz' ? 'gzip' : 'xz'}. ${fix}`,
    );
  const file = createReadStream(path, { highWaterMark: pieceBytes });
  let total = 0;
  try {
    for await (const piece of gathered(unpacked(file, packing))) {
      total += piece.length;
      if (total > most) {
        const does = packing === undefined ? 'is larger than' : 'unpacks to more than';
        throw new DatasetError('bad-input', `${path} ${does} ${sizeText(most)}, the most that is read`);
      }
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    if (packing === undefined) throw readError(path, cause);
    const isCut = /unexpected end|incomplete|truncated|ended/i.test(reasonOf(cause));
    const why = isCut ? 'it is cut off' : 'its content is damaged';
    throw new DatasetError('damaged', `${path} is not a whole ${packing} file: ${why}. ${fix}`, { cause });
  } finally {
    file.destroy();
  }
}

/** The first bytes of a regular file that is not too large. */
export async function startOf(path: string, most: number, length = 64): Promise<Buffer> {
  await checkRegularFile(path, { most, what: 'the data file' });
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: 0 });
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw readError(path, cause);
  }
}

const isXz = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 6)).equals(Buffer.from('\xfd7zXZ\0', 'latin1'));

function unpacked(file: Readable, packing: 'gzip' | 'xz' | undefined): AsyncIterable<Uint8Array> {
  if (packing === undefined) return file;
  if (packing === 'xz') return unpackedXz(file);
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  // Its error arrives at the reader of `gunzip`.
  pipeline(file, gunzip).catch(() => undefined);
  return gunzip;
}

async function* unpackedXz(file: Readable): AsyncGenerator<Uint8Array> {
  const { XzReadableStream } = await import('xz-decompress');
  const reader = new XzReadableStream(Readable.toWeb(file) as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Joins small pieces: what works on a piece looks at its beginning and its end. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}
