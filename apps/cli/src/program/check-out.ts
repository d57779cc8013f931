import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError } from './cli-error.js';

/**
 * Refuses, before hours of work, a path to which the result could not be written.
 * @param example name of such a file
 * @param option that names it
 */
export async function checkOut(file: string, example = 'net.onnx', option = '--out'): Promise<string> {
  const path = resolve(file);
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new CliError(
      'bad-input',
      `${option} ${file} is a folder; give the name of a file in it, such as ${join(file, example)}`,
    );
  }
  const probe = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(probe, '');
  } catch (cause) {
    throw new CliError(
      'bad-input',
      `${option} ${file}: the folder ${dirname(path)} does not exist or cannot be written ` +
        `(${(cause as NodeJS.ErrnoException).code}); make ` +
        'it, or ' +
        'give another path',
      { cause },
    );
  } finally {
    // If a file has the name of a folder in the path, there is nothing to remove, but rm reports an error.
    await rm(probe, { force: true }).catch(() => undefined);
  }
  return path;
}
