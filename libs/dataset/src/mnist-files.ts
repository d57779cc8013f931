import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from './dataset-error.js';
import { download } from './download.js';
import { readPlainOrGzip } from './gzip-file.js';
import type { DownloadProgress } from './samples.js';

export type MnistPart = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** File names, and the SHA-256 of the unpacked IDX file: gzip may pack the same bytes in many ways. */
const files: Readonly<Record<MnistPart, { readonly name: string; readonly sha256: string }>> = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};
const parts = Object.keys(files) as MnistPart[];

const publicMirrors = [
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
];

/** Of a file of MNIST, packed or not, bytes: the training images have 47,040,016. */
const mostBytes = 2 ** 26;
const fix = 'Delete it and run again to download it.';

export interface MnistSource {
  /** The folder the user named: it holds the four files, or a folder `mnist` that does. */
  readonly dataFolder?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Base URLs ending in a slash, in the order to try. @default two public mirrors */
  readonly mirrors?: readonly string[];
  /** Milliseconds until a mirror must have begun to answer. @default 4000 */
  readonly connectTimeout?: number;
  /** Environment to read MIPNET_DATA and XDG_CACHE_HOME from. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface MnistFiles {
  /** Unpacked IDX files with the right SHA-256. */
  readonly contents: Readonly<Record<MnistPart, Uint8Array>>;
  readonly paths: Readonly<Record<MnistPart, string>>;
  readonly folder: string;
  readonly downloaded: boolean;
}

/**
 * Finds the four MNIST files: in the folder the user named, in $MIPNET_DATA/mnist, in the cache; else downloads them to
 * the cache. A folder that has some of the files but not all is an error, as is a file with the wrong content: nobody
 * wants another data set than the one they see on their disk.
 * @throws DatasetError 'missing' | 'damaged' | 'download'
 */
export async function findMnist(source: MnistSource = {}): Promise<MnistFiles> {
  const environment = source.environment ?? process.env;
  const cache = join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'mnist');
  const { dataFolder } = source;
  if (dataFolder !== undefined && !(await isFolder(dataFolder))) {
    throw new DatasetError('missing', `the data folder ${dataFolder} does not exist`);
  }
  const named = dataFolder === undefined ? [] : [dataFolder, join(dataFolder, 'mnist')];
  const given = environment.MIPNET_DATA ? [join(environment.MIPNET_DATA, 'mnist')] : [];
  for (const folder of [...named, ...given]) {
    const paths = await locate(folder);
    const missing = parts.filter((part) => paths[part] === null);
    if (missing.length === parts.length) continue;
    if (missing.length > 0) {
      throw new DatasetError(
        'missing',
        `${folder} holds only a part of MNIST: add ` + missing.map((part) => `${files[part].name}.gz`).join(', '),
      );
    }
    return { ...(await readAll(paths as Record<MnistPart, string>)), folder, downloaded: false };
  }

  let downloaded = false;
  const cached = await locate(cache);
  const paths = {} as Record<MnistPart, string>;
  for (const part of parts) {
    paths[part] = cached[part] ?? join(cache, `${files[part].name}.gz`);
    if (cached[part] !== null) continue;
    await fetchPart(part, paths[part], cache, source);
    downloaded = true;
  }
  return { ...(await readAll(paths)), folder: cache, downloaded };
}

async function fetchPart(part: MnistPart, path: string, cache: string, source: MnistSource): Promise<void> {
  const mirrors = source.mirrors ?? publicMirrors;
  try {
    await download(
      mirrors.map((mirror) => `${mirror}${files[part].name}.gz`),
      path,
      {
        check: async (file) => void (await readVerified(part, file)),
        onProgress: source.onProgress,
        connectTimeout: source.connectTimeout,
      },
    );
  } catch (cause) {
    if (!(cause instanceof DatasetError) || cause.code !== 'download') throw cause;
    throw new DatasetError(
      'download',
      `MNIST is not on this machine: ${cause.message}. Go online, or put its four ` +
        `files into ${cache}, or set MIPNET_DATA to a folder that holds them in mnist/.`,
      { cause },
    );
  }
}

async function readAll(paths: Record<MnistPart, string>): Promise<Pick<MnistFiles, 'contents' | 'paths'>> {
  const contents = {} as Record<MnistPart, Uint8Array>;
  for (const part of parts) contents[part] = await readVerified(part, paths[part]);
  return { contents, paths };
}

async function readVerified(part: MnistPart, path: string): Promise<Uint8Array> {
  const { name, sha256 } = files[part];
  const bytes = await readPlainOrGzip(path, fix, mostBytes);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new DatasetError(
      'damaged',
      `${path} is not MNIST's ${name}: the SHA-256 of its unpacked ${bytes.length} bytes ` +
        `is ${found}, and must be ${sha256}. ${fix}`,
    );
  }
  return bytes;
}

/** Where each file is, under one of the names in use: packed or not, `train-images-idx3` or `train-images.idx3`. */
async function locate(folder: string): Promise<Record<MnistPart, string | null>> {
  const found = {} as Record<MnistPart, string | null>;
  for (const part of parts) {
    const { name } = files[part];
    const names = [name, name.replace('-idx', '.idx')].flatMap((base) => [`${base}.gz`, base]);
    found[part] = null;
    for (const candidate of names) {
      const path = join(folder, candidate);
      if (found[part] === null && (await isFile(path))) found[part] = path;
    }
  }
  return found;
}

const isFile = async (path: string): Promise<boolean> => (await statOrNull(path))?.isFile() ?? false;
const isFolder = async (path: string): Promise<boolean> => (await statOrNull(path))?.isDirectory() ?? false;

async function statOrNull(path: string): Promise<Awaited<ReturnType<typeof stat>> | null> {
  try {
    return await stat(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw cause;
  }
}
