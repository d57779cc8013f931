import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { datasetNamed } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import type { FileHashes } from '@mipnet/runs/records';

/** SHA-256 of a file as it is on the disk, as `sha256sum` prints it; undefined if there is no such file. */
export async function fileHash(path: string): Promise<string | undefined> {
  // Only a regular file: a pipe or a device may never end.
  if (
    !(await stat(path).then(
      (found) => found.isFile(),
      () => false,
    ))
  )
    return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Hashes of the files that a plan names itself. The hash of its rows identifies a named data set. */
export async function dataFileHashes({ name, file, test }: Plan['dataset']): Promise<FileHashes> {
  if (!datasetNamed(name)?.readsFile) return {};
  const hashOf = async (path: string | undefined): Promise<string | undefined> => path && fileHash(path);
  const [ofFile, ofTest] = await Promise.all([hashOf(file), hashOf(test)]);
  return { ...(ofFile === undefined ? {} : { file: ofFile }), ...(ofTest === undefined ? {} : { test: ofTest }) };
}
