import { writeNpyHeader } from '@mipnet/dataset';
import { CliError } from '../program/cli-error.js';
import type { Batch, RowSource } from './batch.js';
import { float32Text } from './number-text.js';
import type { Sink } from './whole-stream.js';

/** Rows with what the network says about them. */
export interface Scored {
  readonly batch: Batch;
  /** rows x outputs, row-major. */
  readonly scores: Float32Array;
  /** Index of the class of each row. */
  readonly classes: Int32Array;
}

export interface ResultWriter {
  begin(): Promise<void>;
  add(scored: Scored): Promise<void>;
  /** All rows are written. */
  end(rows: number): Promise<void>;
}

export interface Outputs {
  /** Of one row. */
  readonly count: number;
  readonly classNames: readonly string[];
}

/**
 * Text: the columns of the table (none for an array), `prediction`, and one column of scores per output.
 * @throws CliError 'bad-input' if the table has a column of such a name already
 */
export function csvWriter(sink: Sink, source: RowSource, { count, classNames }: Outputs): ResultWriter {
  const delimiter = source.table?.delimiter ?? ',';
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell) => quoted(cell, delimiter)).join(delimiter)}\n`;
  const added = ['prediction', ...(count === 1 ? ['score'] : classNames.map((name) => `score_${name}`))];
  const taken = source.table?.columnNames.find((name) => added.includes(name));
  if (taken !== undefined)
    throw new CliError('bad-input', `the table has a column '${taken}' already; remove it, or give it another name`);
  return {
    begin: async () => sink.write(line([...(source.table?.columnNames ?? []), ...added])),
    add: async ({ batch, scores, classes }) => {
      const lines: string[] = [];
      for (let row = 0; row < batch.count; row++) {
        const own = Array.from(scores.subarray(row * count, (row + 1) * count), float32Text);
        lines.push(line([...(batch.cells?.[row] ?? []), classNames[classes[row]], ...own]));
      }
      await sink.write(lines.join(''));
    },
    end: async () => undefined,
  };
}

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** NumPy: the number of the class of each row (int64), or all scores (float32, rows x outputs). */
export function npyWriter(
  sink: Sink,
  kind: 'classes' | 'scores',
  { count }: Outputs,
): ResultWriter & {
  /** What stands at the beginning of the file when all rows are written. */
  head(rows: number): Uint8Array;
} {
  const head = (rows: number): Uint8Array =>
    kind === 'classes' ? writeNpyHeader('int64', [rows], 128) : writeNpyHeader('float32', [rows, count], 128);
  return {
    head,
    begin: () => sink.write(head(0)),
    add: ({ scores, classes }) => sink.write(kind === 'classes' ? int64Bytes(classes) : float32Bytes(scores)),
    end: async () => undefined,
  };
}

function int64Bytes(numbers: Int32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * numbers.length));
  numbers.forEach((number, at) => view.setBigInt64(8 * at, BigInt(number), true));
  return new Uint8Array(view.buffer);
}

function float32Bytes(numbers: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, at) => view.setFloat32(4 * at, number, true));
  return new Uint8Array(view.buffer);
}

/** What `predict --json` prints: part of the command's contract. */
export interface PredictReport {
  /** A list of scores per row, as the ONNX runtime gives them. */
  readonly outputs: readonly (readonly number[])[];
  /** All names, in the order of the scores. */
  readonly classes: readonly string[];
  /** A name per row. */
  readonly predictions: readonly string[];
}

/** One JSON document: `outputs`, a list of scores per row; `classes`, all names; `predictions`, a name per row. */
export function jsonWriter(sink: Sink, { count, classNames }: Outputs): ResultWriter {
  let separator = '\n';
  const predictions: number[] = [];
  return {
    begin: () => sink.write('{"outputs": ['),
    add: async ({ batch, scores, classes }) => {
      const rows: string[] = [];
      for (let row = 0; row < batch.count; row++)
        rows.push(JSON.stringify([...scores.subarray(row * count, (row + 1) * count)]));
      await sink.write(separator + rows.join(',\n'));
      separator = ',\n';
      for (const index of classes) predictions.push(index);
    },
    end: async () => {
      const names = classNames.map((name) => JSON.stringify(name));
      await sink.write(`\n],\n"classes": [${names.join(', ')}],\n"predictions": [`);
      for (let from = 0; from < predictions.length; from += 10_000) {
        const part = predictions.slice(from, from + 10_000).map((index) => names[index]);
        await sink.write((from === 0 ? '' : ',') + part.join(','));
      }
      await sink.write(']}\n');
    },
  };
}
