// Tested by arrays.unit.test.ts.
import { unzipSync, type UnzipFileInfo } from 'fflate';
import { contentOfArray, loadArrays, type LabelledArray } from '../array-dataset.js';
import { DatasetError, reasonOf } from '../dataset-error.js';
import { parseNpy } from '../npy.js';
import { readRegularFile, sizeText } from '../read-regular-file.js';
import type { DataSource } from './data-source.js';
import { mostArrayBytes } from './npy.js';

/** Names of the rows and of their labels in one archive, as people save them; upper and lower case do not matter. */
const names = [
  { x: 'x', y: 'y' },
  { x: 'x_train', y: 'y_train', testX: 'x_test', testY: 'y_test' },
] as const;

/** Arrays of NumPy with their labels in one file, as numpy.savez writes it. */
export const npz: DataSource = {
  kind: 'npz',
  about: 'arrays of NumPy in one file: X and y, or X_train, y_train, X_test and y_test',
  recognises: ({ path, start }) => path.endsWith('.npz') && start.toString('latin1', 0, 4) === 'PK\x03\x04',
  async holds({ path }) {
    const { train } = await readArrays(path);
    return contentOfArray(train.x, train.name);
  },
  async load({ path }, options, name) {
    if (options.test !== undefined || options.labels !== undefined)
      throw new DatasetError(
        'bad-input',
        `dataset.${options.test ? 'test' : 'labels'}: ${path} holds both, or neither`,
      );
    return loadArrays(await readArrays(path), options, name);
  },
};

async function readArrays(path: string): Promise<{ readonly train: LabelledArray; readonly test?: LabelledArray }> {
  const entries = unpack(await readRegularFile(path, { most: mostArrayBytes }), path);
  const found = names.find(({ x, y }) => entries.has(x) && entries.has(y));
  if (found === undefined)
    throw new DatasetError(
      'bad-input',
      `${path} holds ${[...entries.keys()].join(', ') || 'no array'}; it needs X and y, or X_train and y_train ` +
        '(and X_test and y_test): numpy.savez(FILE, X=X, y=y)',
    );
  const labelled = (x: string, y: string): LabelledArray => {
    const [nameOfX, nameOfY] = [x, y].map((key) => `${path}, ${entries.get(key)!.written}`);
    return {
      name: nameOfX,
      labelName: nameOfY,
      x: parseNpy(entries.get(x)!.bytes, nameOfX),
      y: parseNpy(entries.get(y)!.bytes, nameOfY),
    };
  };
  const train = labelled(found.x, found.y);
  if (!('testX' in found) || !entries.has(found.testX)) return { train };
  if (!entries.has(found.testY)) throw new DatasetError('bad-input', `${path} holds x_test and no y_test`);
  return { train, test: labelled(found.testX, found.testY) };
}

interface Entry {
  /** Its name in the archive, without .npy. */
  readonly written: string;
  readonly bytes: Buffer;
}

/** By name in lower case. */
function unpack(bytes: Buffer, path: string): Map<string, Entry> {
  const wanted = new Set<string>(names.flatMap((of) => Object.values(of)));
  let total = 0;
  const filter = ({ name, originalSize }: UnzipFileInfo): boolean => {
    if (!wanted.has(keyOf(name))) return false;
    total += originalSize;
    if (total > mostArrayBytes)
      throw new DatasetError(
        'bad-input',
        `${path} unpacks to more than ${sizeText(mostArrayBytes)}, the most that is read`,
      );
    return true;
  };
  try {
    return new Map(
      Object.entries(unzipSync(bytes, { filter })).map(([name, content]) => [
        keyOf(name),
        { written: name.replace(/\.npy$/, ''), bytes: Buffer.from(content.buffer, content.byteOffset, content.length) },
      ]),
    );
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError('damaged', `${path} is not a whole .npz file (${reasonOf(cause)}). Save it again.`, {
      cause,
    });
  }
}

const keyOf = (name: string): string => name.replace(/\.npy$/, '').toLowerCase();
