// Tested by rows-as-trained.unit.test.ts.
import { matchLabels, readLabels } from './class-labels.js';
import { columnKinds } from './column-kind.js';
import { DatasetError } from './dataset-error.js';
import { encodeRows, type FeatureColumn } from './feature-columns.js';
import { inputCount } from './input-columns.js';
import { plainFormat } from './number-text.js';
import type { LoadedDataset, Samples } from './samples.js';
import { listed, type ColumnKind, type ColumnUse, type TableFile } from './table-file.js';
import type { TableHeader, TableOptions, TrainedTable } from './table-options.js';
import type { TableReader } from './table-reader.js';

/**
 * All rows of a table for a network that is trained: its columns are found by name, and nothing is fitted to the rows.
 * @returns the same rows as training and test part
 * @throws DatasetError 'bad-input' for a column that is missing or holds something else, and as the reader
 */
export async function loadRowsAsTrained(
  options: TableOptions,
  { columns, classes }: TrainedTable,
  reader: TableReader,
  name: string,
): Promise<LoadedDataset> {
  const notes: string[] = [];
  let places: readonly number[] = [];
  let classColumn = -1;
  const uses = (header: TableHeader): readonly ColumnUse[] => {
    classColumn = findByName(header, String(options.class));
    places = columns.map((column) => findByName(header, column.name));
    const kindOf = new Map<number, ColumnUse>(
      columns.map(({ kind }, at) => [places[at], kind === 'number' ? 'unknown' : null]),
    );
    kindOf.set(classColumn, null);
    return header.columnNames.map((_, at) => (kindOf.has(at) ? kindOf.get(at)! : 'unused'));
  };
  const asWritten = await reader.read(options.file, uses, notes);
  const numeric = places.filter((_, at) => columns[at].kind === 'number');
  const file = await reader.readAs(asWritten, numberKinds(asWritten, numeric, options.decimal, notes));
  const labels = matchLabels(file, readLabels(file, classColumn, notes), classes, notes);
  const features = columns.map((input, at) => ({ column: places[at], input }) as FeatureColumn);
  const size = inputCount(columns);
  const samples: Samples = {
    name,
    classes,
    inputShape: [size],
    count: file.count,
    size,
    scale: 1,
    columns,
    features: encodeRows(
      features,
      file,
      Int32Array.from({ length: file.count }, (_, row) => row),
      notes,
    ),
    labels,
  };
  const { inputShape } = samples;
  return {
    name,
    classes,
    classColumn: file.columnNames[classColumn],
    inputShape,
    train: samples,
    test: samples,
    notes,
  };
}

/** Every one of the columns as numbers: what is none is refused with its place, unless the cell is empty. */
function numberKinds(
  file: TableFile,
  numeric: readonly number[],
  decimal: '.' | ',' | undefined,
  notes: string[],
): Map<number, ColumnKind> {
  const kinds = columnKinds(file, numeric, decimal, notes);
  for (const column of numeric) {
    if (kinds.get(column) !== null) continue;
    const { present } = file.columns[column]!.profile();
    if (present > 0)
      throw new DatasetError(
        'bad-input',
        `${file.path}: column '${file.columnNames[column]}' holds words, and the network was trained on numbers there`,
      );
    kinds.set(column, plainFormat);
  }
  return kinds;
}

function findByName({ path, columnNames, hasHeader }: TableHeader, wanted: string): number {
  const at = columnNames.indexOf(wanted);
  if (at >= 0) return at;
  throw new DatasetError(
    'bad-input',
    `${path} has no column '${wanted}', which the network needs. It has ` +
      `${listed(columnNames)}${hasHeader ? '' : ' (no header was found)'}`,
  );
}
