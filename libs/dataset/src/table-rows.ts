import { ObjectStoreError, type ObjectStore } from '@mipnet/object-store';
import { DatasetError } from './dataset-error.js';
import { emptyFeatures, type Samples } from './samples.js';
import type { StoredTable } from './table.js';
import { bytesPerNumber, isBlock } from './table-writer.js';

/** Adjacent blocks are read in one request up to this size, so that reading a whole table needs few requests. */
const REQUEST_BYTES = 4 * 1024 * 1024;
/** Blocks without a wanted row are read with those around them if they are no more than this: a request costs more. */
const GAP_BYTES = 256 * 1024;
const REQUESTS_AT_ONCE = 4;

/**
 * Blocks [first, end) of one object, and the places [from, to) in the ascending order of the rows that are in them.
 * `wanted`: those with such rows; only they are checked.
 */
interface Run {
  readonly first: number;
  end: number;
  readonly wanted: number[];
  readonly from: number;
  to: number;
}

/**
 * Reads rows of a stored table; of the features it reads only the blocks with these rows. Memory: the result and a few
 * MiB.
 * @param rows row numbers in any order; a row may occur twice
 * @returns the rows in the given order
 * @throws DatasetError 'bad-input' for a row that does not exist; ObjectStoreError, 'damaged' naming the object when a
 *   block is not what was stored
 */
export async function readRows(store: ObjectStore, table: StoredTable, rows: Int32Array): Promise<Samples> {
  for (const row of rows) {
    if (row < 0 || row >= table.count)
      throw new DatasetError('bad-input', `${table.name} has rows 0 to ${table.count - 1} and no row ${row}`);
  }
  const { storedAs, rowsPerBlock, size } = table;
  const rowBytes = size * bytesPerNumber[storedAs];
  const features = emptyFeatures(storedAs, rows.length * size);
  const target = new Uint8Array(features.buffer);
  const ascending = Int32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
  const runs = planRuns(
    table,
    Int32Array.from(ascending, (at) => rows[at]),
    rowBytes,
  );

  const readNext = async (): Promise<void> => {
    for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
      const bytes = await readRun(store, table, run, rowBytes);
      for (let i = run.from; i < run.to; i++) {
        const start = (rows[ascending[i]] - run.first * rowsPerBlock) * rowBytes;
        target.set(bytes.subarray(start, start + rowBytes), ascending[i] * rowBytes);
      }
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, readNext));

  const { name, classes, inputShape, scale, columns, transformation } = table;
  const labels = Int32Array.from(rows, (row) => table.labels[row]);
  return { name, classes, inputShape, count: rows.length, size, features, scale, labels, columns, transformation };
}

/** @returns runs in descending order, to be popped in ascending order */
function planRuns({ rowsPerBlock, rowsPerObject }: StoredTable, ascendingRows: Int32Array, rowBytes: number): Run[] {
  const mostBlocks = Math.max(1, Math.floor(REQUEST_BYTES / (rowsPerBlock * rowBytes)));
  const mostBetween = Math.floor(GAP_BYTES / (rowsPerBlock * rowBytes));
  const objectOf = (block: number): number => Math.floor((block * rowsPerBlock) / rowsPerObject);
  const runs: Run[] = [];
  ascendingRows.forEach((row, at) => {
    const block = Math.floor(row / rowsPerBlock);
    const last = runs.at(-1);
    if (
      last !== undefined &&
      block - last.end <= mostBetween &&
      block - last.first < mostBlocks &&
      objectOf(block) === objectOf(last.first)
    ) {
      if (block >= last.end) last.wanted.push(block);
      last.end = block + 1;
      last.to = at + 1;
    } else {
      runs.push({ first: block, end: block + 1, wanted: [block], from: at, to: at + 1 });
    }
  });
  return runs.reverse();
}

async function readRun(store: ObjectStore, table: StoredTable, run: Run, rowBytes: number): Promise<Uint8Array> {
  const object = Math.floor((run.first * table.rowsPerBlock) / table.rowsPerObject);
  const features = table.features[object];
  const origin = object * table.rowsPerObject;
  const start = (run.first * table.rowsPerBlock - origin) * rowBytes;
  const end = (Math.min(run.end * table.rowsPerBlock, table.count) - origin) * rowBytes;
  const load = async (): Promise<Uint8Array> => {
    const bytes = await store.readRange(features.key, start, end);
    if (wrongBlock(table, run, bytes, rowBytes) === null) return bytes;
    // The bytes may be damaged in transfer and not in the store: read once more before reporting it.
    const again = await store.readRange(features.key, start, end);
    const wrong = wrongBlock(table, run, again, rowBytes);
    if (wrong === null) return again;
    const firstRow = wrong * table.rowsPerBlock;
    throw new ObjectStoreError(
      'damaged',
      `object ${features.key} in ${store.url}, which holds features of ${table.name}, is ` +
        `damaged in rows ${firstRow} to ${Math.min(firstRow + table.rowsPerBlock, table.count) - 1}; run ` +
        'the same plan again, which writes it again',
    );
  };
  const name = `${features.sha256}/${start}-${end}/${run.wanted.map((block) => block - run.first).join()}`;
  return store.verified === undefined ? load() : store.verified.get(name, load);
}

function wrongBlock(table: StoredTable, run: Run, bytes: Uint8Array, rowBytes: number): number | null {
  const blockBytes = table.rowsPerBlock * rowBytes;
  for (const block of run.wanted) {
    const at = (block - run.first) * blockBytes;
    if (!isBlock(table, block, bytes.subarray(at, at + blockBytes))) return block;
  }
  return null;
}
