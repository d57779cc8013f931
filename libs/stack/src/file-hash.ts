import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 of a file in hex. A program of 200 MB takes about half a second. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** @throws Error that names both hashes if the file is not the expected one. */
export async function requireSha256(path: string, what: string, expected: string): Promise<void> {
  const found = await sha256OfFile(path);
  if (found !== expected) throw new Error(`${what} is not the pinned one: its SHA-256 is ${found}, not ${expected}`);
}
