import { SweepError } from '../sweep-error.js';

/** A sweep has at most this many values of one key; far more than one round may train. */
const mostValues = 10_000;

const number = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const wholeRange = /^([-+]?\d+)\.\.([-+]?\d+)$/;
const rangeLike = /^(?:lin|log):|^(?=.*\d)[-+.\deE:\s]*\.\.[-+.\deE:\s]*$/;
const spacedRange = new RegExp(`^(lin|log):(${number})\\.\\.(${number}):(\\d+)$`);

/**
 * The values of a key, as text that `--set KEY=VALUE` takes:
 *
 *     4,8,16              a list; commas inside brackets, braces and quotes belong to a value
 *     1..5                whole numbers, both ends included
 *     lin:0..1:5          5 numbers at equal distances
 *     log:1e-3..1e2:6     6 numbers at equal ratios
 *
 * @param option the words of the message, such as `--vary objectives.0.fit.margin=8..4`
 * @throws SweepError 'bad-input' for an empty range, an empty list, and values that are there twice
 */
export function expandValues(text: string, option: string): readonly string[] {
  const values = rangeOf(text.trim(), option) ?? listOf(text, option);
  refuseTwice(values, option);
  return values;
}

/** Whether a text that is no range was probably meant as one: it begins like one, or has numbers and dots only. */
export const isRangeLike = (value: string): boolean => rangeLike.test(value);

/** @throws SweepError 'bad-input' */
export function refuseTwice(values: readonly string[], option: string): void {
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  if (twice !== undefined) throw new SweepError('bad-input', `${option}: the value ${twice} is there twice`);
}

function rangeOf(text: string, option: string): readonly string[] | undefined {
  const whole = wholeRange.exec(text);
  if (whole) {
    const [low, high] = [Number(whole[1]), Number(whole[2])];
    if (low > high) throw emptyRange(option);
    refuseMany(high - low + 1, option);
    return Array.from({ length: high - low + 1 }, (_, at) => String(low + at));
  }
  const spaced = spacedRange.exec(text);
  if (!spaced) return undefined;
  const [, scale, ...ends] = spaced;
  const [low, high, count] = ends.map(Number);
  if (low >= high) throw emptyRange(option);
  if (count < 2) throw new SweepError('bad-input', `${option}: a range of ${count} values; give 2 or more`);
  if (scale === 'log' && low <= 0)
    throw new SweepError('bad-input', `${option}: a log range lies above zero, and it begins at ${low}; use lin:`);
  refuseMany(count, option);
  return Array.from({ length: count }, (_, at) => {
    const part = at / (count - 1);
    const value = scale === 'log' ? low * (high / low) ** part : low + (high - low) * part;
    return String(Number(value.toPrecision(6)));
  });
}

const emptyRange = (option: string): SweepError =>
  new SweepError('bad-input', `${option}: the range is empty; write the smaller number first, such as 1..5`);

function refuseMany(count: number, option: string): void {
  if (count > mostValues)
    throw new SweepError('bad-input', `${option}: ${count} values; a sweep takes at most ${mostValues} of one key`);
}

/** Commas divide a list, except inside brackets, braces and quotes. */
function listOf(text: string, option: string): readonly string[] {
  const values: string[] = [''];
  let depth = 0;
  let quote = '';
  for (const sign of text) {
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if ('[{'.includes(sign)) depth++;
    else if (']}'.includes(sign)) depth--;
    if (sign === ',' && depth === 0 && quote === '') values.push('');
    else values[values.length - 1] += sign;
  }
  const trimmed = values.map((value) => value.trim());
  if (trimmed.some((value) => value === ''))
    throw new SweepError('bad-input', `${option}: a value is missing; write KEY=VALUE,VALUE or a range such as 1..5`);
  refuseMany(trimmed.length, option);
  return trimmed;
}
