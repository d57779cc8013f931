// Tested by csv.unit.test.ts.
import { DatasetError } from './dataset-error.js';
import { byCodeUnit } from './feature-columns.js';
import { isNumeric } from './number-text.js';
import { listed, type ColumnOfTexts, type TableFile } from './table-file.js';

/** With more classes than this, a note asks whether the column holds classes. */
const MANY_CLASSES = 20;
const MOST_CLASSES = 1_000;
/** With fewer rows per value on average, a column of many numbers is a quantity. */
const rowsPerAmount = 5;

/** The classes of a table's rows. */
export interface RowLabels {
  /** The different ones, in order of appearance, and which of them each row has. */
  readonly names: readonly string[];
  readonly rows: Int32Array;
}

/**
 * The class of each row, by name. Numbers are named by their shortest form, so that 1, 1.0 and 01 are one class.
 * @throws DatasetError 'bad-input' for a missing class, with the line
 */
export function readLabels(file: TableFile, column: number, notes: string[]): RowLabels {
  const name = file.columnNames[column];
  const { texts, code } = classColumn(file, column);
  const merged = new Map<string, string[]>();
  for (const text of texts) {
    const label = shortest(text);
    const forms = merged.get(label);
    if (forms === undefined) merged.set(label, [text]);
    else forms.push(text);
  }
  const names = [...merged.keys()];
  const places = new Map(names.map((label, place) => [label, place]));
  const placeOf = Int32Array.from(texts, (text) => (file.missing.anywhere(text) ? -1 : places.get(shortest(text))!));
  const rows = new Int32Array(file.count);
  for (let row = 0; row < rows.length; row++) {
    const place = placeOf[code(row)];
    if (place < 0) throw missingClass(file, name, texts[code(row)], row);
    rows[row] = place;
  }
  for (const [label, forms] of merged) {
    if (forms.length > 1)
      notes.push(
        `${file.path}, column '${name}': ${forms
          .slice(0, 5)
          .map((form) => `'${form}'`)
          .join(' and ')} are one class, ${label}`,
      );
  }
  return { names, rows };
}

function classColumn(file: TableFile, column: number): Pick<ColumnOfTexts, 'texts' | 'code'> {
  const cells = file.columns[column];
  if (cells?.kind !== 'texts') throw new Error(`the class column ${column} of ${file.path} is not read as text`);
  return { texts: cells.texts, code: (row) => cells.code(row) };
}

function missingClass(file: TableFile, name: string, cell: string, row: number): DatasetError {
  const marker =
    cell === ''
      ? ''
      : ` ('${cell}' marks a missing value; if it is a class, list the markers there are: dataset.missing: ['?'])`;
  return new DatasetError(
    'bad-input',
    `${file.path}, ${file.place(row)}: the class, column '${name}', is missing${marker}`,
  );
}

const isFiniteNumber = (cell: string): boolean => isNumeric(cell) && Number.isFinite(Number(cell));

/** A number in its shortest form. Whole numbers beyond 2^53 would be rounded; they and words stay as they are. */
function shortest(cell: string): string {
  if (!isFiniteNumber(cell)) return cell;
  const value = Number(cell);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return cell;
  return String(value === 0 ? 0 : value);
}

/**
 * The classes: numbers in ascending order, other names by code unit.
 * @throws DatasetError 'bad-input' if there are fewer than two, or too many
 */
export function sortedClasses(file: TableFile, column: number, { names }: RowLabels, notes: string[]): string[] {
  const name = file.columnNames[column];
  const classes = [...names];
  if (classes.length < 2) {
    throw new DatasetError(
      'bad-input',
      `${file.path}: column '${name}' has only the class '${classes[0]}'; two are needed`,
    );
  }
  const where = `${file.path}: column '${name}' (dataset.class)`;
  const of = `${where} has ${classes.length} different values in ${file.count} rows`;
  const fractions = classes.filter((label) => isFiniteNumber(label) && !Number.isInteger(Number(label)));
  const isMany = classes.length > MOST_CLASSES / 10;
  const areFractions = fractions.length > MANY_CLASSES && 2 * fractions.length > classes.length;
  // Few rows for each of many numbers: prices, ages and the like.
  const areAmounts = classes.every(isFiniteNumber) && file.count < rowsPerAmount * classes.length;
  if (isMany && (areFractions || areAmounts))
    throw new DatasetError(
      'bad-input',
      `${of}, too many to be classes. Numbers such as ${fractions[0] ?? classes[0]} are a quantity, and mipnet classifies: it does ` +
        'no regression. Name the column of the classes, or make classes of the numbers, such as low and high.',
    );
  if (classes.length > MOST_CLASSES)
    throw new DatasetError('bad-input', `${of}, too many to be classes. Name the column of the classes.`);
  if (classes.length > MANY_CLASSES) notes.push(`${of}, and each is a class`);
  const twins = twinsByCase(classes);
  if (twins !== undefined)
    notes.push(`${where}: '${twins[0]}' and '${twins[1]}' are two classes; only upper and lower case differ`);
  return classes.every(isFiniteNumber)
    ? classes.sort((a, b) => Number(a) - Number(b) || byCodeUnit(a, b))
    : classes.sort(byCodeUnit);
}

function twinsByCase(classes: readonly string[]): readonly [string, string] | undefined {
  const byLowerCase = new Map<string, string>();
  for (const label of classes) {
    const twin = byLowerCase.get(label.toLowerCase());
    if (twin !== undefined) return [twin, label];
    byLowerCase.set(label.toLowerCase(), label);
  }
  return undefined;
}

/** Class names for a message; in quotes if a comma or a blank would make them ambiguous. */
export const listedClasses = (classes: readonly string[]): string =>
  listed(
    classes.map((label) => (/^$|[,\s]/.test(label) ? `'${label}'` : label)),
    10,
  );

/**
 * Class indices of a test file. Some archives end the labels of the test file, and only those, with a full stop.
 * @throws DatasetError 'bad-input' for a class that training does not have
 */
export function matchLabels(
  file: TableFile,
  { names, rows }: RowLabels,
  classes: readonly string[],
  notes: string[],
): Int32Array {
  const index = new Map(classes.map((label, at) => [label, at]));
  const stopped = names.every((label) => !index.has(label) && label.endsWith('.') && index.has(label.slice(0, -1)));
  if (stopped) notes.push(`the classes in ${file.path} end with a full stop, which does not count`);
  const classOf = names.map((label) => index.get(stopped ? label.slice(0, -1) : label) ?? -1);
  return rows.map((name, row) => {
    if (classOf[name] < 0) {
      throw new DatasetError(
        'bad-input',
        `${file.path}, ${file.place(row)}: class '${names[name]}' is not in training, which ` +
          `has ${listedClasses(classes)}`,
      );
    }
    return classOf[name];
  });
}
