// Tested by csv-reading.unit.test.ts.
import type { ColumnProfile, ExampleCell } from './column-profile.js';
import type { DatasetError } from './dataset-error.js';
import { lookOf, numberFault, parseNumber, plainFormat, type NumberFormat } from './number-text.js';
import { cellError, type ColumnKind, type TableFile } from './table-file.js';

interface Profiled {
  readonly column: number;
  readonly profile: ColumnProfile;
}

/**
 * Which columns hold numbers, and in which format. The rule: a column holds numbers if at least half of its
 * values look like numbers. Then every other cell is refused, because one unusual cell must not turn all into
 * categories.
 * @param decimal the decimal mark, if the user gives it; otherwise each column decides, or the table if a column is
 *   ambiguous
 * @throws DatasetError 'bad-input' with line and column
 */
export function columnKinds(
  file: TableFile,
  columns: readonly number[],
  decimal: '.' | ',' | undefined,
  notes: string[],
): Map<number, ColumnKind> {
  if (file.isTyped) return typedKinds(file, columns);
  const kinds = new Map<number, ColumnKind>();
  const numeric: Profiled[] = [];
  for (const column of columns) {
    const profile = file.columns[column]!.profile();
    const numbers = profile.present - profile.count('word');
    if (numbers > 0 && 2 * numbers >= profile.present) numeric.push({ column, profile });
    else kinds.set(column, null);
    if (kinds.has(column) && numbers > 0) {
      notes.push(
        `column '${file.columnNames[column]}': ${numbers} of ${profile.present} values are numbers, ` +
          'fewer than half, so all are categories',
      );
    }
  }
  const marks = new Set(numeric.flatMap(({ profile }) => markOf(profile) ?? []));
  for (const each of numeric) kinds.set(each.column, formatOf(file, each, decimal, marks, notes));
  return kinds;
}

function typedKinds(file: TableFile, columns: readonly number[]): Map<number, ColumnKind> {
  const kinds = new Map<number, ColumnKind>();
  for (const column of columns) {
    const cells = file.columns[column]!;
    kinds.set(column, cells.kind === 'numbers' ? plainFormat : null);
    const { infinite } = cells.profile();
    if (cells.kind === 'numbers' && infinite !== undefined)
      throw cellError(file, column, infinite, numberFault(Infinity, plainFormat));
  }
  return kinds;
}

/** The decimal mark that the column's own cells prove. */
function markOf(profile: ColumnProfile): '.' | ',' | undefined {
  if (profile.count('comma') > 0) return ',';
  return profile.count('point') + profile.count('thousands') > 0 ? '.' : undefined;
}

function formatOf(
  file: TableFile,
  { column, profile }: Profiled,
  decimal: '.' | ',' | undefined,
  marks: ReadonlySet<string>,
  notes: string[],
): NumberFormat {
  const { looks, percents, percent, bare } = profile;
  const name = file.columnNames[column];
  const word = looks.get('word') ?? looks.get('disguised');
  if (word !== undefined) throw oddCell(file, column, profile, word);
  const numbers = profile.present;
  if (percent !== undefined && bare !== undefined) {
    const [odd, other] = 2 * percents >= numbers ? [bare, percent] : [percent, bare];
    throw cellError(
      file,
      column,
      odd,
      `has ${odd === percent ? 'a' : 'no'} percent sign, other than '${other.text}' in ${file.place(other.row)}. ` +
        'Write both in the same way.',
    );
  }
  const own = markOf(profile);
  const open = looks.get('either') ?? openPoint(file, profile, marks);
  const byTable = marks.size === 1 ? ([...marks][0] as '.' | ',') : undefined;
  const byDelimiter = file.delimiter === ',' && !marks.has(',') ? '.' : undefined;
  const mark =
    decimal ?? own ?? (open === undefined ? '.' : looks.has('either') ? (byTable ?? byDelimiter) : undefined);
  if (mark === undefined && open !== undefined) {
    throw cellError(
      file,
      column,
      open,
      "may have a decimal mark or a thousands separator. Say which: dataset.decimal: ',' or '.'.",
    );
  }
  const format: NumberFormat = { decimal: mark ?? '.', percent: percents > 0 };
  // As few lines as possible: one example of an ambiguous number.
  const example =
    (['either', 'thousands', 'apart', 'comma', 'either point'] as const)
      .map((look) => looks.get(look))
      .find((cell) => cell !== undefined && needsNote(cell.text, format)) ??
    percent ??
    (decimal === undefined && own === undefined && marks.size === 0 ? doubtfulPoint(file, profile) : undefined);
  if (example !== undefined) {
    const value = parseNumber(example.text, format);
    if (!Number.isNaN(value))
      notes.push(
        `column '${name}': '${example.text}' is read as ${value}` +
          (percents > 0 ? ', percent signs do not count' : ' (dataset.decimal)'),
      );
  }
  if (profile.infinite !== undefined) throw cellError(file, column, profile.infinite, numberFault(Infinity, format));
  if (profile.zero !== undefined)
    notes.push(
      `column '${name}': '${profile.zero.text}' is read as a number ` +
        `(dataset.categorical: ['${name}'] if these are codes)`,
    );
  return format;
}

/**
 * The first 1.234 of a column if the meaning of the point is unknown: the table has decimal commas, or, with a
 * delimiter that leaves commas free, no decimals at all and 234 beside 1.234.
 */
function openPoint(
  { delimiter }: TableFile,
  { looks, ungrouped }: ColumnProfile,
  marks: ReadonlySet<string>,
): ExampleCell | undefined {
  const mayBeThousands = delimiter !== ',' && marks.size === 0 && looks.has('integer') && !ungrouped;
  return marks.has(',') || mayBeThousands ? looks.get('either point') : undefined;
}

/**
 * A point that is read as a decimal point, although whole numbers beside it or the delimiter suggest
 * otherwise.
 */
const doubtfulPoint = ({ delimiter }: TableFile, { looks, ungrouped }: ColumnProfile): ExampleCell | undefined =>
  !ungrouped && (delimiter !== ',' || looks.has('integer')) ? looks.get('either point') : undefined;

const needsNote = (cell: string, format: NumberFormat): boolean =>
  String(parseNumber(cell, format)) !== cell && Number(cell) !== parseNumber(cell, format);

function oddCell(file: TableFile, column: number, profile: ColumnProfile, cell: ExampleCell): DatasetError {
  const name = file.columnNames[column];
  const numbers = profile.present - profile.count('word') - profile.count('disguised');
  const share = numbers > 0 ? `, but ${numbers} of ${profile.present} values of the column are` : '';
  if (lookOf(cell.text) === 'disguised') {
    return cellError(
      file,
      column,
      cell,
      `is not written as a plain number${share}. Write it without currency signs, brackets and other marks, or set ` +
        `dataset.categorical: ['${name}'] or dataset.ignore: ['${name}'].`,
    );
  }
  return cellError(
    file,
    column,
    cell,
    `is not a number${share}. Correct it, or set dataset.missing: ['${cell.text}'] if there is no value, ` +
      `dataset.categorical: ['${name}'] if all values are names, or dataset.ignore: ['${name}'].`,
  );
}
