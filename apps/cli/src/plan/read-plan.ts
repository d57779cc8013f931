import { contentOf, datasetNamed, ownFileName, readRegularFile } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { parseSolverUrl } from '@mipnet/solver';
import { parsePlan, type Plan } from '@mipnet/training';
import { dirname, resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { fetchS3, isS3Url } from '../data/fetch-s3.js';
import { readPreset } from './presets.js';
import { readNetwork } from '@mipnet/runs/records';

export interface PlanChoice {
  readonly plan?: string;
  readonly preset?: string;
  readonly set: readonly string[];
}

export interface ReadPlan {
  /** Its data files have absolute paths. */
  readonly plan: Plan;
  /** The same with its paths as the user wrote them. */
  readonly written: Plan;
  /** Decisions that the user did not make, one line each. */
  readonly notes: readonly string[];
  /** Text of the plan's index file, if it names one. */
  readonly indices?: string;
  /** The network that the plan starts from, if it names one. */
  readonly start?: Network;
}

const defaultPreset = 'quickstart';
/** The same for a table. */
const tablePreset = 'table';

/** A data set given by name is short for a setting. */
export const withDataset = <Choice extends PlanChoice & { readonly dataset?: string }>(choice: Choice): Choice =>
  choice.dataset === undefined ? choice : { ...choice, set: [...choice.set, `dataset.name=${choice.dataset}`] };

/** So is a solver; where its program is concerns this machine alone. */
export const withSolver = <Choice extends PlanChoice & { readonly solver?: string }>(choice: Choice): Choice =>
  choice.solver === undefined
    ? choice
    : { ...choice, set: [...choice.set, `solver.backend=${parseSolverUrl(choice.solver).name}`] };

/** Paths of the data as somebody wrote them: the network's file names them so. */
export const pathsOf = ({ dataset: { file, labels, test, indices } }: Plan): Partial<Plan['dataset']> => ({
  file,
  labels,
  test,
  indices,
});

/** Bytes. The longest plan in use has 3 KB; two million row numbers take 16 MB. */
const mostOfPlan = 2 ** 18;
const mostOfIndices = 2 ** 24;

/**
 * A plan file, a preset, or without either the preset for tables or the quick start, with `--set` applied. Paths in a
 * plan file are relative to the plan; paths in `--set` are relative to the current folder.
 */
export async function readPlan({ plan: file, preset, set }: PlanChoice): Promise<ReadPlan> {
  if (file !== undefined && preset !== undefined)
    throw new CliError('bad-input', `give a plan file or --preset, not both (got ${file} and ${preset})`);
  refuseTorn(set);
  const isTable = file === undefined && preset === undefined && (await namesTable(set));
  const chosen = preset ?? (isTable ? tablePreset : defaultPreset);
  const text = file === undefined ? readPreset(chosen) : await readPlanFile(file, set);
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  const plan = parsePlan(text, file ?? `preset ${chosen}`, set);
  const notes = isTable
    ? [
        `the plan is the preset ${tablePreset}, because ${dataNameOf(plan)} is a table, and the quick ` +
          'start is for images (--preset NAME takes another)',
      ]
    : [];
  const pathOf = (key: string, path: string): string => resolve(isTyped(key, set) ? process.cwd() : folder, path);
  const dataPath = (key: 'file' | 'labels' | 'test', path: string): string | Promise<string> =>
    isS3Url(path) ? fetchS3(path) : pathOf(`dataset.${key}`, path);
  const start = plan.start === undefined ? {} : { start: await readNetwork(pathOf('start', plan.start)) };
  const { indices, file: table, labels, test } = plan.dataset;
  const indexText =
    indices === undefined
      ? {}
      : { indices: await readText(pathOf('dataset.indices', indices), 'dataset.indices', mostOfIndices) };
  const dataset = {
    ...plan.dataset,
    ...(table === undefined ? {} : { file: await dataPath('file', table) }),
    ...(labels === undefined ? {} : { labels: await dataPath('labels', labels) }),
    ...(test === undefined ? {} : { test: await dataPath('test', test) }),
  };
  return { plan: { ...plan, dataset }, written: plan, notes, ...indexText, ...start };
}

/** A data set of one's own is named by its file. */
const dataNameOf = ({ dataset: { name, file } }: Plan): string => (name === ownFileName ? (file ?? name) : name);

/** Whether the data set of the settings is a table, according to the quick start with these settings. */
async function namesTable(set: readonly string[]): Promise<boolean> {
  if (!isTyped('dataset.name', set) && !isTyped('dataset.file', set)) return false;
  const names = set.filter((setting) => /^\s*dataset\b/.test(setting));
  const { name, file } = parsePlan(readPreset(defaultPreset), `preset ${defaultPreset}`, names).dataset;
  const kind = datasetNamed(name)?.kind;
  if (kind !== 'file' || file === undefined) return kind === 'table';
  return (await contentOf(isS3Url(file) ? await fetchS3(file) : resolve(file))) === 'table';
}

/**
 * A shell divides `--set network=[{dense: 8}` at the space, and its second half looks like the name of a plan.
 * @throws CliError 'bad-input'
 */
function refuseTorn(set: readonly string[]): void {
  const count = (text: string, signs: RegExp): number => text.match(signs)?.length ?? 0;
  // Only a value that begins with a bracket is a list or a mapping; `file=odd[name.csv` is text.
  const torn = set.find(
    (setting) =>
      /^[^=]*=\s*[[{]/.test(setting) && count(setting, /[[{]/g) > count(setting, /[\]}]/g) && !/["']/.test(setting),
  );
  if (torn === undefined) return;
  throw new CliError(
    'bad-input',
    `--set ${torn}: a bracket is not closed; the shell divides what you type at spaces, so quote the ` +
      `value: --set '${torn} ...'`,
  );
}

/** `--set name=my plan` has a second half, too, which is no file. @throws CliError 'bad-input' */
async function readPlanFile(file: string, set: readonly string[]): Promise<string> {
  try {
    return await readText(file, 'the plan');
  } catch (error) {
    if (set.length === 0 || /\.(ya?ml|json)$/i.test(file)) throw error;
    const hint = `if '${file}' belongs to a --set, quote the whole setting: --set 'KEY=...'`;
    throw new CliError('bad-input', `${(error as Error).message}; ${hint}`, { cause: error });
  }
}

/** Whether a key's value comes from a setting, of the key itself or of a mapping that holds it. */
export const isTyped = (key: string, settings: readonly string[]): boolean =>
  settings.some((setting) => {
    const set = setting
      .slice(0, setting.indexOf('='))
      .split('.')
      .map((part) => part.trim())
      .join('.');
    return key === set || key.startsWith(`${set}.`);
  });

/** @param most largest file that is read, bytes. @throws CliError 'bad-input' */
export async function readText(file: string, what: string, most = mostOfPlan): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readRegularFile(file, { most, what }));
  } catch (cause) {
    if (cause instanceof TypeError) throw new CliError('bad-input', `${what}: ${file} is not text in UTF-8`, { cause });
    throw new CliError('bad-input', (cause as Error).message, { cause });
  }
}
