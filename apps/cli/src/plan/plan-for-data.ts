// Tested by ../e2e/table.e2e.test.ts.
import type { LoadedDataset } from '@mipnet/dataset';
import { choosePlan, planText, type ChosenPlan, type Plan } from '@mipnet/training';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { loadChosenDataset, loadForPlan } from '../data/load-data.js';
import { CliError } from '../program/cli-error.js';
import { checkOut } from '../program/check-out.js';
import { pathsOf, type PlanChoice, type ReadPlan } from './read-plan.js';

export interface PlanForData {
  /** Its data files have absolute paths. */
  readonly plan: Plan;
  /** The same with its paths as the user wrote them. */
  readonly written: Plan;
  readonly dataset: LoadedDataset;
  /** What was decided about the data and the plan, and said. */
  readonly notes: readonly string[];
}

interface Options extends PlanChoice {
  readonly data?: string;
  readonly planOut?: string;
}

interface Hooks {
  readonly say: (line: string) => void;
  /** True ends the choice of a plan. */
  readonly stopped?: () => boolean;
}

/** Loads the data of a plan; for an open plan, the rest of it is chosen for them and said. */
export async function planForData(read: ReadPlan, options: Options, hooks: Hooks): Promise<PlanForData> {
  const planOut =
    options.planOut === undefined ? undefined : await checkOut(options.planOut, 'plan.yaml', '--plan-out');
  const found = read.isOpen ? await chosenFor(read, options, hooks) : await givenFor(read, options, hooks);
  if (planOut !== undefined) await writeFile(planOut, planText(withPathsFrom(dirname(planOut), found.plan)));
  return found;
}

async function givenFor(read: ReadPlan, options: Options, { say }: Hooks): Promise<PlanForData> {
  const { plan, ...data } = await loadForPlan(read.plan, options, say);
  const { start } = read.written;
  return { ...data, plan, written: { ...plan, start, dataset: { ...plan.dataset, ...pathsOf(read.written) } } };
}

async function chosenFor(read: ReadPlan, options: Options, { say, stopped }: Hooks): Promise<PlanForData> {
  const { dataset: keys } = read.plan;
  const loaded = await loadChosenDataset(keys, options.data, say);
  const held = heldOut(loaded);
  if (held !== undefined) say(held);
  say(`choosing a plan for ${loaded.train.count} training rows of ${loaded.train.size} inputs`);
  const request = { name: nameOf(keys), settings: options.set, indices: read.indices };
  const chosen = await choosePlan(request, loaded, { stopped, onProgress: everySeconds(say) });
  if (chosen === undefined) throw new CliError('failed', 'stopped before a plan was chosen; nothing was trained');
  const why = reasonOf(chosen);
  for (const line of [...triedLines(chosen), why, 'the plan (save it with --plan-out FILE.yaml, edit it, train it):'])
    say(line);
  planText(chosen.plan)
    .trimEnd()
    .split('\n')
    .forEach((line) => say(`  ${line}`));
  const plan = { ...chosen.plan, dataset: { ...chosen.plan.dataset, ...pathsIn(keys) } };
  const notes = [...loaded.notes, ...(held === undefined ? [] : [held]), why];
  return { plan, written: chosen.plan, dataset: chosen.dataset, notes };
}

function heldOut({ test, drawnForTest }: LoadedDataset): string | undefined {
  if (test === null || drawnForTest === undefined) return undefined;
  return (
    `${test.count} rows, a fraction of ${drawnForTest} of each class, are held out for the test ` +
    '(--test FILE gives other rows)'
  );
}

function triedLines({ tried }: ChosenPlan): string[] {
  const most = Math.max(...tried.map(({ judged }) => judged));
  return tried.map(({ about, accuracy, judged }) => {
    const early = judged < most ? ` (of ${judged} rows; it fell behind)` : '';
    return `  ${(100 * accuracy).toFixed(2)}%  ${about}${early}`;
  });
}

function reasonOf({ about, tried }: ChosenPlan): string {
  const own = tried.find((plan) => plan.about === about);
  if (own === undefined) return `chosen: ${about}, the only plan for data of this shape and these settings`;
  return (
    `chosen: ${about}, ${(100 * own.accuracy).toFixed(2)}% by cross-validation on training rows, the simplest of the ` +
    `best of ${tried.length} plans; it is trained on all training rows`
  );
}

/** A plan's name has letters, digits, dots, dashes and underscores. */
function nameOf({ file, name }: Plan['dataset']): string {
  const base = basename(file ?? name).replace(/\.(csv|tsv|txt|parquet|npy|npz|gz|xz|zst)\b.*$/i, '');
  const allowed = base.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return allowed.slice(0, 63) || 'table';
}

/** Paths in a plan file are relative to it. */
function withPathsFrom(folder: string, { dataset, ...plan }: Plan): Plan {
  const from = (path: string): string => (isAbsolute(path) ? relative(resolve(folder), path) : path);
  const paths = Object.entries(pathsIn(dataset)).map(([key, path]) => [key, from(path)]);
  return { ...plan, dataset: { ...dataset, ...Object.fromEntries(paths) } };
}

/** The data files that a plan names. */
const pathsIn = ({ file, labels, test }: Plan['dataset']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries({ file, labels, test }).flatMap(([key, path]) => (path ? [[key, path]] : [])));

/** A line at most every five seconds. */
function everySeconds(say: (line: string) => void): (share: number) => void {
  let saidAt = performance.now();
  return (share) => {
    if (performance.now() - saidAt < 5000) return;
    saidAt = performance.now();
    say(`choosing a plan: ${Math.round(100 * share)}%`);
  };
}
