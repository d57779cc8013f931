// Tested by choices.unit.test.ts.
import type { Box } from '@mipnet/bounds';
import { columnTimes, combination, scaled, type LinearExpression, type ModelBuilder } from '@mipnet/mip';
import { choiceAt, countOf, nearestChoice, type Choices, type OneHotGroup } from './choices.js';
import { largestInteger } from './quantize.js';
import { columnUnit, constantUnit, type Unit } from './signal.js';

/** Inputs that do not take every number of their interval. */
export interface InputChoices {
  /** One per input; null for an input that takes every number of its interval. */
  readonly choices?: readonly (Choices | null)[];
  readonly groups?: readonly OneHotGroup[];
}

/** An unknown input of a network in a MIP. */
export interface InputUnit {
  readonly unit: Unit;
  /** The column that equals the input; -1 if there is none. */
  readonly column: number;
  /** Fills the columns of the input from its value. */
  set(x: Float64Array, value: number): void;
  /** The input's value at a point of the model. */
  get(x: ArrayLike<number>): number;
}

/**
 * At most this many listed values become a binary each; more, like integers beyond `largestInteger`, are relaxed to
 * their interval.
 */
const mostBinaries = 1024;

/**
 * The columns of the inputs, and a row per group.
 *
 *     any number       x
 *     multiples        x = n / per                    n integer
 *     two values       x = a + (b - a) z              z binary
 *     equal distances  x = a + h n                    n integer; the unit's error includes the deviation
 *     a list           x = sum v_k z_k, sum z_k = 1   z binary
 *     group            sum over its inputs of (x - a) / (b - a) is 1 (or at most 1)
 */
export function encodeInputs(builder: ModelBuilder, box: Box, { choices, groups = [] }: InputChoices): InputUnit[] {
  const inputs = Array.from(box.lower, (lower, i) => {
    const own = choices?.[i] ?? undefined;
    if (own === undefined) return lower === box.upper[i] ? fixed(lower) : free(builder, lower, box.upper[i]);
    const { unit, ...input } = discrete(builder, own, [lower, box.upper[i]]);
    const error = (own.error ?? 0) + (unit.error ?? 0);
    return { ...input, unit: { ...unit, lower, upper: box.upper[i], ...(error > 0 && { error }) } };
  });
  for (const { inputs: members, orNone } of groups) {
    const counts = Array.from(members, (i) => counted(choices![i]!, inputs[i].unit.expression));
    builder.rowOf(
      orNone ? 0 : 1,
      counts,
      counts.map(() => 1),
      1,
    );
  }
  return inputs;
}

const fixed = (value: number): InputUnit => ({
  unit: constantUnit(value),
  column: -1,
  set: () => undefined,
  get: () => value,
});

function free(builder: ModelBuilder, lower: number, upper: number): InputUnit {
  const column = builder.column(lower, upper);
  return {
    unit: columnUnit(builder, column),
    column,
    set: (x, value) => void (x[column] = value),
    get: (x) => Math.min(upper, Math.max(lower, x[column])),
  };
}

function discrete(builder: ModelBuilder, choices: Choices, [lower, upper]: readonly [number, number]): InputUnit {
  const count = countOf(choices);
  const first = choiceAt(choices, 0);
  const largest = 'values' in choices ? count : Math.max(Math.abs(choices.first), Math.abs(choices.first + count));
  if (largest > largestInteger && count > 1) return free(builder, lower, upper);
  if (count === 1) return fixed(first);
  if (count === 2) return spaced(builder, choices, 0, first, choiceAt(choices, 1) - first);
  if (!('values' in choices)) return spaced(builder, choices, choices.first, 0, 1 / choices.per);
  const distance = (choiceAt(choices, count - 1) - first) / (count - 1);
  const deviation = choices.values.reduce(
    (most, value, k) => Math.max(most, Math.abs(value - first - k * distance)),
    0,
  );
  if (deviation <= 2 ** -20 * distance) {
    const { unit, ...input } = spaced(builder, choices, 0, first, distance);
    return { ...input, unit: { ...unit, error: deviation * (1 + 2 ** -20) } };
  }
  return count <= mostBinaries ? listed(builder, choices.values) : free(builder, lower, upper);
}

/** offset + factor * n for an integer n from `least` on; x = n itself needs no other name. */
function spaced(builder: ModelBuilder, choices: Choices, least: number, offset: number, factor: number): InputUnit {
  const count = countOf(choices);
  const n = builder.column(least, least + count - 1, { integer: true });
  const expression = scaled(columnTimes(n), factor, offset);
  const [lower, upper] = [choiceAt(choices, 0), choiceAt(choices, count - 1)];
  return {
    unit: { expression, lower, upper, isTwoValued: count === 2 },
    column: offset === 0 && factor === 1 ? n : -1,
    set: (x, value) => void (x[n] = least + nearestChoice(choices, value)),
    get: (x) => choiceAt(choices, Math.min(count - 1, Math.max(0, Math.round(x[n]) - least))),
  };
}

function listed(builder: ModelBuilder, values: Float64Array): InputUnit {
  const columns = Array.from(values, () => builder.binary());
  const sum: LinearExpression = { constant: 0, columns, values: columns.map(() => 1) };
  builder.row(1, sum, 1);
  return {
    unit: {
      expression: { constant: 0, columns, values: Array.from(values) },
      lower: values[0],
      upper: values[values.length - 1],
    },
    column: -1,
    set: (x, value) => {
      const chosen = nearestChoice({ values }, value);
      columns.forEach((column, k) => (x[column] = k === chosen ? 1 : 0));
    },
    get: (x) => values[columns.reduce((best, column, k) => (x[column] > x[columns[best]] ? k : best), 0)],
  };
}

/** 0 at the smaller, 1 at the larger of two values; of an input with one value, 0. */
function counted(choices: Choices, expression: LinearExpression): LinearExpression {
  const [low, high] = [choiceAt(choices, 0), choiceAt(choices, countOf(choices) - 1)];
  return high > low
    ? combination([expression], [1 / (high - low)], -low / (high - low))
    : { constant: 0, columns: [], values: [] };
}
