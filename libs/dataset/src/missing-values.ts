// Tested by csv-reading.unit.test.ts.
/** Markers of a missing value: in any column, and in a column of numbers. */
export interface MissingValues {
  readonly anywhere: (cell: string) => boolean;
  readonly inNumbers: (cell: string) => boolean;
  /** Whether these are the markers that everybody knows, none of which looks like a number. */
  readonly isUsual: boolean;
  /** Numbers among the markers: -999. */
  readonly numbers: ReadonlySet<number>;
}

/** The markers that pandas.read_csv knows, and the question mark of the UCI archive. */
const usual: ReadonlySet<string> = new Set([
  '',
  '?',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'nan',
  'null',
]);

/**
 * In a column of numbers these are missing, too; as categories they may be values: '-' and '+' are classes of a
 * well-known table.
 */
const usualInNumbers: ReadonlySet<string> = new Set([
  ...[...usual].map((marker) => marker.toLowerCase()),
  '-',
  '--',
  '\u2013',
  '\u2014',
  '.',
  '..',
  'n.a.',
  'missing',
  'nat',
  '(null)',
  '#div/0!',
  '#value!',
  '#ref!',
  '#num!',
]);

/**
 * The empty cell is always missing. Without `markers`, the usual ones are, too; in columns of numbers their case does
 * not matter, and there are some more. With `markers`, only these are.
 */
export function missingValues(markers?: readonly (string | number)[]): MissingValues {
  if (markers === undefined) {
    return {
      anywhere: (cell) => usual.has(cell),
      inNumbers: (cell) => cell === '' || usualInNumbers.has(cell.toLowerCase()),
      numbers: new Set(),
      isUsual: true,
    };
  }
  const given = new Set(['', ...markers.map((marker) => String(marker).trim())]);
  const numbers = new Set(
    [...given]
      .filter((marker) => marker !== '')
      .map(Number)
      .filter((value) => !Number.isNaN(value)),
  );
  const anywhere = (cell: string): boolean => given.has(cell);
  // -999 and -999.0 are one number.
  const inNumbers = (cell: string): boolean => given.has(cell) || (numbers.size > 0 && numbers.has(Number(cell)));
  return { anywhere, inNumbers, numbers, isUsual: false };
}
