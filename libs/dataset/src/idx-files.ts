// Tested by mnist.int.test.ts.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatasetError } from './dataset-error.js';
import { download } from './download.js';
import { readPlainOrGzip } from './gzip-file.js';
import type { DownloadProgress } from './samples.js';

export type IdxPart = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** A data set of images in four IDX files, as MNIST is published. */
export interface IdxImages {
  /** In a plan, and of the folder in MIPNET_DATA. */
  readonly name: string;
  /** In messages. */
  readonly title: string;
  readonly classes: readonly string[];
  /**
   * File names, and the SHA-256 of the decompressed IDX file, because gzip may compress the same bytes in many ways.
   */
  readonly files: Readonly<Record<IdxPart, { readonly name: string; readonly sha256: string }>>;
  /** Base URLs ending in a slash, in the order to try. */
  readonly mirrors: readonly string[];
}

const parts: readonly IdxPart[] = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];

/** Largest file, compressed or not, bytes: the training images of MNIST have 47,040,016. */
const mostBytes = 2 ** 26;
const fix = 'Delete it and run again to download it.';

export interface IdxSource {
  /** The folder the user named: it holds the four files, or a folder with the data set's name that holds them. */
  readonly dataFolder?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Instead of the data set's own. */
  readonly mirrors?: readonly string[];
  /** Milliseconds until a mirror must have begun to answer. @default 4000 */
  readonly connectTimeout?: number;
  /** Environment to read MIPNET_DATA and XDG_CACHE_HOME from. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface IdxFiles {
  /** Unpacked IDX files with the right SHA-256. */
  readonly contents: Readonly<Record<IdxPart, Uint8Array>>;
  readonly paths: Readonly<Record<IdxPart, string>>;
  readonly folder: string;
  readonly downloaded: boolean;
}

/**
 * Finds the four files: in the folder the user named, in $MIPNET_DATA, in the cache; otherwise downloads them
 * to the cache. A folder with some of the files but not all is an error, and so is a file with wrong content: the user
 * must not get another data set than the one in the folder.
 * @throws DatasetError 'missing' | 'damaged' | 'download'
 */
export async function findIdxFiles(images: IdxImages, source: IdxSource = {}): Promise<IdxFiles> {
  const { name: folderName, title, files } = images;
  const environment = source.environment ?? process.env;
  const cache = join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', folderName);
  const { dataFolder } = source;
  if (dataFolder !== undefined && !(await isFolder(dataFolder))) {
    throw new DatasetError('missing', `the data folder ${dataFolder} does not exist`);
  }
  const named = dataFolder === undefined ? [] : [dataFolder, join(dataFolder, folderName)];
  const given = environment.MIPNET_DATA ? [join(environment.MIPNET_DATA, folderName)] : [];
  for (const folder of [...named, ...given]) {
    const paths = await locate(files, folder);
    const missing = parts.filter((part) => paths[part] === null);
    if (missing.length === parts.length) continue;
    if (missing.length > 0) {
      throw new DatasetError(
        'missing',
        `${folder} holds only a part of ${title}: add ` + missing.map((part) => `${files[part].name}.gz`).join(', '),
      );
    }
    return { ...(await readAll(images, paths as Record<IdxPart, string>)), folder, downloaded: false };
  }

  let downloaded = false;
  const cached = await locate(files, cache);
  const paths = {} as Record<IdxPart, string>;
  for (const part of parts) {
    paths[part] = cached[part] ?? join(cache, `${files[part].name}.gz`);
    if (cached[part] !== null) continue;
    await fetchPart(images, part, paths[part], source);
    downloaded = true;
  }
  return { ...(await readAll(images, paths)), folder: cache, downloaded };
}

async function fetchPart(images: IdxImages, part: IdxPart, path: string, source: IdxSource): Promise<void> {
  const { name, title, files } = images;
  const mirrors = source.mirrors ?? images.mirrors;
  try {
    await download(
      mirrors.map((mirror) => `${mirror}${files[part].name}.gz`),
      path,
      {
        check: async (file) => void (await readVerified(images, part, file)),
        onProgress: source.onProgress,
        connectTimeout: source.connectTimeout,
      },
    );
  } catch (cause) {
    if (!(cause instanceof DatasetError) || cause.code !== 'download') throw cause;
    throw new DatasetError(
      'download',
      `${title} is not on this machine: ${cause.message}. Go online, or put its four ` +
        `files into ${dirname(path)}, or set MIPNET_DATA to a folder that holds them in ${name}/.`,
      { cause },
    );
  }
}

async function readAll(
  images: IdxImages,
  paths: Record<IdxPart, string>,
): Promise<Pick<IdxFiles, 'contents' | 'paths'>> {
  const contents = {} as Record<IdxPart, Uint8Array>;
  for (const part of parts) contents[part] = await readVerified(images, part, paths[part]);
  return { contents, paths };
}

async function readVerified({ files, title }: IdxImages, part: IdxPart, path: string): Promise<Uint8Array> {
  const { name, sha256 } = files[part];
  const bytes = await readPlainOrGzip(path, fix, mostBytes);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new DatasetError(
      'damaged',
      `${path} is not ${title}'s ${name}: the SHA-256 of its unpacked ${bytes.length} bytes ` +
        `is ${found}, and must be ${sha256}. ${fix}`,
    );
  }
  return bytes;
}

/**
 * The path of each file, under one of the usual names: compressed or not, `train-images-idx3` or `train-images.idx3`.
 */
async function locate(files: IdxImages['files'], folder: string): Promise<Record<IdxPart, string | null>> {
  const found = {} as Record<IdxPart, string | null>;
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
