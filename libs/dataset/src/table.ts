import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { DatasetError } from './dataset-error.js';
import { storedAs, type LoadedDataset, type Samples, type StoredAs } from './samples.js';
import { datasetPrefix, TableWriter, type TableEntry, type TableIndex } from './table-writer.js';

/**
 * A data set in the object store:
 *
 *     manifest --> train: features (objects of raw numbers, 16 MiB each), index (labels and block hashes)
 *              --> test:  the same, or null
 *
 * A worker's subproblem needs few of the rows, so the features are cut in blocks of whole rows with a hash each: a
 * worker reads only the blocks with its rows, and still verifies every byte. All objects are named by their content.
 */
export interface StoredDataset {
  readonly name: string;
  readonly classes: readonly string[];
  readonly inputShape: readonly number[];
  readonly train: StoredTable;
  readonly test: StoredTable | null;
}

/** One table of an opened data set: all but its features, which `readRows` fetches. */
export interface StoredTable extends Omit<Samples, 'features'> {
  readonly storedAs: StoredAs;
  /**
   * `count * size` numbers, row-major, little-endian. Every object holds `rowsPerObject` rows, except the last
   * one.
   */
  readonly features: readonly ObjectRef[];
  readonly rowsPerObject: number;
  /** Every block has this many rows, except the last one, which may have fewer. */
  readonly rowsPerBlock: number;
  /** SHA-256 of each block, 32 bytes each. */
  readonly blockHashes: Uint8Array;
}

interface Manifest {
  readonly format: string;
  readonly name: string;
  readonly classes: readonly string[];
  readonly inputShape: readonly number[];
  readonly train: TableEntry;
  readonly test: TableEntry | null;
}

const FORMAT = 'mipnet dataset 3';

/**
 * Stores a data set. The same data give the same reference, and storing them again writes nothing. Notes are not
 * stored, because they are about files of this machine.
 * @returns the manifest's reference, which is all that a worker needs
 * @throws ObjectStoreError
 */
export async function writeDataset(store: ObjectStore, dataset: LoadedDataset): Promise<ObjectRef> {
  const manifest: Manifest = {
    format: FORMAT,
    name: dataset.name,
    classes: dataset.classes,
    inputShape: dataset.inputShape,
    train: await writeTable(store, dataset.train),
    test: dataset.test === null ? null : await writeTable(store, dataset.test),
  };
  return putDocument(store, datasetPrefix, manifest);
}

async function writeTable(
  store: ObjectStore,
  { size, scale, columns, transformation, features, labels }: Samples,
): Promise<TableEntry> {
  const writer = new TableWriter(store, {
    size,
    scale,
    columns,
    transformation,
    storedAs: storedAs(features),
  });
  await writer.append(features, labels);
  return writer.finish();
}

/** The properties of a derived data set that are known before its rows. */
export type DerivedHeader = Pick<Samples, 'name' | 'classes' | 'inputShape' | 'scale'> & {
  readonly storedAs: StoredAs;
};

/** Some rows of a derived data set, one after the other. */
export type RowChunk = Pick<Samples, 'features' | 'labels'>;

/**
 * Stores a data set whose rows are computed while it is written: a training table only. Memory: one chunk and 16 MiB.
 * @param chunks in the order of the rows; features of the type that `storedAs` says
 * @returns the manifest's reference
 * @throws ObjectStoreError, and the errors of `chunks`
 */
export async function writeDerivedDataset(
  store: ObjectStore,
  header: DerivedHeader,
  chunks: AsyncIterable<RowChunk>,
): Promise<ObjectRef> {
  const { name, classes, inputShape, scale, storedAs: as } = header;
  const writer = new TableWriter(store, {
    size: inputShape.reduce((size, side) => size * side, 1),
    scale,
    storedAs: as,
  });
  for await (const { features, labels } of chunks) await writer.append(features, labels);
  const manifest: Manifest = { format: FORMAT, name, classes, inputShape, train: await writer.finish(), test: null };
  return putDocument(store, datasetPrefix, manifest);
}

/**
 * Opens a stored data set: reads its labels and hashes, verified, and no features.
 * @throws ObjectStoreError 'missing' | 'damaged', DatasetError 'damaged' if the reference is not to a data set
 */
export async function openDataset(store: ObjectStore, manifestRef: ObjectRef): Promise<StoredDataset> {
  const manifest = await getDocument<Manifest>(store, manifestRef);
  if (manifest?.format !== FORMAT) {
    throw new DatasetError(
      'damaged',
      `object ${manifestRef.key} in ${store.url} is not the manifest of a data set in the ` +
        `format '${FORMAT}'. Store the data set again.`,
    );
  }
  const { name, classes, inputShape } = manifest;
  const open = async ({ index: indexRef, ...entry }: TableEntry): Promise<StoredTable> => {
    const index = await getDocument<TableIndex>(store, indexRef);
    return { ...entry, name, classes, inputShape, labels: index.labels, blockHashes: index.blockHashes };
  };
  const [train, test] = await Promise.all([open(manifest.train), manifest.test === null ? null : open(manifest.test)]);
  return { name, classes, inputShape, train, test };
}
