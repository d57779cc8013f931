import { missingValues, openNpy, openTableStream, type InputColumn, type NpyRows } from '@mipnet/dataset';
import { inputSize, type Network } from '@mipnet/network';
import type { TableInputs } from '@mipnet/runs/records';
import { CliError } from '../program/cli-error.js';
import type { RowSource } from './batch.js';
import { readerByName, readerInOrder } from './table-inputs-of-rows.js';

/** A table of separated values. @throws DatasetError or CliError, also while rows are read */
export async function tableRows(path: string, network: Network, inputs: TableInputs | undefined): Promise<RowSource> {
  if (/\.(parquet|npz|xlsx?|png|zip|idx[123]?|ubyte)$/i.test(path) || /-ubyte(\.gz)?$/.test(path))
    throw new CliError(
      'bad-input',
      `${path}: predict reads tables (.csv), arrays (.npy) and, for a network of images, PNG and IDX files of images; ` +
        'save the rows as one of them',
    );
  const { columns, reading } = inputs ?? {};
  const table = await openTableStream(path, columns?.map(({ name }) => name) ?? [], reading);
  const reader =
    columns === undefined ? readerInOrder(table, inputSize(network)) : readerByName(table, columns, reading?.decimal);
  const { size } = reader;
  const refuseMissing = hasFill(network) ? undefined : table;
  return {
    table,
    notes: () => reader.notes(),
    batches: async function* (most) {
      let part = new Float32Array(most * size);
      let cells: (readonly string[])[] = [];
      for await (const row of table.rows()) {
        reader.read(row.cells, row.line, part, cells.length * size);
        if (refuseMissing !== undefined) refuseNaN(part, cells.length, size, () => `${path}, line ${row.line}`);
        cells.push(row.cells);
        if (cells.length < most) continue;
        yield { inputs: part, count: most, cells };
        part = new Float32Array(most * size);
        cells = [];
      }
      if (cells.length > 0) yield { inputs: part.subarray(0, cells.length * size), count: cells.length, cells };
    },
  };
}

/**
 * A NumPy array of rows. Whole numbers are pixels from 0 to 255 if the network takes pixels from 0 to 1.
 * @param say gets that
 * @throws DatasetError or CliError, also while rows are read
 */
export async function arrayRows(
  path: string,
  network: Network,
  inputs: TableInputs | undefined,
  say: (line: string) => void,
): Promise<RowSource> {
  const array = await openNpy(path);
  if (inputs !== undefined && array.shape.length === 2 && array.size !== inputSize(network)) {
    const asTable = tableOfArray(array, path, inputs.columns);
    if (asTable !== undefined) return asTable;
  }
  checkShape(array, path, network);
  const isImage = inputs === undefined && network.inputShape.length === 3;
  // As training reads them: whole numbers are pixels from 0 to 255, others from 0 to 1.
  const isPixels = inputs === undefined && (array.type === 'u1' || (isImage && /^[iu]\d$/.test(array.type)));
  if (isPixels) say(`${path}: its whole numbers are pixels from 0 to 255, which are divided by 255`);
  const { count, size } = array;
  const fills = hasFill(network);
  return {
    count,
    notes: () => [],
    batches: async function* (most) {
      let first = 0;
      for await (const part of array.rows(most, isPixels ? 1 / 255 : 1)) {
        const rows = part.length / size;
        for (let row = 0; row < rows; row++) refuseInfinite(part, row, size, () => `${path}, row ${first + row}`);
        if (isPixels && array.type !== 'u1') requirePixels(part, first, size, path);
        if (isImage && first === 0 && part.some((value) => value > 1))
          say(`${path}: there are numbers above 1, and the network was trained on pixels from 0 to 1`);
        if (!fills)
          for (let row = 0; row < rows; row++) refuseNaN(part, row, size, () => `${path}, row ${first + row}`);
        first += rows;
        yield { inputs: part, count: rows };
      }
    },
  };
}

/**
 * An array like the one that the network was trained on, whose columns were called x0, x1, ...: training leaves
 * constant columns out, and categories are several inputs. Undefined if its columns are not these.
 */
function tableOfArray(array: NpyRows, path: string, columns: readonly InputColumn[]): RowSource | undefined {
  const names = new Set(Array.from({ length: array.size }, (_, at) => `x${at}`));
  if (array.count === 0 || !columns.every(({ name }) => names.has(name))) return undefined;
  const { count, size } = array;
  const reader = readerByName(
    { path, columnNames: [...names], hasHeader: true, missing: missingValues(), sample: [] },
    columns,
  );
  return {
    count,
    notes: () => reader.notes(),
    batches: async function* (most) {
      let first = 0;
      for await (const part of array.rows(most)) {
        const rows = part.length / size;
        const own = new Float32Array(rows * reader.size);
        for (let row = 0; row < rows; row++) {
          refuseInfinite(part, row, size, () => `${path}, row ${first + row}`);
          const cells = Array.from(part.subarray(row * size, (row + 1) * size), String);
          reader.read(cells, first + row, own, row * reader.size);
        }
        first += rows;
        yield { inputs: own, count: rows };
      }
    },
  };
}

/** Whether the network replaces missing numbers. */
const hasFill = ({ layers }: Network): boolean => layers[0]?.kind === 'fill';

/** Rows of the network's shape, flat or with extents of 1 left out: [N, 28, 28] for 1 x 28 x 28. */
function checkShape({ shape, count, size }: NpyRows, path: string, network: Network): void {
  const { inputShape } = network;
  const wide = (extents: readonly number[]) => extents.filter((extent) => extent !== 1).join(' x ');
  const needs = `rows of ${inputShape.join(' x ')}`;
  const has = `${path} has the shape (${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  if (size !== inputSize(network) || (shape.length > 2 && wide(shape.slice(1)) !== wide(inputShape))) {
    const isOneRow = shape.reduce((product, extent) => product * extent, 1) === inputSize(network);
    throw new CliError(
      'bad-input',
      `${has}, and the network takes ${needs}${isOneRow ? '; give one row as X.reshape(1, -1)' : ''}`,
    );
  }
  if (count === 0) throw new CliError('bad-input', `${has}: it has no rows`);
}

function refuseNaN(part: Float32Array, row: number, size: number, place: () => string): void {
  for (let at = row * size; at < (row + 1) * size; at++) {
    if (!Number.isNaN(part[at])) continue;
    throw new CliError(
      'bad-input',
      `${place()}, input ${at - row * size}: the number is missing (NaN), and this network has no layer that ` +
        'replaces missing numbers; fill it in',
    );
  }
}

function requirePixels(part: Float32Array, first: number, size: number, path: string): void {
  const at = part.findIndex((value) => !(value >= 0 && value <= 1));
  if (at >= 0)
    throw new CliError(
      'bad-input',
      `${path}, row ${first + Math.floor(at / size)}, input ${at % size}: ${Math.round(part[at] * 255)} is no pixel; ` +
        'whole numbers are from 0 to 255, or give numbers from 0 to 1 as float32',
    );
}

function refuseInfinite(part: Float32Array, row: number, size: number, place: () => string): void {
  for (let at = row * size; at < (row + 1) * size; at++) {
    const value = part[at];
    if (value !== Infinity && value !== -Infinity) continue;
    throw new CliError('bad-input', `${place()}, input ${at - row * size}: the number is infinite in float32`);
  }
}
