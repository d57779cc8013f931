// Tested by compare-page.unit.test.ts.
import type { Figures } from '../sweep/swept-setting.js';
import type { ComparedRun } from './compared-run.js';

/** Runs with the same settings but for their seeds. */
export interface RunGroup {
  readonly name: string;
  readonly runs: readonly ComparedRun[];
  /** All keys in which the compared runs differ; the same for all groups. */
  readonly keys: readonly string[];
  readonly test: Figures | null;
  readonly validation: Figures | null;
  readonly seconds: Figures | null;
}

/** `seed`, `dataset.seed`: what a repetition changes. */
const isSeed = (key: string): boolean => /(^|\.)seed$/.test(key);

/** Groups of runs, in the order of their first runs. */
export function groupsOf(runs: readonly ComparedRun[]): readonly RunGroup[] {
  const all = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const keys = all.filter((key) => new Set(runs.map(({ settings }) => settings[key])).size > 1);
  const named = keys.filter((key) => !isSeed(key));
  const nameOf = ({ settings }: ComparedRun): string =>
    named.map((key) => `${key.split('.').at(-1)}=${settings[key] ?? 'none'}`).join(', ') || 'the same settings';
  return [...new Set(runs.map(nameOf))].map((name) => {
    const own = runs.filter((run) => nameOf(run) === name);
    return {
      name,
      runs: own,
      keys,
      test: figuresOf(own.map(({ test }) => test)),
      validation: figuresOf(own.map(({ validation }) => validation)),
      seconds: figuresOf(own.map(({ seconds }) => seconds.solver)),
    };
  });
}

/** Mean and sample standard deviation; null if a figure is missing, because the others are no figure of the group. */
function figuresOf(values: readonly (number | null)[]): Figures | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0 || known.length < values.length) return null;
  const count = known.length;
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: count < 2 ? null : Math.sqrt(squares / (count - 1)), count };
}
