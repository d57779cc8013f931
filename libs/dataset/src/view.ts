import { DatasetError } from './dataset-error.js';
import { seededRandom } from './random.js';
import { shortJson } from './short-json.js';

/**
 * Picks the same number of rows of every class. With one seed the rows for 10 per class are among those for 40.
 * @param labels class index of each row
 * @param classes how many classes there are, or their names for messages
 * @returns row numbers, ascending
 * @throws DatasetError 'bad-input' when a class has fewer rows than asked
 */
export function stratifiedRows(
  labels: Int32Array,
  classes: number | readonly string[],
  perClass: number,
  seed: number,
): Int32Array {
  return pickPerClass(labels, classes, () => true, { perClass, seed, stream: 'view', part: 'in training' });
}

/**
 * Stratified rows to validate with: from the training part, none of them in the view.
 * @param excludedRows the view's rows
 * @param perClass 0 for none
 * @returns row numbers, ascending
 * @throws DatasetError 'bad-input' when a class has fewer rows left than asked
 */
export function validationRows(
  labels: Int32Array,
  classes: number | readonly string[],
  excludedRows: ArrayLike<number>,
  perClass: number,
  seed: number,
): Int32Array {
  if (perClass === 0) return new Int32Array();
  const excluded = new Uint8Array(labels.length);
  for (let i = 0; i < excludedRows.length; i++) excluded[excludedRows[i]] = 1;
  return pickPerClass(labels, classes, (row) => excluded[row] === 0, {
    perClass,
    seed,
    stream: 'validation',
    part: 'in training, outside the chosen rows,',
  });
}

/**
 * As `validationRows`, with fewer rows for a class that has fewer.
 * @param countOf rows of a class to take, by the number of those that are not excluded
 */
export function someValidationRows(
  labels: Int32Array,
  classCount: number,
  excludedRows: ArrayLike<number>,
  countOf: (left: number) => number,
  seed: number,
): Int32Array {
  const left = rowsByClass(labels, classCount, excludedRows);
  return Int32Array.from(
    left.flatMap((rows, label) => seededRandom(seed, 'validation', label).shuffle(rows).slice(0, countOf(rows.length))),
  ).sort();
}

/** The rows of each class that are not excluded, ascending. */
export function rowsByClass(labels: Int32Array, classCount: number, excludedRows: ArrayLike<number> = []): number[][] {
  const excluded = new Uint8Array(labels.length);
  for (let i = 0; i < excludedRows.length; i++) excluded[excludedRows[i]] = 1;
  const rows = Array.from({ length: classCount }, (): number[] => []);
  labels.forEach((label, row) => {
    if (excluded[row] === 0) rows[label].push(row);
  });
  return rows;
}

interface Draw {
  readonly perClass: number;
  readonly seed: number;
  /** Names the random numbers, so that two picks with one seed differ. */
  readonly stream: string;
  /** Where the rows are, for messages. */
  readonly part: string;
}

function pickPerClass(
  labels: Int32Array,
  classes: number | readonly string[],
  allowed: (row: number) => boolean,
  { perClass, seed, stream, part }: Draw,
): Int32Array {
  if (!Number.isSafeInteger(perClass) || perClass < 1) {
    throw new DatasetError('bad-input', `rows per class must be a whole number of at least 1, not ${perClass}`);
  }
  const classCount = typeof classes === 'number' ? classes : classes.length;
  const byClass = Array.from({ length: classCount }, (): number[] => []);
  for (let row = 0; row < labels.length; row++) if (allowed(row)) byClass[labels[row]].push(row);

  const chosen = byClass.flatMap((rows, label) => {
    if (rows.length < perClass) {
      const name = typeof classes === 'number' ? `class ${label}` : `class '${classes[label]}'`;
      const fewest = Math.min(...byClass.map((candidates) => candidates.length));
      const fix = fewest === 0 ? 'Leave the class out or add rows of it.' : `Ask for at most ${fewest} per class.`;
      throw new DatasetError(
        'bad-input',
        `${perClass} rows of ${name} were asked for, and ${part} ` +
          `there ${rows.length === 1 ? 'is' : 'are'} ${rows.length}. ${fix}`,
      );
    }
    return seededRandom(seed, stream, label).shuffle(rows).slice(0, perClass);
  });
  return Int32Array.from(chosen).sort();
}

/**
 * Reads an index file: a JSON array of training row numbers, counted from 0.
 * @param text the file's content
 * @param count rows of the training part
 * @returns the row numbers, ascending
 * @throws DatasetError 'bad-input' saying which entry is wrong
 */
export function explicitRows(text: string, count: number): Int32Array {
  const bad = (what: string, cause?: unknown): DatasetError =>
    new DatasetError(
      'bad-input',
      `row numbers must be a JSON array of different integers from 0 to ${count - 1}, e.g. [0, 17, 42]: ${what}`,
      { cause },
    );
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch (cause) {
    // The parser's message quotes the file, which a plan of somebody else's may have pointed anywhere.
    throw bad('this is not JSON', cause);
  }
  if (!Array.isArray(entries)) throw bad(`this is ${entries === null ? 'null' : `a JSON ${typeof entries}`}`);
  if (entries.length === 0) throw bad('the array is empty');
  const firstAt = new Map<number, number>();
  entries.forEach((entry: unknown, at) => {
    if (typeof entry !== 'number' || !Number.isInteger(entry)) throw bad(`entry ${at} is ${shortJson(entry)}`);
    if (entry < 0 || entry >= count) throw bad(`entry ${at} is ${entry}, out of range`);
    const first = firstAt.get(entry);
    if (first !== undefined) throw bad(`${entry} is there twice, as entries ${first} and ${at}`);
    firstAt.set(entry, at);
  });
  return Int32Array.from(firstAt.keys()).sort();
}
