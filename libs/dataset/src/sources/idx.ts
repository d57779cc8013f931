// Tested by sources.unit.test.ts.
import { basename, dirname, join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { DatasetError } from '../dataset-error.js';
import { readPlainOrGzip } from '../gzip-file.js';
import { parseIdx } from '../idx.js';
import { imageDataset, type ImagePart } from '../image-dataset.js';
import type { DataSource, Place } from './data-source.js';

/** Largest file, packed or not, bytes: the 697,932 images of EMNIST by class take 547 million. */
const mostBytes = 2 ** 30;

/** `train-images-idx3-ubyte.gz`, `emnist-balanced-test-images-idx3-ubyte`, `t10k-images.idx3-ubyte`. */
const imageFile = /^(.*?)(train|t10k|test)-images[-.]idx3-ubyte(\.gz)?$/;

/** Images in IDX files with the names of MNIST, as Fashion-MNIST, KMNIST and EMNIST are published. */
export const idx: DataSource = {
  kind: 'idx',
  about: 'images in IDX files: a folder with train-images-idx3-ubyte, train-labels-idx1-ubyte, and perhaps t10k-...',
  recognises: ({ path, entries }) =>
    entries === undefined ? imageFile.test(basename(path)) : entries.some((entry) => imageFile.test(entry)),
  holds: () => 'images',
  async load(place, options, name) {
    const { folder, prefix, entries } = await chosenSet(place);
    const read = (part: 'train' | 'test'): Promise<IdxPart> | undefined => {
      const images = entries.find((entry) => {
        const [, before, which] = imageFile.exec(entry) ?? [];
        return before === prefix && (which === 'train') === (part === 'train');
      });
      return images === undefined ? undefined : readPart(folder, images, entries);
    };
    const train = await read('train');
    if (train === undefined)
      throw new DatasetError('missing', `${folder} has no ${prefix}train-images-idx3-ubyte, or .gz of it`);
    const test = await read('test');
    const codes = [...new Set(train.codes)].sort((a, b) => a - b);
    const classOf = new Map(codes.map((code, label) => [code, label]));
    const labelled = ({ features, codes: of, labelPath }: IdxPart): ImagePart => ({
      features,
      labels: Int32Array.from(of, (code, at) => {
        const label = classOf.get(code);
        if (label === undefined)
          throw new DatasetError('bad-input', `${labelPath}: the class ${code} of image ${at} is not in training`);
        return label;
      }),
    });
    if (test !== undefined && test.sides.join() !== train.sides.join())
      throw new DatasetError(
        'bad-input',
        `the images of ${test.path} have ${test.sides.join(' x ')} pixels, those of ${train.path} ` +
          train.sides.join(' x '),
      );
    return imageDataset(
      {
        name,
        classes: codes.map(String),
        inputShape: [1, ...train.sides],
        scale: 1 / 255,
        train: labelled(train),
        ...(test && { test: labelled(test) }),
        notes: [],
      },
      options,
    );
  },
};

interface ChosenSet {
  readonly folder: string;
  readonly prefix: string;
  readonly entries: readonly string[];
}

/** A folder may hold several sets, as that of EMNIST does; then a file names the one. */
async function chosenSet({ path, entries }: Place): Promise<ChosenSet> {
  if (entries === undefined) {
    const folder = dirname(path);
    return { folder, prefix: imageFile.exec(basename(path))![1], entries: (await readdir(folder)).sort() };
  }
  const prefixes = [...new Set(entries.flatMap((entry) => imageFile.exec(entry)?.[1] ?? []))];
  if (prefixes.length > 1)
    throw new DatasetError(
      'bad-input',
      `${path} holds ${prefixes.length} data sets (${prefixes.map((prefix) => `${prefix}train`).join(', ')}); name ` +
        `the images of one as dataset.file, e.g. ${join(path, `${prefixes[0]}train-images-idx3-ubyte`)}`,
    );
  return { folder: path, prefix: prefixes[0], entries };
}

interface IdxPart {
  readonly path: string;
  readonly labelPath: string;
  readonly sides: readonly number[];
  readonly features: Uint8Array;
  readonly codes: Uint8Array;
}

async function readPart(folder: string, images: string, entries: readonly string[]): Promise<IdxPart> {
  const labelName = images.replace('images', 'labels').replace('idx3', 'idx1').replace(/\.gz$/, '');
  const labels = entries.find((entry) => entry === labelName || entry === `${labelName}.gz`);
  if (labels === undefined)
    throw new DatasetError('missing', `${folder} has ${images}, and no ${labelName}, or .gz of it`);
  const [path, labelPath] = [join(folder, images), join(folder, labels)];
  const fix = 'Fetch it again.';
  const { dimensions, values } = parseIdx(await readPlainOrGzip(path, fix, mostBytes), path, 3);
  const codes = parseIdx(await readPlainOrGzip(labelPath, fix, mostBytes), labelPath, 1);
  if (codes.dimensions[0] !== dimensions[0])
    throw new DatasetError(
      'bad-input',
      `${path} has ${dimensions[0]} images and ${labelPath} ${codes.dimensions[0]} labels`,
    );
  return { path, labelPath, sides: dimensions.slice(1), features: values, codes: codes.values };
}
