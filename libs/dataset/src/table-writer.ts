// Tested by table.unit.test.ts.
import { createHash } from 'node:crypto';
import { putDocument, putObject, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { InputColumn } from './input-columns.js';
import { emptyFeatures, type Features, type Samples, type StoredAs, type Transformation } from './samples.js';

/** One table as its manifest holds it. */
export interface TableEntry {
  readonly count: number;
  readonly size: number;
  readonly scale: number;
  readonly storedAs: StoredAs;
  readonly rowsPerBlock: number;
  readonly rowsPerObject: number;
  readonly columns?: readonly InputColumn[];
  readonly transformation?: Transformation;
  readonly features: readonly ObjectRef[];
  readonly index: ObjectRef;
}

export interface TableIndex {
  readonly labels: Int32Array;
  readonly blockHashes: Uint8Array;
}

export const datasetPrefix = 'dataset';
const HASH_BYTES = 32;

/** Small enough that a few scattered rows are cheap, large enough that hashes are 1/500 of the data. */
const BLOCK_BYTES = 16 * 1024;

/** What a writer holds in memory; whole blocks. */
const OBJECT_BYTES = 16 * 1024 * 1024;

export const bytesPerNumber: Readonly<Record<StoredAs, number>> = { uint8: 1, uint16: 2, float32: 4, float64: 8 };

type Layout = Pick<Samples, 'size' | 'scale' | 'columns' | 'transformation'> & { readonly storedAs: StoredAs };

/** Writes the rows of a table as they come, one object of whole blocks after the other. */
export class TableWriter {
  readonly #store: ObjectStore;
  readonly #layout: Layout;
  readonly #rowsPerBlock: number;
  readonly #rowsPerObject: number;
  readonly #objects: ObjectRef[] = [];
  readonly #labels: Int32Array[] = [];
  readonly #blockHashes: Uint8Array[] = [];
  #open: Features | undefined;
  #openRows = 0;

  constructor(store: ObjectStore, layout: Layout) {
    this.#store = store;
    this.#layout = layout;
    const rowBytes = layout.size * bytesPerNumber[layout.storedAs];
    this.#rowsPerBlock = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes));
    this.#rowsPerObject = this.#rowsPerBlock * Math.max(1, Math.floor(OBJECT_BYTES / (this.#rowsPerBlock * rowBytes)));
  }

  /** @param features stored numbers of as many rows as there are labels */
  async append(features: Features, labels: Int32Array): Promise<void> {
    const { size, storedAs } = this.#layout;
    this.#labels.push(labels);
    for (let row = 0; row < labels.length;) {
      this.#open ??= emptyFeatures(storedAs, this.#rowsPerObject * size);
      const taken = Math.min(labels.length - row, this.#rowsPerObject - this.#openRows);
      this.#open.set(features.subarray(row * size, (row + taken) * size), this.#openRows * size);
      this.#openRows += taken;
      row += taken;
      if (this.#openRows === this.#rowsPerObject) await this.#closeObject();
    }
  }

  async finish(): Promise<TableEntry> {
    if (this.#openRows > 0 || this.#objects.length === 0) await this.#closeObject();
    const labels = new Int32Array(this.#labels.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#labels) {
      labels.set(part, at);
      at += part.length;
    }
    const index: TableIndex = { labels, blockHashes: Uint8Array.from(Buffer.concat(this.#blockHashes)) };
    return {
      ...this.#layout,
      count: labels.length,
      rowsPerBlock: this.#rowsPerBlock,
      rowsPerObject: this.#rowsPerObject,
      features: this.#objects,
      index: await putDocument(this.#store, datasetPrefix, index),
    };
  }

  async #closeObject(): Promise<void> {
    const { size, storedAs } = this.#layout;
    const rowBytes = size * bytesPerNumber[storedAs];
    const bytes = this.#open ? new Uint8Array(this.#open.buffer.slice(0, this.#openRows * rowBytes)) : new Uint8Array();
    const blockBytes = this.#rowsPerBlock * rowBytes;
    for (let start = 0; start < bytes.length; start += blockBytes)
      this.#blockHashes.push(blockHash(bytes.subarray(start, start + blockBytes)));
    this.#objects.push(await putObject(this.#store, datasetPrefix, bytes));
    this.#open = undefined;
    this.#openRows = 0;
  }
}

function blockHash(block: Uint8Array): Uint8Array {
  return createHash('sha256').update(block).digest();
}

/** Whether these bytes are the block of this number. */
export function isBlock({ blockHashes }: Pick<TableIndex, 'blockHashes'>, block: number, bytes: Uint8Array): boolean {
  return blockHash(bytes).every((byte, at) => byte === blockHashes[block * HASH_BYTES + at]);
}
