import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { link, mkdir, open, readdir, realpath, rename, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isAbsent, readFailure, writeFailure } from './folder-failure.js';
import { checkKey, checkPrefix, checkRange, isSegment, shorterThanRange } from './object-key.js';
import type { ObjectStore } from './object-store.js';
import { missingObject, ObjectStoreError } from './object-store-error.js';

/**
 * One file per object, below one folder, which is made at the first write.
 *
 * A file appears under its key by rename, complete and on disk, or not at all. Links are not followed below the
 * folder: the store never makes one, and a link could lead out of it.
 */
export class FolderStore implements ObjectStore {
  readonly url: string;
  readonly #folder: string;
  /** The mode of the folder; files in it get the same readers. */
  #mode: number | undefined;

  constructor(folder: string) {
    this.#folder = resolve(folder);
    this.url = pathToFileURL(this.#folder).href;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#put(key, bytes, rename);
  }

  async writeNew(key: string, bytes: Uint8Array): Promise<boolean> {
    let written = true;
    await this.#put(key, bytes, async (from, to) => {
      // Unlike a rename, a hard link is refused if the file exists already.
      await link(from, to).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
        written = false;
      });
      await unlink(from);
    });
    return written;
  }

  /** @param place gives a complete file its name */
  async #put(key: string, bytes: Uint8Array, place: (from: string, to: string) => Promise<void>): Promise<void> {
    checkKey(key);
    try {
      await mkdir(this.#folder, { recursive: true });
      await this.#refuseLinks(key);
      const file = join(this.#folder, key);
      this.#mode ??= (await stat(this.#folder)).mode & 0o777;
      await mkdir(dirname(file), { recursive: true, mode: this.#mode });
      await writeBeside(file, bytes, { place, mode: this.#mode & 0o666 });
    } catch (error) {
      if (error instanceof ObjectStoreError) throw error;
      throw writeFailure(this.#folder, key, error);
    }
  }

  async read(key: string): Promise<Uint8Array> {
    return this.#withFile(key, async (file, bytes) => readExactly(file, 0, bytes));
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkRange(key, start, end);
    return this.#withFile(key, async (file, bytes) => {
      if (end > bytes) throw shorterThanRange(this.url, key, end, bytes);
      return readExactly(file, start, end);
    });
  }

  async has(key: string): Promise<boolean> {
    return (await this.size(key)) !== undefined;
  }

  async size(key: string): Promise<number | undefined> {
    checkKey(key);
    try {
      await this.#refuseLinks(key);
      const found = await stat(join(this.#folder, key));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error instanceof ObjectStoreError ? error : readFailure(this.#folder, key, error);
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    checkPrefix(prefix);
    const complete = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    yield* this.#walk(complete, prefix);
  }

  async remove(key: string): Promise<void> {
    checkKey(key);
    try {
      await this.#refuseLinks(key);
      await unlink(join(this.#folder, key));
    } catch (error) {
      if (isAbsent(error)) return;
      // Unlinking a folder is EPERM on some systems: no object there, so nothing to remove.
      if ((await this.size(key)) === undefined) return;
      throw error instanceof ObjectStoreError ? error : writeFailure(this.#folder, key, error);
    }
  }

  async #withFile(key: string, use: (file: FileHandle, bytes: number) => Promise<Uint8Array>): Promise<Uint8Array> {
    checkKey(key);
    try {
      await this.#refuseLinks(key);
      const file = await open(join(this.#folder, key), 'r');
      try {
        const found = await file.stat();
        if (!found.isFile()) throw missingObject(this.url, key);
        return await use(file, found.size);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isAbsent(error)) throw missingObject(this.url, key, error);
      throw error instanceof ObjectStoreError ? error : readFailure(this.#folder, key, error);
    }
  }

  /** Refuses a key whose path, as far as it exists, goes through a link below the folder. */
  async #refuseLinks(key: string): Promise<void> {
    const root = await realpath(this.#folder);
    const segments = key.split('/');
    for (let length = segments.length; length > 0; length--) {
      const expected = join(root, ...segments.slice(0, length));
      const real = await realpath(expected).catch((error: unknown) => {
        if (isAbsent(error)) return undefined;
        throw error;
      });
      if (real === undefined) continue;
      if (real === expected) return;
      throw new ObjectStoreError(
        'refused',
        `object ${key} goes through a symbolic link below ${this.#folder}, which could lead out of the ` +
          'store; replace the link by the folder it points to',
      );
    }
  }

  async *#walk(folder: string, prefix: string): AsyncGenerator<string> {
    for (const entry of await this.#entries(folder)) {
      const path = folder + entry.name;
      if (entry.isFile() && path.startsWith(prefix)) yield path;
      const inside = `${path}/`;
      if (entry.isDirectory() && (inside.startsWith(prefix) || prefix.startsWith(inside)))
        yield* this.#walk(inside, prefix);
    }
  }

  /** The entries of a folder in the order of the keys they begin. Temporary files have no legal name and stay out. */
  async #entries(folder: string): Promise<Dirent[]> {
    try {
      if (folder !== '') await this.#refuseLinks(folder.slice(0, -1));
      const entries = await readdir(join(this.#folder, folder), { withFileTypes: true });
      const inKeys = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name);
      return entries.filter((entry) => isSegment(entry.name)).sort((a, b) => (inKeys(a) < inKeys(b) ? -1 : 1));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error instanceof ObjectStoreError ? error : readFailure(this.#folder, folder, error);
    }
  }
}

interface Placement {
  readonly place: (from: string, to: string) => Promise<void>;
  readonly mode: number;
}

/** Writes beside the file, waits for the disk and places it: a crash leaves the old file, the new file, or no file. */
async function writeBeside(path: string, bytes: Uint8Array, { place, mode }: Placement): Promise<void> {
  const temporary = join(dirname(path), `~${randomUUID()}.${basename(path)}`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function readExactly(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw new Error(`the file ended after ${start + filled} bytes while it was read`);
    filled += bytesRead;
  }
  return bytes;
}
