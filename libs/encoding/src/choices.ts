/**
 * The numbers that an input may take, if it may not take every number of an interval: whole numbers, levels of a
 * quantize layer, or a list. The ONNX runtime's number may differ from one of them by at most `error`.
 */
export type Choices = (Multiples | Listed) & { /** @default 0 */ readonly error?: number };

/** first / per, (first + 1) / per, ...: `count` numbers. */
export interface Multiples {
  /** An integer. */
  readonly first: number;
  /** At least 1. */
  readonly count: number;
  /** A positive integer; 1: whole numbers. */
  readonly per: number;
}

export interface Listed {
  /** Ascending, at least one. */
  readonly values: Float64Array;
}

/** Of some inputs that take two values each, exactly one has its larger value: a category as one-hot inputs. */
export interface OneHotGroup {
  readonly inputs: Int32Array;
  /** Whether all of them may have their smaller values, too. */
  readonly orNone: boolean;
}

export const countOf = (choices: Choices): number => ('values' in choices ? choices.values.length : choices.count);

/** The number at a position. */
export const choiceAt = (choices: Choices, at: number): number =>
  'values' in choices ? choices.values[at] : (choices.first + at) / choices.per;

/** The position of the number nearest to a value; of two, the lower one. */
export function nearestChoice(choices: Choices, value: number): number {
  const last = countOf(choices) - 1;
  let low = 0;
  if ('values' in choices) {
    for (let high = last; low < high;) {
      const middle = (low + high + 1) >> 1;
      if (choices.values[middle] <= value) low = middle;
      else high = middle - 1;
    }
  } else low = Math.min(last, Math.max(0, Math.floor(value * choices.per - choices.first)));
  const isAbove = low < last && choiceAt(choices, low + 1) - value < value - choiceAt(choices, low);
  return isAbove ? low + 1 : low;
}

/** Those between two numbers; undefined if there is none. */
export function choicesWithin(choices: Choices, lower: number, upper: number): Choices | undefined {
  const last = countOf(choices) - 1;
  let from = nearestChoice(choices, lower);
  if (choiceAt(choices, from) < lower) from++;
  let to = nearestChoice(choices, upper);
  if (choiceAt(choices, to) > upper) to--;
  if (from > to || from > last || to < 0) return undefined;
  return 'values' in choices
    ? { ...choices, values: choices.values.slice(from, to + 1) }
    : { ...choices, first: choices.first + from, count: to - from + 1 };
}

/** The whole numbers of an interval; undefined if there is none. */
export function wholeNumbers(lower: number, upper: number): Choices | undefined {
  const [first, last] = [Math.ceil(lower), Math.floor(upper)];
  return first > last ? undefined : { first, count: last - first + 1, per: 1 };
}
