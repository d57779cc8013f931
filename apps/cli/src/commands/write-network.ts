import { toOnnx, type Network } from '@mipnet/network';
import { randomBytes } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { makePrivate } from '@mipnet/stack/folders';

/**
 * Refuses, before hours of work, a place where the network could not be written.
 * @param example name of such a file
 */
export async function checkOut(file: string, example = 'net.onnx'): Promise<string> {
  const path = resolve(file);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new CliError(
      'bad-input',
      `--out ${file} is a folder; give the name of a file in it, such as ${join(file, example)}`,
    );
  }
  const probe = partOf(path);
  try {
    await writeFile(probe, '');
  } catch (cause) {
    throw new CliError(
      'bad-input',
      `--out ${file}: the folder ${dirname(path)} does not exist or cannot be written (${(cause as NodeJS.ErrnoException).code}); make it, or give another place`,
      { cause },
    );
  } finally {
    // There is none where a file stands in a folder's place, which rm takes for an error.
    await rm(probe, { force: true }).catch(() => undefined);
  }
  return path;
}

const partOf = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.part`;

/**
 * All or nothing: a reader never sees half a network.
 * @param mode of the file; a place in mipnet's own folder is for its owner alone
 */
export async function writeNetwork(path: string, network: Network, mode?: number): Promise<void> {
  await makePrivate(dirname(path));
  const part = partOf(path);
  try {
    await writeFile(part, toOnnx(network), { mode });
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw new CliError('failed', `the network could not be written to ${path}: ${(cause as Error).message}`, { cause });
  }
}
