import { datasetNamed, readRegularFile } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { parseSolverUrl } from '@mipnet/solver';
import { parsePlan, type Plan } from '@mipnet/training';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { fetchS3, isS3Url } from '../data/fetch-s3.js';
import { readPreset } from './presets.js';
import { readNetwork } from '@mipnet/runs/records';

export interface PlanChoice {
  /** A plan file, or the keys of a plan. */
  readonly plan?: string | object;
  readonly preset?: string;
  readonly set: readonly string[];
}

/** How a command names a plan, or data for which one is to be chosen. */
export interface SourceChoice extends PlanChoice {
  /** A data set by its name. */
  readonly dataset?: string;
  /** Of a data file. */
  readonly class?: string;
  readonly test?: string;
}

export interface ReadPlan {
  /** No plan was named: `plan` has the data set only, and the rest is chosen for the data (plan-for-data.ts). */
  readonly isOpen: boolean;
  /** Its data files have absolute paths. */
  readonly plan: Plan;
  /** The same with its paths as the user wrote them. */
  readonly written: Plan;
  /** Text of the plan's index file, if it names one. */
  readonly indices?: string;
  /** The network that the plan starts from, if it names one. */
  readonly start?: Network;
}

const defaultPreset = 'quickstart';
/** What is read for an open plan: the data set. */
const openPlan = 'network: [{dense: 1}]';

/** A file by its extension; everything else that a command may be given is data. */
const isPlanFile = (path: string): boolean => /\.(ya?ml|json)$/i.test(path);

/**
 * Data given instead of a plan, and options about them, are short for settings; those that are typed come after them.
 * @throws CliError 'bad-input' for options without data
 */
export function withSource<Choice extends SourceChoice>(choice: Choice): Choice {
  const { plan: given, dataset, class: classColumn, test } = choice;
  const file = typeof given !== 'string' || isPlanFile(given) ? undefined : given;
  if (file !== undefined && dataset !== undefined)
    throw new CliError('bad-input', `give a data file or --dataset, not both (got ${file} and ${dataset})`);
  if (file !== undefined && choice.set.length > 0 && !isS3Url(file) && !existsSync(file))
    throw new CliError('bad-input', `${file}: there is no such file; ${quoteHint(file)}`);
  // JSON is YAML, whatever is in a name.
  const settings = Object.entries({ name: dataset, file, class: classColumn, test })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `dataset.${key}=${JSON.stringify(value)}`);
  return { ...choice, plan: file === undefined ? given : undefined, set: [...settings, ...choice.set] };
}

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
 * A plan file, a preset, or without either: an open plan for a table or a file of the user's, otherwise the quick
 * start. `--set` is applied, to an open plan as far as it is about the data set. Paths in a plan file are relative to
 * the plan; paths in `--set` are relative to the current folder.
 */
export async function readPlan({ plan: file, preset, set }: PlanChoice): Promise<ReadPlan> {
  if (file !== undefined && preset !== undefined)
    throw new CliError('bad-input', `give a plan or --preset, not both (got ${nameOf(file)} and ${preset})`);
  refuseTorn(set);
  const isOpen = file === undefined && preset === undefined && namesOwnData(set);
  if (isOpen && isTyped('start', set))
    throw new CliError('bad-input', 'start: a network to start from needs its own plan; give a plan file or --preset');
  const source = isOpen
    ? { text: openPlan, source: 'the data set', folder: process.cwd() }
    : await planSource({ plan: file, preset, set });
  return { isOpen, ...(await readPlanSource(source, isOpen ? set.filter(isAboutData) : set)) };
}

/** The text of a plan, what it is called in messages, and the folder of its paths. */
export interface PlanSource {
  readonly text: string;
  readonly source: string;
  readonly folder: string;
}

/** A plan file, a preset, or the quick start. */
export async function planSource({ plan: file, preset, set }: PlanChoice): Promise<PlanSource> {
  if (typeof file === 'object') return { text: textOf(file), source: nameOf(file), folder: process.cwd() };
  if (file !== undefined) return { text: await readPlanFile(file, set), source: file, folder: dirname(resolve(file)) };
  const chosen = preset ?? defaultPreset;
  return { text: readPreset(chosen), source: `preset ${chosen}`, folder: process.cwd() };
}

const nameOf = (plan: string | object): string => (typeof plan === 'string' ? plan : 'the plan');

/** JSON is YAML. @throws CliError 'bad-input' */
function textOf(plan: object): string {
  try {
    return JSON.stringify(plan);
  } catch (cause) {
    throw new CliError('bad-input', `the plan is no plain object: ${(cause as Error).message}`, { cause });
  }
}

/** Reads a plan's text with settings, and the files that it names. */
export async function readPlanSource(
  { text, source, folder }: PlanSource,
  set: readonly string[],
): Promise<Omit<ReadPlan, 'isOpen'>> {
  const plan = parsePlan(text, source, set);
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
  const network = plan.network.map((layer, index) =>
    'fixed' in layer && typeof layer.fixed === 'object'
      ? { ...layer, fixed: { file: pathOf(`network.${index}.fixed.file`, layer.fixed.file) } }
      : layer,
  );
  return { plan: { ...plan, dataset, network }, written: plan, ...indexText, ...start };
}

const isAboutData = (setting: string): boolean => /^\s*dataset\b/.test(setting);

/** Whether the data set of the settings is a table or a file, according to the quick start with these settings. */
function namesOwnData(set: readonly string[]): boolean {
  if (!isTyped('dataset.name', set) && !isTyped('dataset.file', set)) return false;
  const { name } = parsePlan(readPreset(defaultPreset), `preset ${defaultPreset}`, set.filter(isAboutData)).dataset;
  const kind = datasetNamed(name)?.kind;
  return kind === 'table' || kind === 'file';
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
    throw new CliError('bad-input', `${(error as Error).message}; ${quoteHint(file)}`, { cause: error });
  }
}

const quoteHint = (half: string): string => `if '${half}' belongs to a --set, quote the whole setting: --set 'KEY=...'`;

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
