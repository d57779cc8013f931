// Tested by csv-reading.unit.test.ts.
import type { CsvFile } from './csv-file.js';
import { DatasetError } from './dataset-error.js';
import { hasPercent, lookOf, parseNumber, type NumberFormat, type NumberLook } from './number-text.js';

/** The number format of a column, or null for a column of categories. */
export type ColumnKind = NumberFormat | null;

/** Counts of cell formats in a column, without missing cells. */
interface Profile {
  readonly column: number;
  readonly present: number;
  /** Cells of each look, and the first row of it. */
  readonly looks: ReadonlyMap<NumberLook, { readonly count: number; readonly row: number }>;
  readonly percents: number;
  /** First row with a percent sign, and first number without one; -1 for none. */
  readonly percentRow: number;
  readonly barePercentRow: number;
  /** First row with a number such as 007; -1 for none. */
  readonly zeroRow: number;
  /** A whole number of four or more digits without a mark: this column has no thousands separator. */
  readonly ungrouped: boolean;
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
  file: CsvFile,
  columns: readonly number[],
  decimal: '.' | ',' | undefined,
  notes: string[],
): Map<number, ColumnKind> {
  const kinds = new Map<number, ColumnKind>();
  const numeric: Profile[] = [];
  for (const column of columns) {
    const profile = profileOf(file, column);
    const numbers = profile.present - countOf(profile, 'word');
    if (numbers > 0 && 2 * numbers >= profile.present) numeric.push(profile);
    else kinds.set(column, null);
    if (kinds.has(column) && numbers > 0) {
      notes.push(
        `column '${file.columnNames[column]}': ${numbers} of ${profile.present} values are numbers, ` +
          'fewer than half, so all are categories',
      );
    }
  }
  const marks = new Set(numeric.flatMap((profile) => markOf(profile) ?? []));
  for (const profile of numeric) kinds.set(profile.column, formatOf(file, profile, decimal, marks, notes));
  return kinds;
}

function profileOf({ rows, missing }: CsvFile, column: number): Profile {
  const looks = new Map<NumberLook, { count: number; row: number }>();
  const first = { percent: -1, bare: -1, zero: -1 };
  let present = 0;
  let percents = 0;
  let ungrouped = false;
  for (let row = 0; row < rows.length; row++) {
    const cell = rows[row][column];
    if (missing.inNumbers(cell)) continue;
    present++;
    const look = lookOf(cell);
    const seen = looks.get(look);
    if (seen === undefined) looks.set(look, { count: 1, row });
    else seen.count++;
    if (look === 'word') continue;
    if (hasPercent(cell)) {
      percents++;
      if (first.percent < 0) first.percent = row;
    } else if (first.bare < 0) first.bare = row;
    if (look === 'integer' && first.zero < 0 && /^0\d/.test(cell)) first.zero = row;
    if (look === 'integer' && /\d{4}/.test(cell)) ungrouped = true;
  }
  return {
    column,
    present,
    looks,
    percents,
    percentRow: first.percent,
    barePercentRow: first.bare,
    zeroRow: first.zero,
    ungrouped,
  };
}

const countOf = ({ looks }: Profile, look: NumberLook): number => looks.get(look)?.count ?? 0;

/** The decimal mark that the column's own cells prove. */
function markOf(profile: Profile): '.' | ',' | undefined {
  if (countOf(profile, 'comma') > 0) return ',';
  return countOf(profile, 'point') + countOf(profile, 'thousands') > 0 ? '.' : undefined;
}

