import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { datasetNamed } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import type { FileHashes } from '@mipnet/runs/records';

/** Files of a folder that are data, and how many of them and of their bytes are read. */
const isData = /\.png$|ubyte/i;
const [mostFiles, mostBytes, mostDepth] = [1_000_000, 2 ** 32, 3];

/**
 * SHA-256 of a file as it is on the disk, as `sha256sum` prints it. Of a folder: that of the lines that
 * `find -type f | LC_ALL=C sort | xargs sha256sum` prints for its images.
 * @returns undefined if there is no such file, or a folder holds no images or too many
 */
export async function fileHash(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return folderHash(path);
  // Only a regular file: a pipe or a device may never end.
  if (!found?.isFile()) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function folderHash(path: string): Promise<string | undefined> {
  const files: string[] = [];
  let bytes = 0;
  const collect = async (folder: string, depth: number): Promise<boolean> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const place = join(folder, entry.name);
      if (entry.isDirectory() && depth < mostDepth && !(await collect(place, depth + 1))) return false;
      if (!entry.isFile() || !isData.test(entry.name)) continue;
      files.push(relative(path, place).replaceAll(sep, '/'));
      bytes += (await stat(place)).size;
      if (files.length > mostFiles || bytes > mostBytes) return false;
    }
    return true;
  };
  if (!(await collect(path, 1)) || files.length === 0) return undefined;
  const hash = createHash('sha256');
  for (const file of files.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))) {
    const content = createHash('sha256').update(await readFile(join(path, file)));
    hash.update(`${content.digest('hex')}  ./${file}\n`);
  }
  return hash.digest('hex');
}

/** Hashes of the files that a plan names itself. The hash of its rows identifies a named data set. */
export async function dataFileHashes({ name, file, test }: Plan['dataset']): Promise<FileHashes> {
  if (!datasetNamed(name)?.readsFile) return {};
  const hashOf = async (path: string | undefined): Promise<string | undefined> => path && fileHash(path);
  const [ofFile, ofTest] = await Promise.all([hashOf(file), hashOf(test)]);
  return { ...(ofFile === undefined ? {} : { file: ofFile }), ...(ofTest === undefined ? {} : { test: ofTest }) };
}
