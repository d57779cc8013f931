// Tested by divide-and-merge.unit.test.ts.
import type { Solved } from '@mipnet/recursion';
import type { RungResult, SweepProblem } from '../problem/sweep-problem.js';

/** One training of a round. */
export interface Job {
  readonly setting: number;
  readonly repeat: number;
  readonly fold: number | null;
}

/** The trainings of a rung: of each division the settings that are left, on its repeats and folds. */
export function rungJobs(
  { settings, repeats, divisions, folds }: SweepProblem,
  before: RungResult | undefined,
): readonly Job[] {
  return divisions.flatMap((_, division) => {
    const left = before === undefined ? [...settings.keys()] : [...before.kept[division]].sort((a, b) => a - b);
    const own = [...repeats.keys()].filter((repeat) => repeats[repeat].division === division);
    const numbers = folds === 0 ? [null] : Array.from({ length: folds }, (_unused, fold) => fold);
    return left.flatMap((setting) => own.flatMap((repeat) => numbers.map((fold) => ({ setting, repeat, fold }))));
  });
}

/** The trainings of the last round: of each division its best setting, on each of its repeats. */
export const finalJobs = ({ repeats }: SweepProblem, chosen: readonly (number | null)[]): readonly Job[] =>
  repeats.flatMap(({ division }, repeat) => {
    const setting = chosen[division];
    return setting === null ? [] : [{ setting, repeat, fold: null }];
  });

/** Names of parts are parts of workflow ids. */
const longestName = 120;

/** `margin=8, seed=3, fold 2`; names of one round differ. */
export function partName({ settings, repeats }: SweepProblem, { setting, repeat, fold }: Job): string {
  const words = [settings[setting].name, repeats[repeat].name, fold === null ? '' : `fold ${fold + 1}`];
  const name = words.filter((word) => word !== '').join(', ');
  if (name.length <= longestName) return name;
  return `setting ${setting + 1}, repeat ${repeat + 1}${fold === null ? '' : `, fold ${fold + 1}`}`;
}

/** Whether a training has run to its end: its own budget is an end, a stop of the sweep is not. */
export const isWhole = (part: Solved | undefined): boolean =>
  part !== undefined && (!part.stopped || part.endedBy !== undefined);
