// Tested by csv-reading.unit.test.ts.
import type { MissingValues } from './missing-values.js';
import { lookOf } from './number-text.js';

export interface HeaderQuestion {
  /** All rows of the file, the first one being the one in question. */
  readonly records: readonly (readonly string[])[];
  readonly missing: MissingValues;
  /** Names by which the user asks for columns. */
  readonly asked: readonly string[];
}

export interface FoundHeader {
  readonly hasHeader: boolean;
  /** Why, if a person could see it in another way. */
  readonly doubt?: string;
}

/** The type of the first cell of a column, according to the cells below. */
type Evidence = 'name above numbers' | 'name above words' | 'repeated word' | 'number among numbers' | 'open';

/** Rows below the first that the decision rests on. */
export const headerSampleRows = 2_000;

const isNumber = (cell: string): boolean => lookOf(cell) !== 'word';

/**
 * Whether the first row names the columns. It does if the user asks for a column by a name that it has. 0, 1, 2, ...
 * are the names that pandas gives if there are none. Otherwise the rows below decide, each column with one vote:
 * - a word above numbers is a name, and so is a word that is not among the words below, if these repeat themselves;
 * - a word that occurs again in its column is a value, and so is a number in the range of the numbers below it.
 * If no column votes, the row is a header, as for pandas.
 */
export function findHeader({ records, missing, asked }: HeaderQuestion): FoundHeader {
  const first = records[0];
  const below = records.slice(1, 1 + headerSampleRows);
  const isAsked = asked.find((name) => first.includes(name) && !/^-?\d+$/.test(name));
  if (isAsked !== undefined)
    return first.some(isNumber)
      ? { hasHeader: true, doubt: `it has '${isAsked}', which is asked for` }
      : { hasHeader: true };
  const marker = first.find((cell) => cell !== '' && missing.anywhere(cell));
  if (marker !== undefined) return { hasHeader: false, doubt: `'${marker}' marks a missing value` };
  if (below.length === 0) return { hasHeader: !first.some(isNumber), doubt: 'it is the only line' };
  if (isCounting(first) && first.some((cell, column) => below.every((row) => row[column] !== cell))) {
    return { hasHeader: true, doubt: 'pandas numbers columns like this' };
  }
  const votes = first.map((cell, column) =>
    evidence(
      cell,
      below.map((row) => row[column]),
      missing,
    ),
  );
  const count = (...kinds: readonly Evidence[]): number =>
    votes.reduce((sum, vote) => sum + (kinds.includes(vote) ? 1 : 0), 0);
  // Concatenated tables repeat the header, and with it every name. Such a line is refused later.
  if (count('name above numbers') > 0 && below.some((row) => row.every((cell, at) => cell === first[at])))
    return { hasHeader: true };
  const names = count('name above numbers', 'name above words');
  const repeated = count('repeated word');
  const values = repeated + count('number among numbers');
  if (names > values)
    return values > 0 ? { hasHeader: true, doubt: `${names} of its cells look like names` } : headerOfNames(votes);
  if (values > 0)
    return {
      hasHeader: false,
      doubt:
        repeated > 0
          ? `'${first[votes.indexOf('repeated word')]}' occurs again below`
          : 'it has numbers like those below',
    };
  return { hasHeader: true, doubt: 'its cells do not occur again below' };
}

/** Words above numbers are a clear case; words above words are not. */
const headerOfNames = (votes: readonly Evidence[]): FoundHeader =>
  votes.includes('name above numbers')
    ? { hasHeader: true }
    : { hasHeader: true, doubt: 'its cells do not occur again below' };

function evidence(cell: string, below: readonly string[], missing: MissingValues): Evidence {
  if (cell === '') return 'open';
  const words = new Set<string>();
  let present = 0;
  let numbers = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const other of below) {
    if (missing.inNumbers(other)) continue;
    present++;
    words.add(other);
    if (!isNumber(other)) continue;
    numbers++;
    const value = roughly(other);
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  // An unusual cell among numbers is refused later; it does not turn them into words.
  const isNumberColumn = numbers > 0 && 2 * numbers >= present;
  if (!isNumberColumn)
    return words.has(cell) ? 'repeated word' : 2 * words.size <= present && present > 0 ? 'name above words' : 'open';
  if (!isNumber(cell)) return 'name above numbers';
  // Half a range beyond: the first row may hold an extreme. A year above shares is a name.
  const slack = (highest - lowest) / 2;
  const value = roughly(cell);
  return value >= lowest - slack && value <= highest + slack ? 'number among numbers' : 'open';
}

const roughly = (cell: string): number => Number.parseFloat(cell.replace(',', '.'));

/** 0, 1, 2, ... or 1, 2, 3, ..., perhaps after the empty name of the index. Two columns are too few to tell. */
function isCounting(first: readonly string[]): boolean {
  const names = first[0] === '' ? first.slice(1) : first;
  return (
    names.length > 2 &&
    ['0', '1'].includes(names[0]) &&
    names.every((name, at) => name === String(at + Number(names[0])))
  );
}
