// Tested by png.unit.test.ts.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.js';
import { imageDataset, type ImagePart } from '../image-dataset.js';
import { readPng } from '../png-image.js';
import { sizeText } from '../read-regular-file.js';
import type { DataSource } from './data-source.js';

/** Bytes of all pixels together. */
const mostBytes = 2 ** 31;
const readsAtOnce = 16;

const isPng = (name: string): boolean => /\.png$/i.test(name);
const isOtherImage = (name: string): boolean => /\.(jpe?g|gif|webp|bmp|tiff?)$/i.test(name);

/** Images in PNG files, a folder per class, perhaps within a folder `train` and a folder `test`. */
export const png: DataSource = {
  kind: 'png',
  about: 'images in PNG files, a folder per class: FOLDER/CLASS/*.png, or FOLDER/train/CLASS and FOLDER/test/CLASS',
  recognises: ({ entries }) => entries !== undefined,
  holds: () => 'images',
  async load({ path, entries = [] }, options, name) {
    const isSplit = entries.includes('train');
    const train = await classFolders(isSplit ? join(path, 'train') : path);
    const classes = train.map((folder) => folder.name);
    const reader = new ImageReader();
    const trainPart = await reader.readAll(train);
    let test: ImagePart | undefined;
    if (isSplit && entries.includes('test')) {
      const folders = await classFolders(join(path, 'test'));
      const stranger = folders.find((folder) => !classes.includes(folder.name));
      if (stranger !== undefined)
        throw new DatasetError('bad-input', `${stranger.path} is a class that ${join(path, 'train')} does not have`);
      test = await reader.readAll(folders, classes);
    }
    return imageDataset(
      { name, classes, inputShape: reader.shape, scale: 1 / 255, train: trainPart, ...(test && { test }), notes: [] },
      options,
    );
  },
};

interface ClassFolder {
  readonly name: string;
  readonly path: string;
  /** Paths of its images. */
  readonly files: readonly string[];
}

/** @throws DatasetError 'bad-input' if it is no folder of folders with images */
async function classFolders(path: string): Promise<readonly ClassFolder[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const stray = entries.find((entry) => entry.isFile() && isPng(entry.name));
  if (stray !== undefined)
    throw new DatasetError(
      'bad-input',
      `${join(path, stray.name)} is in no folder of a class. Images are in ${path}/CLASS/*.png.`,
    );
  const found: ClassFolder[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
    const folder = join(path, name);
    const names = (await readdir(folder)).filter((file) => !file.startsWith('.'));
    const other = names.find(isOtherImage);
    if (other !== undefined)
      throw new DatasetError(
        'bad-input',
        `${join(folder, other)} is no PNG file. Images are read from PNG, because others lose pixels: convert them.`,
      );
    const files = names.filter(isPng).sort();
    if (files.length > 0) found.push({ name, path: folder, files: files.map((file) => join(folder, file)) });
  }
  if (found.length === 0)
    throw new DatasetError(
      'bad-input',
      `${path} is a folder, and has neither images by class (${path}/CLASS/*.png) nor IDX files ` +
        '(train-images-idx3-ubyte and train-labels-idx1-ubyte)',
    );
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads images of one shape: that of the first. */
class ImageReader {
  shape: readonly number[] = [];
  #first = '';
  #total = 0;

  /** @param classes names in the order of their labels */
  async readAll(
    folders: readonly ClassFolder[],
    classes: readonly string[] = folders.map(({ name }) => name),
  ): Promise<ImagePart> {
    const files = folders.flatMap((folder) =>
      folder.files.map((path) => ({ path, label: classes.indexOf(folder.name) })),
    );
    if (this.#first === '') {
      this.shape = (await readPng(files[0].path)).shape;
      this.#first = files[0].path;
    }
    const size = this.shape.reduce((product, side) => product * side, 1);
    this.#total += size * files.length;
    if (this.#total > mostBytes)
      throw new DatasetError(
        'bad-input',
        `${files.length} images of ${this.shape.join(' x ')} pixels take more than ${sizeText(mostBytes)}, the most ` +
          'that is read',
      );
    const features = new Uint8Array(size * files.length);
    let next = 0;
    const readNext = async (): Promise<void> => {
      for (let at = next++; at < files.length; at = next++) features.set(await this.#read(files[at].path), at * size);
    };
    await Promise.all(Array.from({ length: readsAtOnce }, readNext));
    return { features, labels: Int32Array.from(files, ({ label }) => label) };
  }

  async #read(path: string): Promise<Uint8Array> {
    const { shape, pixels } = await readPng(path);
    if (shape.join() === this.shape.join()) return pixels;
    throw new DatasetError(
      'bad-input',
      `${path} has ${described(shape)}, and ${this.#first} ${described(this.shape)}; all images must be alike`,
    );
  }
}

const described = ([channels, rows, columns]: readonly number[]): string =>
  `${columns} x ${rows} pixels ${channels === 1 ? 'of grey' : 'of colour'}`;