function formatOf(
  file: CsvFile,
  profile: Profile,
  decimal: '.' | ',' | undefined,
  marks: ReadonlySet<string>,
  notes: string[],
): NumberFormat {
  const { column, looks, percents } = profile;
  const name = file.columnNames[column];
  const word = looks.get('word') ?? looks.get('disguised');
  if (word !== undefined) throw oddCell(file, profile, word.row);
  const numbers = profile.present;
  if (percents > 0 && percents < numbers) {
    const [odd, other] =
      2 * percents >= numbers
        ? [profile.barePercentRow, profile.percentRow]
        : [profile.percentRow, profile.barePercentRow];
    throw cellError(
      file,
      odd,
      column,
      `has ${odd === profile.percentRow ? 'a' : 'no'} percent sign, ` +
        `other than '${file.rows[other][column]}' in line ${file.lines[other]}. Write both in the same way.`,
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
      open.row,
      column,
      "may have a decimal mark or a thousands separator. Say which: dataset.decimal: ',' or '.'.",
    );
  }
  const format: NumberFormat = { decimal: mark ?? '.', percent: percents > 0 };
  // As few lines as possible: one example of an ambiguous number.
  const example =
    (['either', 'thousands', 'apart', 'comma', 'either point'] as const)
      .map((look) => looks.get(look)?.row)
      .find((row) => row !== undefined && needsNote(file.rows[row][column], format)) ??
    (percents > 0 ? profile.percentRow : undefined) ??
    (decimal === undefined && own === undefined && marks.size === 0 ? doubtfulPoint(file, profile) : undefined);
  if (example !== undefined) {
    const cell = file.rows[example][column];
    const value = parseNumber(cell, format);
    if (!Number.isNaN(value))
      notes.push(
        `column '${name}': '${cell}' is read as ${value}` +
          (percents > 0 ? ', percent signs do not count' : ' (dataset.decimal)'),
      );
  }
  if (profile.zeroRow >= 0)
    notes.push(
      `column '${name}': '${file.rows[profile.zeroRow][column]}' is read as a number ` +
        `(dataset.categorical: ['${name}'] if these are codes)`,
    );
  return format;
}

/**
 * The first 1.234 of a column if the meaning of the point is unknown: the table has decimal commas, or, with a
 * delimiter that leaves commas free, no decimals at all and 234 beside 1.234.
 */
function openPoint({ delimiter }: CsvFile, { looks, ungrouped }: Profile, marks: ReadonlySet<string>) {
  const mayBeThousands = delimiter !== ',' && marks.size === 0 && looks.has('integer') && !ungrouped;
  return marks.has(',') || mayBeThousands ? looks.get('either point') : undefined;
}

/**
 * The row of a point that is read as a decimal point, although whole numbers beside it or the delimiter suggest
 * otherwise.
 */
const doubtfulPoint = ({ delimiter }: CsvFile, { looks, ungrouped }: Profile): number | undefined =>
  !ungrouped && (delimiter !== ',' || looks.has('integer')) ? looks.get('either point')?.row : undefined;

const needsNote = (cell: string, format: NumberFormat): boolean =>
  String(parseNumber(cell, format)) !== cell && Number(cell) !== parseNumber(cell, format);

function oddCell(file: CsvFile, profile: Profile, row: number): DatasetError {
  const name = file.columnNames[profile.column];
  const cell = file.rows[row][profile.column];
  const numbers = profile.present - countOf(profile, 'word') - countOf(profile, 'disguised');
  const share = numbers > 0 ? `, but ${numbers} of ${profile.present} values of the column are` : '';
  if (lookOf(cell) === 'disguised') {
    return cellError(
      file,
      row,
      profile.column,
      `is not written as a plain number${share}. Write it without currency signs, brackets and other marks, or set ` +
        `dataset.categorical: ['${name}'] or dataset.ignore: ['${name}'].`,
    );
  }
  return cellError(
    file,
    row,
    profile.column,
    `is not a number${share}. Correct it, or set dataset.missing: ['${cell}'] if there is no value, ` +
      `dataset.categorical: ['${name}'] if all values are names, or dataset.ignore: ['${name}'].`,
  );
}

/** An error about one cell. */
export function cellError(file: CsvFile, row: number, column: number, is: string): DatasetError {
  return new DatasetError(
    'bad-input',
    `${file.path}, line ${file.lines[row]}, column '${file.columnNames[column]}': '${file.rows[row][column]}' ${is}`,
  );
}
