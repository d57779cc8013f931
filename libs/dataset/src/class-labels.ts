// Tested by csv.unit.test.ts.
import { listed, type CsvFile } from './csv-file.js';
import { DatasetError } from './dataset-error.js';
import { byCodeUnit } from './feature-columns.js';
import { isNumeric } from './number-text.js';

/** With more classes than this, a note asks whether the column holds classes. */
const MANY_CLASSES = 20;
const MOST_CLASSES = 1_000;

/**
 * The class of each row, by name. Numbers are named by their shortest form, so that 1, 1.0 and 01 are one class.
 * @throws DatasetError 'bad-input' for a missing class, with the line
 */
export function readLabels(file: CsvFile, column: number, notes: string[]): string[] {
  const name = file.columnNames[column];
  const forms = new Map<string, string>();
  const merged = new Map<string, Set<string>>();
  const labels = file.rows.map((row, at) => {
    const cell = row[column];
    if (file.missing.anywhere(cell)) {
      const marker =
        cell === ''
          ? ''
          : ` ('${cell}' marks a missing value; if it is a class, list the markers there are: dataset.missing: ['?'])`;
      throw new DatasetError(
        'bad-input',
        `${file.path}, line ${file.lines[at]}: the class, column '${name}', is missing${marker}`,
      );
    }
    let label = forms.get(cell);
    if (label === undefined) {
      label = shortest(cell);
      forms.set(cell, label);
      merged.set(label, (merged.get(label) ?? new Set()).add(cell));
    }
    return label;
  });
  for (const [label, cells] of merged) {
    if (cells.size > 1)
      notes.push(
        `${file.path}, column '${name}': ${[...cells]
          .slice(0, 5)
          .map((cell) => `'${cell}'`)
          .join(' and ')} are one class, ${label}`,
      );
  }
  return labels;
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
export function sortedClasses(file: CsvFile, column: number, labels: readonly string[], notes: string[]): string[] {
  const name = file.columnNames[column];
  const classes = [...new Set(labels)];
  if (classes.length < 2) {
    throw new DatasetError(
      'bad-input',
      `${file.path}: column '${name}' has only the class '${classes[0]}'; two are needed`,
    );
  }
  const where = `${file.path}: column '${name}' (dataset.class)`;
  const of = `${where} has ${classes.length} different values in ${labels.length} rows`;
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
  file: CsvFile,
  labels: readonly string[],
  classes: readonly string[],
  notes: string[],
): Int32Array {
  const index = new Map(classes.map((label, at) => [label, at]));
  const stopped = labels.every((label) => !index.has(label) && label.endsWith('.') && index.has(label.slice(0, -1)));
  if (stopped) notes.push(`the classes in ${file.path} end with a full stop, which does not count`);
  return Int32Array.from(labels, (label, at) => {
    const found = index.get(stopped ? label.slice(0, -1) : label);
    if (found === undefined) {
      throw new DatasetError(
        'bad-input',
        `${file.path}, line ${file.lines[at]}: class '${label}' is not in training, which ` +
          `has ${listedClasses(classes)}`,
      );
    }
    return found;
  });
}
