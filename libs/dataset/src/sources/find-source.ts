import { readdir, stat } from 'node:fs/promises';
import { DatasetError } from '../dataset-error.js';
import type { LoadedDataset } from '../samples.js';
import { startOf } from '../unpacked-stream.js';
import type { DataSource, Place, SourceOptions } from './data-source.js';
import { dataSources } from './registry.js';

/** Largest file, bytes; each kind has lower limits of its own. */
const mostBytes = 2 ** 36;
const mostEntries = 1_000_000;

/**
 * The kind of a file or folder, by its content.
 * @throws DatasetError 'missing' | 'bad-input'
 */
async function findSource(path: string): Promise<{ readonly source: DataSource; readonly place: Place }> {
  const place = await placeOf(path);
  const source = dataSources.find((candidate) => candidate.recognises(place));
  if (source !== undefined) return { source, place };
  throw new DatasetError(
    'bad-input',
    `${path} is a folder, not a file, and neither images by class (${path}/CLASS/*.png) nor IDX files ` +
      '(train-images-idx3-ubyte and train-labels-idx1-ubyte)',
  );
}

/** What the rows of a data set of one's own are: images or a table. @throws DatasetError */
export async function contentOf(path: string): Promise<'images' | 'table'> {
  const { source, place } = await findSource(path);
  return source.holds(place);
}

/** Loads a data set of one's own. @throws DatasetError */
export async function loadSource(path: string, options: SourceOptions, name: string): Promise<LoadedDataset> {
  const { source, place } = await findSource(path);
  return source.load(place, options, name);
}

async function placeOf(path: string): Promise<Place> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return { path, start: await startOf(path, mostBytes) };
  const entries = await readdir(path);
  if (entries.length > mostEntries)
    throw new DatasetError('bad-input', `${path} holds ${entries.length} files, more than ${mostEntries}`);
  return { path, entries: entries.filter((name) => !name.startsWith('.')).sort(), start: Buffer.alloc(0) };
}
