// Tested by fetch-s3.int.test.ts.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { S3Object } from '@mipnet/object-store-s3';
import { mipnetPaths } from '@mipnet/stack/folders';
import { CliError } from '../program/cli-error.js';
import { say as sayOnTerminal } from '../terminal/say.js';

export const isS3Url = (path: string): boolean => /^s3:\/\//i.test(path);

/** Largest file that is fetched, bytes. */
const mostBytes = 2 ** 32;
/** Bytes of a request: what is fetched again if it breaks. */
const pieceBytes = 2 ** 23;
const secondsBetweenLines = 2;

/**
 * Fetches a data file from S3 into the cache, once for each version of it. Credentials as for stores.
 * @returns the path of the copy
 * @throws ObjectStoreError, CliError 'bad-input'
 */
export async function fetchS3(
  url: string,
  say: (line: string) => void = sayOnTerminal,
  cache: string = mipnetPaths().cache,
): Promise<string> {
  const { openS3Object } = await import('@mipnet/object-store-s3');
  const object = await openS3Object(url);
  const { etag, bytes, endpoint } = object;
  if (bytes > mostBytes) throw new CliError('bad-input', `${url} has ${bytes} bytes, more than ${mostBytes}`);
  const version = createHash('sha256')
    .update(JSON.stringify([endpoint, url, etag, bytes]))
    .digest('hex');
  const folder = join(cache, 's3', version.slice(0, 32));
  // The key may hold any character; the ending says how a file is packed.
  const path = join(folder, basename(url).replaceAll(/[^A-Za-z0-9._-]/g, '_'));
  const kept = await stat(path).catch(() => undefined);
  if (kept?.size === bytes) return path;
  await mkdir(folder, { recursive: true });
  const part = `${path}.${process.pid}.part`;
  try {
    await pipeline(piecesOf(object, say), createWriteStream(part, { mode: 0o600 }));
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  return path;
}

async function* piecesOf({ url, bytes, read }: S3Object, say: (line: string) => void): AsyncGenerator<Uint8Array> {
  let saidAt = performance.now();
  for (let start = 0; start < bytes; start += pieceBytes) {
    yield await read(start, Math.min(bytes, start + pieceBytes));
    const now = performance.now();
    if (now - saidAt < 1000 * secondsBetweenLines) continue;
    saidAt = now;
    say(`fetching ${url}: ${((start + pieceBytes) / 1e6).toFixed(1)} of ${(bytes / 1e6).toFixed(1)} MB`);
  }
}
