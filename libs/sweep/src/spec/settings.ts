import { SweepError } from '../sweep-error.js';
import type { Axis, Sweep, Variant } from './read-sweep.js';
import { isRangeLike } from './values.js';

/** One combination of values. */
export interface Combination {
  /** What people see: `margin=8, sparsity=2`; `the plan as it is` without values. */
  readonly name: string;
  /** Key of the plan -> its value as text. */
  readonly values: Readonly<Record<string, string>>;
}

export interface SettingToTrain extends Combination {
  readonly variant?: Variant;
}

/**
 * Most trainings of one round. Each is a child workflow, and a Temporal server takes some 1,600 of them in the history
 * of one workflow (libs/workflows/src/tree-cost.ts).
 */
const mostTrainings = 1_500;

export interface Grid {
  readonly settings: readonly SettingToTrain[];
  readonly repeats: readonly Combination[];
}

/**
 * Every combination of the values, in the order in which they are written: the first key changes slowest.
 * @throws SweepError 'bad-input' for nothing to sweep, and for more trainings than one round may have
 */
export function gridOf({ vary, repeat, variants, folds = 1 }: Sweep): Grid {
  const settings = Math.max(1, variants.length) * sizeOf(vary);
  const repeats = sizeOf(repeat);
  if (settings * repeats === 1) throw nothingToSweep([...vary, ...repeat]);
  refuseTooMany(settings, repeats, folds);
  const names = shortNames([...vary, ...repeat]);
  const varied = combinations(vary, names);
  const isNamed = varied.some(({ name }) => name !== asItIs);
  return {
    settings:
      variants.length === 0
        ? varied
        : variants.flatMap((variant) =>
            varied.map(({ name, values }) => ({
              name: isNamed ? `${variant.name}, ${name}` : variant.name,
              values,
              variant,
            })),
          ),
    repeats: combinations(repeat, names).map(({ name, values }) => ({
      name: repeat.length === 0 ? '' : name,
      values,
    })),
  };
}

function nothingToSweep(axes: readonly Axis[]): SweepError {
  const unread = axes.find(({ values: [value] }) => isRangeLike(value));
  return new SweepError(
    'bad-input',
    unread === undefined
      ? 'there is nothing to sweep: give --vary KEY=VALUES or --repeat KEY=VALUES, such as --vary seed=0..4'
      : `${unread.key}=${unread.values[0]} is one value and no range, so there is nothing to sweep; write 1..5 for ` +
          'whole numbers, lin:0..1:5 or log:1e-3..1e2:6 for others',
  );
}

function refuseTooMany(settings: number, repeats: number, folds: number): void {
  const trainings = settings * repeats * folds;
  if (trainings <= mostTrainings) return;
  const product = [
    `${settings} settings`,
    ...(repeats > 1 ? [`${repeats} repeats`] : []),
    ...(folds > 1 ? [`${folds} folds`] : []),
  ].join(' x ');
  throw new SweepError(
    'bad-input',
    `${product}${repeats * folds > 1 ? ` are ${trainings} trainings` : ''}; one round may have ${mostTrainings}: ` +
      'vary fewer values at once, and the best of them more finely in a second sweep',
  );
}

const asItIs = 'the plan as it is';

const sizeOf = (axes: readonly Axis[]): number => axes.reduce((product, { values }) => product * values.length, 1);

function combinations(axes: readonly Axis[], names: ReadonlyMap<string, string>): Combination[] {
  const all = axes.reduce<readonly (readonly (readonly [string, string])[])[]>(
    (before, { key, values }) => before.flatMap((chosen) => values.map((value) => [...chosen, [key, value] as const])),
    [[]],
  );
  // A key with one value distinguishes nothing.
  const several = axes.filter(({ values }) => values.length > 1).map(({ key }) => key);
  const shown = several.length === 0 ? axes.map(({ key }) => key) : several;
  return all.map((chosen) => ({
    name:
      chosen
        .filter(([key]) => shown.includes(key))
        .map(([key, value]) => `${names.get(key)}=${plain(value)}`)
        .join(', ') || asItIs,
    values: Object.fromEntries(chosen),
  }));
}

/** A value in quotes is text. */
const plain = (value: string): string => /^"([^"\\]*)"$/.exec(value)?.[1] ?? value;

/** The last word of a key, or as many as are needed to distinguish it. */
function shortNames(axes: readonly Axis[]): ReadonlyMap<string, string> {
  const keys = axes.map(({ key }) => key.split('.'));
  const tail = (key: readonly string[], words: number): string => key.slice(-words).join('.');
  return new Map(
    keys.map((key) => {
      let words = 1;
      while (
        words < key.length &&
        (/^\d+$/.test(key.at(-words)!) || keys.filter((other) => tail(other, words) === tail(key, words)).length > 1)
      )
        words++;
      return [key.join('.'), tail(key, words)] as const;
    }),
  );
}

/** `key=value` of a combination, for `--set`. */
export const changesOf = ({ values }: Combination): string[] =>
  Object.entries(values).map(([key, value]) => `${key}=${value}`);
