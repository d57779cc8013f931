import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatasetError } from './dataset-error.js';
import { readPlainOrGzip } from './gzip-file.js';
import { parseIdx } from './idx.js';
import { readPng } from './png-image.js';

/** Images without labels, in files. */
export interface ImageFiles {
  readonly count: number;
  /** [channels, rows, columns] of every image. */
  readonly shape: readonly number[];
  /** The file of each image, relative to the folder; none for an IDX file. */
  readonly names?: readonly string[];
  /** Bytes of the images from one number to before another. @throws DatasetError */
  read(from: number, to: number): Promise<Uint8Array>;
}

const isPng = (name: string): boolean => /\.png$/i.test(name);
const isIdx = (name: string): boolean => /[-.]idx3(-ubyte)?(\.gz)?$/.test(name);
const mostBytes = 2 ** 30;
const mostFiles = 1_000_000;

/**
 * Opens a PNG file, a folder of PNG files (with folders in it, in the order of their names), or an IDX file of images.
 * @returns undefined if the path names none of these
 * @throws DatasetError 'missing' | 'damaged' | 'bad-input', naming the file
 */
export async function openImages(path: string): Promise<ImageFiles | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return openFolder(path);
  if (isPng(path)) return openPngs('', [path], [basename(path)]);
  return isIdx(path) ? openIdx(path) : undefined;
}

async function openFolder(folder: string): Promise<ImageFiles> {
  const names: string[] = [];
  const visit = async (inner: string, depth: number): Promise<void> => {
    const entries = await readdir(join(folder, inner), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = join(inner, entry.name);
      if (entry.isDirectory() && depth < 3) await visit(name, depth + 1);
      else if (entry.isFile() && isPng(entry.name)) names.push(name);
      if (names.length > mostFiles)
        throw new DatasetError('bad-input', `${folder} has more than ${mostFiles} images; give a part of them`);
    }
  };
  await visit('', 0);
  if (names.length === 0) throw new DatasetError('bad-input', `${folder} is a folder without PNG files`);
  return openPngs(folder, names, names);
}

async function openPngs(folder: string, files: readonly string[], names: readonly string[]): Promise<ImageFiles> {
  const { shape } = await readPng(join(folder, files[0]));
  const size = shape.reduce((product, side) => product * side, 1);
  return {
    count: files.length,
    shape,
    names,
    async read(from, to) {
      const bytes = new Uint8Array(size * (to - from));
      for (let at = from; at < to; at++) {
        const path = join(folder, files[at]);
        const image = await readPng(path);
        if (image.shape.join() !== shape.join())
          throw new DatasetError(
            'bad-input',
            `${path} has ${image.shape.join(' x ')} pixels, and ${names[0]} ${shape.join(' x ')}; all images must be alike`,
          );
        bytes.set(image.pixels, (at - from) * size);
      }
      return bytes;
    },
  };
}

async function openIdx(path: string): Promise<ImageFiles> {
  const { dimensions, values } = parseIdx(await readPlainOrGzip(path, 'Fetch it again.', mostBytes), path, 3);
  const [count, rows, columns] = dimensions;
  const size = rows * columns;
  return {
    count,
    shape: [1, rows, columns],
    read: async (from, to) => values.subarray(from * size, to * size),
  };
}
