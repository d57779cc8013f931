// Tested by arrays.unit.test.ts.
import { open } from 'node:fs/promises';
import { loadArrays, contentOfArray } from '../array-dataset.js';
import { DatasetError } from '../dataset-error.js';
import { isNpy, npyHeader, parseNpy, type NpyArray } from '../npy.js';
import { readRegularFile } from '../read-regular-file.js';
import type { DataSource } from './data-source.js';

/** Largest array, bytes. */
export const mostArrayBytes = 2 ** 31;

/** An array of NumPy; its labels are another one. */
export const npy: DataSource = {
  kind: 'npy',
  about: 'an array of NumPy, X.npy, with its labels in another one (dataset.labels)',
  recognises: ({ start }) => isNpy(start),
  holds: ({ path }) => contentAt(path),
  async load({ path }, options, name) {
    const { labels, test } = options;
    // What cannot be read at all, such as a pickle, is refused before its labels are asked for.
    await contentAt(path);
    if (labels === undefined)
      throw new DatasetError(
        'bad-input',
        `dataset.labels: ${path} has no classes; give those of its rows by --set dataset.labels=y.npy, or both in ` +
          'one file by numpy.savez(FILE, X=X, y=y)',
      );
    if (test !== undefined)
      throw new DatasetError(
        'bad-input',
        'dataset.test: the test rows of arrays are in the same .npz file: numpy.savez(FILE, X_train=..., ' +
          'y_train=..., X_test=..., y_test=...)',
      );
    const train = { name: path, labelName: labels, x: await readNpy(path), y: await readNpy(labels) };
    return loadArrays({ train }, options, name);
  },
};

const contentAt = async (path: string): Promise<'images' | 'table'> =>
  contentOfArray(npyHeader(await beginningOf(path), path), path);

async function readNpy(path: string): Promise<NpyArray> {
  return parseNpy(await readRegularFile(path, { most: mostArrayBytes }), path);
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(2 ** 17), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
