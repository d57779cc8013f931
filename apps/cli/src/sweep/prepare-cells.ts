// Tested by ../e2e/sweep.e2e.test.ts.
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import { originOf } from '@mipnet/runs/records';
import { changesOf, putCell, type Combination, type Grid, type SettingToTrain, type Sweep } from '@mipnet/sweep';
import {
  budgetOf,
  outlineTree,
  putNode,
  statedProblem,
  stratifiedFolds,
  unlimitedWarning,
  type Plan,
  type TrainingProblem,
} from '@mipnet/training';
import { isDeepStrictEqual } from 'node:util';
import { checkIndices } from '../plan/check-indices.js';
import { fitPreset } from '../plan/fit-preset.js';
import { pathsOf, readPlanSource } from '../plan/read-plan.js';
import { refuseTooLarge } from '../plan/refuse-too-large.js';
import { CliError } from '../program/cli-error.js';
import { divisionKeys, type ReadSweep } from './read-sweep.js';
import type { SweepData, SweptData } from './sweep-data.js';

/** A setting with a repeat, in the store, and what the sweep's root needs to know of it. */
export interface PreparedCell {
  readonly ref: ObjectRef;
  /** Its training that is judged. */
  readonly search: ObjectRef;
  /** What states its test rows. */
  readonly division: string;
  readonly problem: TrainingProblem;
  readonly plan: Plan;
  readonly data: SweptData;
}

export interface CellMaker extends Pick<ReadSweep, 'base' | 'sources'> {
  readonly sweep: Sweep;
  readonly store: ObjectStore;
  readonly data: SweepData;
  /** `--set` */
  readonly set: readonly string[];
  /** Whether the settings change a preset, whose numbers of rows are for its own data set. */
  readonly isPreset: boolean;
  readonly say: (line: string) => void;
}

/** Keeps no validation rows. */
const allRows = 'dataset.validationPerClass=0';

/**
 * Prepares every setting on every repeat, so that each fault is found before anything is started.
 * @returns of each setting, its cells in the order of the repeats
 * @throws CliError 'bad-input' that names the setting
 */
export async function prepareCells(maker: CellMaker, { settings, repeats }: Grid): Promise<PreparedCell[][]> {
  const cells: PreparedCell[][] = settings.map(() => []);
  const said = new Set<string>();
  // By repeats first: the settings of a repeat share its data set.
  for (const [number, repeat] of repeats.entries())
    for (const [at, setting] of settings.entries()) {
      try {
        const cell = await prepareCell(maker, setting, repeat);
        cells[at].push(cell);
        if (number > 0) continue;
        refuseTooLarge(await outlineTree(maker.store, cell.problem));
        const warning = unlimitedWarning(cell.plan);
        if (warning !== undefined && !said.has(warning)) maker.say(warning);
        if (warning !== undefined) said.add(warning);
      } catch (cause) {
        throw ofSetting(cause, setting, repeat);
      }
    }
  return cells;
}

async function prepareCell(maker: CellMaker, setting: SettingToTrain, repeat: Combination): Promise<PreparedCell> {
  const { sweep, store } = maker;
  const changes = [...(setting.variant?.set ?? []), ...changesOf(setting), ...changesOf(repeat)];
  const search = await stated(maker, setting, [...changes, ...(sweep.folds === undefined ? [] : [allRows])]);
  const final = sweep.final === 'none' ? search : await stated(maker, setting, [...changes, allRows, ...sweep.final]);
  const { plan, problem } = search;
  refuseUnjudged(sweep, problem);
  const [searchNode, finalNode] = [await putNode(store, problem), await putNode(store, final.problem)];
  const { splits, solver } = searchNode;
  const ref = await putCell(store, {
    search: searchNode.problem,
    final: finalNode.problem,
    searchIsFinal: isDeepStrictEqual(unjudged(problem), unjudged(final.problem)),
    node: { splits, ...(solver === undefined ? {} : { solver }) },
    ...(Object.keys(plan.budget).length === 0 ? {} : { budget: budgetOf(plan) }),
    plan: final.plan,
    origin: originOf(final.written, final.data.dataset, final.data.files),
  });
  return { ref, search: searchNode.problem, division: divisionOf(plan), problem, plan, data: search.data };
}

interface Stated {
  readonly plan: Plan;
  /** With its paths as the user wrote them. */
  readonly written: Plan;
  readonly problem: TrainingProblem;
  readonly data: SweptData;
}

async function stated(
  { base, sources, set, isPreset, data: known }: CellMaker,
  { variant }: SettingToTrain,
  changes: readonly string[],
): Promise<Stated> {
  const own = variant && sources.get(variant.name);
  const all = [...set, ...changes];
  const read = await readPlanSource(own ?? base, all);
  const data = await known.load(read.plan.dataset);
  // A plan file's numbers of rows are kept, or refused; a preset's are for its own data set.
  const isOfPreset = variant === undefined || own === undefined ? isPreset : variant.preset !== undefined;
  const choice = isOfPreset ? { set: all, presetText: (own ?? base).text } : { plan: 'file', set: all };
  const { plan } = fitPreset(read.plan, data.dataset, choice);
  if (read.indices !== undefined) checkIndices(read.indices, data.dataset, plan.dataset.indices);
  const problem = { ...statedProblem(plan, data.dataset, read.indices, read.start), dataset: data.ref };
  const { start } = read.written;
  const written = { ...plan, start, dataset: { ...plan.dataset, ...pathsOf(read.written) } };
  return { plan, written, problem, data };
}

/** @throws CliError 'bad-input' for a setting that no row could judge */
function refuseUnjudged({ folds, final }: Sweep, { view }: TrainingProblem): void {
  if (folds !== undefined) {
    const empty = stratifiedFolds(view.labels, folds, 0).findIndex(({ judged }) => judged.length === 0);
    if (empty >= 0)
      throw new CliError(
        'bad-input',
        `--folds ${folds}: ${view.rows.length} training rows are too few; give fewer folds`,
      );
  } else if (view.validationRows.length === 0 && final !== 'none')
    throw new CliError(
      'bad-input',
      'the plan keeps no validation rows to choose by; set dataset.validationPerClass or dataset.validationFraction, ' +
        'or give --folds 5 for cross-validation on the training rows',
    );
}

const unjudged = ({ view, ...problem }: TrainingProblem): object => ({
  ...problem,
  view: { ...view, validationRows: null, validationLabels: null },
});

const divisionOf = ({ dataset }: Plan): string =>
  JSON.stringify(Object.fromEntries(divisionKeys.map((key) => [key, dataset[key]])));

/** A fault of one setting, with its keys and values. */
function ofSetting(cause: unknown, setting: SettingToTrain, repeat: Combination): unknown {
  if (!(cause instanceof Error) || (cause as { blame?: unknown }).blame !== 'input') return cause;
  const changes = [
    ...(setting.variant === undefined ? [] : [`variant ${setting.variant.name}`]),
    ...changesOf(setting),
    ...changesOf(repeat),
  ];
  return new CliError('bad-input', `${cause.message} (in the setting ${changes.join(', ')})`, { cause });
}
