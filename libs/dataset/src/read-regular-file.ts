import { open, stat, type FileHandle } from 'node:fs/promises';
import { DatasetError, reasonOf } from './dataset-error.js';

export interface FileLimit {
  /** Largest file that is read, bytes. */
  readonly most: number;
  /** A name for the file in messages, such as `the plan`. @default none */
  readonly what?: string;
}

const chunk = 2 ** 20;

/**
 * Reads a whole file, but only a regular one and only up to a limit: a folder, a device such as /dev/zero or a pipe
 * without a writer would otherwise give an obscure error, use up the memory, or wait forever.
 * @throws DatasetError 'missing' if it cannot be read, 'bad-input' if it is no regular file or larger than the limit
 */
export async function readRegularFile(path: string, limit: FileLimit): Promise<Buffer> {
  const { most } = limit;
  let file: FileHandle | undefined;
  try {
    await checkRegularFile(path, limit);
    file = await open(path);
    return (await readUpTo(file, most)) ?? fail(tooLarge(nameOf(path, limit), most));
  } catch (cause) {
    throw readError(nameOf(path, limit), cause);
  } finally {
    await file?.close();
  }
}

const nameOf = (path: string, { what }: FileLimit): string => (what === undefined ? path : `${what}: ${path}`);

/**
 * Refuses what is no regular file or too large, before it is opened: opening a pipe waits for its writer.
 * @throws DatasetError 'missing' | 'bad-input'
 */
export async function checkRegularFile(path: string, limit: FileLimit): Promise<void> {
  const named = nameOf(path, limit);
  const found = await stat(path).catch((cause: unknown) => fail(readError(named, cause)));
  if (!found.isFile()) throw new DatasetError('bad-input', `${named} is ${kindOf(found)}, not a file`);
  if (found.size > limit.most) throw tooLarge(named, limit.most);
}

/** Why a file cannot be read. */
export function readError(named: string, cause: unknown): DatasetError {
  if (cause instanceof DatasetError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const why =
    code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you have no right to read it' : reasonOf(cause);
  return new DatasetError('missing', `${named} cannot be read (${why})`, { cause });
}

/**
 * The rest of a file, or undefined if it is longer. The size that the system states is 0 for files such as those of
 * /proc.
 */
async function readUpTo(file: FileHandle, most: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let total = 0;
  for (;;) {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.allocUnsafe(chunk) });
    if (bytesRead === 0) return parts.length === 1 ? parts[0] : Buffer.concat(parts, total);
    total += bytesRead;
    if (total > most) return undefined;
    parts.push(buffer.subarray(0, bytesRead));
  }
}

function kindOf(found: { isDirectory(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

const tooLarge = (named: string, most: number): DatasetError =>
  new DatasetError('bad-input', `${named} is larger than ${sizeText(most)}, the most that is read`);

function fail(error: Error): never {
  throw error;
}

/** Bytes in the unit that people read. */
export function sizeText(bytes: number): string {
  return bytes >= 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Math.round(bytes / 2 ** 10)} KiB`;
}
