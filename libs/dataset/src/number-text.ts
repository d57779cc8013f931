// Tested by csv-reading.unit.test.ts.
/** How the numbers of one column are written. */
export interface NumberFormat {
  /** The decimal mark. Thousands may be separated by any other mark. */
  readonly decimal: '.' | ',';
  /** Every number ends with `%`. */
  readonly percent: boolean;
}

/** As programs write numbers. */
export const plainFormat: NumberFormat = { decimal: '.', percent: false };

export const sameFormat = (a: NumberFormat, b: NumberFormat): boolean =>
  a.decimal === b.decimal && a.percent === b.percent;

/**
 * The format of a cell, without a percent sign:
 * - `integer`, `point` (1.5, 1e3): unambiguous; `either point`: 1.234, a thousand if commas are decimal;
 * - `comma`: only a decimal comma explains it (0,5); `thousands`: only a decimal point does (1,234.5 or 1,234,567);
 *   `either`: 1,234; `apart`: thousands separated by a space or an apostrophe (1 234, 1'234);
 * - `infinite`; `disguised`: digits with a currency sign, brackets or marks at other positions; `word`: anything else.
 */
export type NumberLook =
  'integer' | 'point' | 'either point' | 'comma' | 'thousands' | 'either' | 'apart' | 'infinite' | 'disguised' | 'word';

const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const integer = /^[+-]?\d+$/;
const infinite = /^[+-]?(inf|infinity|1\.#inf|∞)$/i;
const either = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const pointed = /^[+-]?[1-9]\d{0,2}([, '’\u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.\d*)?$/;
const eitherPoint = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;
const comma = /^[+-]?(?:\d*,\d+|\d+,)(?:e[+-]?\d+)?$/i;
const commaGrouped = /^[+-]?[1-9]\d{0,2}([. '’\u00a0\u202f])\d{3}(?:\1\d{3})*(?:,\d*)?$/;
const disguised = /^[-+−(]?\s*\p{Sc}?\s*[-+−]?\s*\d[\d.,'’\s]*\s*[)%\-−]?\s*\p{Sc}?\)?$/u;
/** Several points, as in versions and addresses, or two numbers separated by blanks. */
const severalParts = /^\d+(\.\d+){2,}$|^\d+(\s+\d+)+$/;

const withoutPercent = (cell: string): string => (cell.endsWith('%') ? cell.slice(0, -1).trimEnd() : cell);
export const hasPercent = (cell: string): boolean => cell.endsWith('%');

/** Whether a cell is a number as programs write it. `inf` is one, too, although it cannot be used. */
export const isNumeric = (cell: string): boolean => plain.test(cell) || infinite.test(cell);

export function lookOf(cell: string): NumberLook {
  if (plain.test(cell)) return plainLook(cell);
  if (infinite.test(cell)) return 'infinite';
  // Most words have no digit, or begin with a letter.
  if (!/^[^\p{L}]*\d[^\p{L}]*$/u.test(cell) && !/^[+-]?\d*[.,]\d+e/i.test(cell)) return 'word';
  const text = withoutPercent(cell);
  if (text !== cell && plain.test(text)) return plainLook(text);
  if (either.test(text)) return 'either';
  if (pointed.test(text)) return text.includes(',') ? 'thousands' : 'apart';
  if (comma.test(text)) return 'comma';
  if (commaGrouped.test(text)) return text.includes(',') || text.split('.').length > 2 ? 'comma' : 'apart';
  return disguised.test(text) && !severalParts.test(text) ? 'disguised' : 'word';
}

const plainLook = (cell: string): NumberLook =>
  integer.test(cell) ? 'integer' : eitherPoint.test(cell) ? 'either point' : 'point';

/** The number in a cell; NaN if it is none in this format, Infinity if it is too large. */
export function parseNumber(cell: string, { decimal, percent }: NumberFormat): number {
  if (!percent && decimal === '.' && plain.test(cell)) return Number(cell);
  if (infinite.test(cell)) return cell.startsWith('-') ? -Infinity : Infinity;
  if (percent !== hasPercent(cell)) return NaN;
  const text = withoutPercent(cell);
  if (decimal === '.') {
    if (plain.test(text)) return Number(text);
    return pointed.test(text) ? Number(text.replace(/[, '’\u00a0\u202f]/g, '')) : NaN;
  }
  if (!integer.test(text) && !comma.test(text) && !commaGrouped.test(text)) return NaN;
  return Number(text.replace(/[. '’\u00a0\u202f]/g, '').replace(',', '.'));
}

/** So that differences of two numbers are finite in float32. */
export const largestNumber = 1e38;

/** What is wrong with a cell of a column of numbers, by the value that `parseNumber` gives. */
export function numberFault(value: number, { decimal, percent }: NumberFormat): string {
  if (!Number.isNaN(value)) return `is not a finite number of at most ${largestNumber} (a network reads float32)`;
  const sign = percent ? ' with a percent sign' : '';
  return `is not a number${sign} with the decimal mark '${decimal}', as the other values of the column are`;
}
