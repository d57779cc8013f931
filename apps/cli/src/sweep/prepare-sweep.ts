// Tested by ../e2e/sweep.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import { shortReading } from '@mipnet/runs';
import type { SweepAsked } from '@mipnet/runs/records';
import { gridOf, hasLimits, putSweepNode, rungsOf, type Grid, type Sweep } from '@mipnet/sweep';
import { CliError } from '../program/cli-error.js';
import { prepareCells, type PreparedCell } from './prepare-cells.js';
import type { ReadSweep } from './read-sweep.js';
import { SweepData } from './sweep-data.js';

export interface PreparedSweep {
  readonly node: ProblemNode;
  readonly asked: SweepAsked;
  /** In how many divisions of the data a setting is chosen; 0: none is. */
  readonly divisions: number;
  /** What is trained, in one line. */
  readonly about: string;
}

export interface SweepOptions {
  readonly set: readonly string[];
  readonly preset?: string;
  readonly plan?: string;
  /** --data */
  readonly folder: string | undefined;
  readonly say: (line: string) => void;
}

/** From a sweep to the root of its tree: every problem of its trainings is in the store when this returns. */
export async function prepareSweep(
  { sweep, base, sources }: ReadSweep,
  store: ObjectStore,
  { set, plan, folder, say }: SweepOptions,
): Promise<PreparedSweep> {
  const grid = gridOf(sweep);
  const { settings, repeats } = grid;
  const data = new SweepData(store, folder, say);
  const cells = await prepareCells({ sweep, base, sources, set, store, data, say, isPreset: plan === undefined }, grid);
  const divisionOf = divisionsOf(cells, grid);
  const divided = [...new Set(divisionOf)];
  refuseEqual(cells, grid);
  const solver = oneSolver(cells, grid);
  const [[first]] = cells;
  const { name } = first.plan;
  const rows = Math.min(...cells.flat().map(({ problem }) => problem.view.rows.length));
  const rungs = rungsOf(sweep.final === 'none' ? 'none' : sweep.halving, settings.length, rows);
  if (rungs.by === 'limits' && rungs.scales.length > 1) refuseUnlimited(cells, grid);
  const node = await putSweepNode(
    store,
    {
      name,
      settings: settings.map(({ name: label, values, variant }) => ({
        name: label,
        values: variant === undefined ? values : { variant: variant.name, ...values },
      })),
      repeats: repeats.map((repeat, at) => ({ ...repeat, division: divided.indexOf(divisionOf[at]) })),
      divisions: divided.map((division) => ({
        name: divided.length === 1 ? '' : divisionName(grid, divisionOf, division),
      })),
      cells: cells.map((own) => own.map(({ ref }) => ref)),
      folds: sweep.folds ?? 0,
      rungs,
      final: sweep.final !== 'none',
      seed: sweep.seed,
    },
    solver,
  );
  const asked: SweepAsked = {
    kind: 'sweep',
    name,
    keys: [...(sweep.variants.length === 0 ? [] : ['variant']), ...sweep.vary.map(({ key }) => key)].map(shortWord),
    repeated: sweep.repeat.map(({ key }) => key).map(shortWord),
    settings: settings.length,
    repeats: repeats.length,
    dataset: first.plan.dataset,
    ...(folder === undefined ? {} : { dataFolder: folder }),
    reading: shortReading(first.data.dataset.notes),
  };
  const divisions = sweep.final === 'none' ? 0 : divided.length;
  return { node, asked, divisions, about: aboutOf(grid, sweep, rungs.scales.length, divided.length) };
}

const shortWord = (key: string): string => key.slice(0, 200);

/** Of each repeat, what states its test rows. @throws CliError 'bad-input' if settings differ in it */
function divisionsOf(cells: readonly (readonly PreparedCell[])[], { settings, repeats }: Grid): string[] {
  return repeats.map((_, repeat) => {
    const { division } = cells[0][repeat];
    const other = cells.findIndex((own) => own[repeat].division !== division);
    if (other >= 0)
      throw new CliError(
        'bad-input',
        `the settings '${settings[0].name}' and '${settings[other].name}' have other test rows (dataset.name, file, test, ` +
          'splitSeed, testFraction), and training rows of one would be test rows of the other; choose inside each ' +
          'division of the data: --repeat dataset.splitSeed=0..9',
      );
    return division;
  });
}

function divisionName({ repeats }: Grid, divisionOf: readonly string[], division: string): string {
  const own = repeats.filter((_, at) => divisionOf[at] === division);
  // The values that all repeats of the division have, and no other one.
  const shared = Object.entries(own[0].values).filter(([key, value]) =>
    own.every(({ values }) => values[key] === value),
  );
  return shared.map(([key, value]) => `${key.split('.').at(-1)}=${value}`).join(', ');
}

/** @throws CliError 'bad-input' for a repeat that repeats nothing */
function refuseEqual(cells: readonly (readonly PreparedCell[])[], { repeats }: Grid): void {
  const keys = cells[0].map(({ search }) => search.sha256);
  const at = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (at < 0) return;
  throw new CliError(
    'bad-input',
    `--repeat: '${repeats[keys.indexOf(keys[at])].name}' and '${repeats[at].name}' are the same training of ` +
      `${cells[0][at].data.dataset.name}; repeat another key, such as seed or dataset.seed`,
  );
}

/** @throws CliError 'bad-input' */
function oneSolver(cells: readonly (readonly PreparedCell[])[], { settings }: Grid): string | undefined {
  const { solver } = cells[0][0].problem;
  const other = cells.findIndex((own) => own.some(({ problem }) => problem.solver !== solver));
  if (other >= 0)
    throw new CliError(
      'bad-input',
      `the settings '${settings[0].name}' and '${settings[other].name}' have different solvers (solver.backend); a ` +
        'sweep has one: start a sweep per solver',
    );
  return solver;
}

/** @throws CliError 'bad-input' */
function refuseUnlimited(cells: readonly (readonly PreparedCell[])[], { settings }: Grid): void {
  const at = cells.findIndex(([{ problem }]) => !hasLimits(problem.limits));
  if (at >= 0)
    throw new CliError(
      'bad-input',
      `halving by limits: the setting '${settings[at].name}' has no limit to divide; set solver.workLimit or ` +
        'solver.timeLimit, or halve by rows',
    );
}

function aboutOf({ settings, repeats }: Grid, { folds }: Sweep, rungs: number, divisions: number): string {
  const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  return [
    many(settings.length, 'setting'),
    ...(repeats.length > 1 ? [many(repeats.length, 'repeat')] : []),
    ...(folds === undefined ? [] : [many(folds, 'fold')]),
    many(rungs, 'round'),
    ...(divisions > 1 ? [`a choice inside each of ${divisions} divisions`] : []),
  ].join(', ');
}
