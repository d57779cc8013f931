import { samplesHash, type LoadedDataset, type Samples } from '@mipnet/dataset';
import { inputSize, outputSize, type Network } from '@mipnet/network';
import { datasetOfText, type Plan } from '@mipnet/training';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { mipnetPaths } from '../paths.js';
import { dataOriginIn, isSameData, type DataOrigin } from '../runs/network-origin.js';
import { readRecords, type TrainAsked } from '../runs/run-record.js';
import { loadChosenDataset } from './data-options.js';
import { checkFits } from './evaluate-network.js';
import { fileHash } from './file-hash.js';
import { findTable } from './find-table.js';

/** What somebody says about the data instead of the network's file. */
export interface DataOptions {
  readonly dataset?: string;
  readonly data?: string;
  readonly file?: string;
  readonly class?: string;
  readonly test?: string;
  readonly testFraction?: string;
  readonly splitSeed?: number;
  /** Any other key, as `dataset.key=value`. */
  readonly set?: readonly string[];
}

export interface TestRows {
  readonly dataset: LoadedDataset;
  readonly samples: Samples;
  /** Whether they are the rows that the run called its test rows, with its scaling; null if the network's file does not say. */
  readonly sameAsRun: boolean | null;
  /** Why not, or why it is unknown. */
  readonly note: string | null;
}

type Dataset = Plan['dataset'];

/**
 * The test rows for a network: those of the run that trained it, by what its file says of plan and data, unless options
 * name others.
 * @param file the network's file
 * @throws CliError 'bad-input' when the run's rows cannot be had, or the rows are none for the network
 */
export async function testRowsFor(network: Network, file: string, options: DataOptions, say: (line: string) => void): Promise<TestRows> {
  const settings = settingsOf(options);
  const recorded = dataOriginIn(network.metadata);
  const ofRun = recorded && datasetOfText(recorded.plan, `the plan in ${file}`);
  const named = options.dataset ?? (options.file === undefined || ofRun?.name === 'csv' ? undefined : 'csv');
  const usesRecord = recorded !== undefined && ofRun !== undefined && (named === undefined || named === ofRun.name);
  const text = usesRecord ? recorded.plan : JSON.stringify({ dataset: { name: named ?? network.metadata?.dataset ?? guessed(network, file, say) } });
  const asked = datasetOfText(text, usesRecord ? `the plan in ${file}` : 'the data set', settings);
  const ofTables = (['file', 'class', 'test'] as const).find((key) => options[key] !== undefined);
  if (ofTables !== undefined && asked.name !== 'csv') throw new CliError('bad-input', `--${ofTables} is about a table of your own; with it, give --dataset csv instead of ${asked.name}`);
  const runs = await runsOf(network);
  const choice = usesRecord ? await located(asked, { recorded, settings, file, runs }) : fromHere(asked);

  const isOwnChoice = options.dataset !== undefined || options.data !== undefined || settings.length > 0;
  const folders = options.data !== undefined ? [options.data] : [undefined, ...new Set(runs.flatMap(({ dataFolder }) => dataFolder ?? []))];
  const loaded = await firstFitting(folders, choice, recorded?.test, say);
  checkFits(network, loaded, file);
  const { test } = loaded;
  if (!test) throw new CliError('bad-input', `the data set ${loaded.name} has no test part`);
  if (recorded === undefined) return { dataset: loaded, samples: test, sameAsRun: null, note: unknownSplit(file, network, choice) };
  const sameAsRun = samplesHash(test) === recorded.test;
  if (!sameAsRun && !isOwnChoice) {
    throw new CliError('bad-input', `the test rows of ${loaded.name} found here are not those of the run that trained ${file}: `
      + `the network names rows of SHA-256 ${recorded.test ?? '(none)'}, these have ${samplesHash(test)}. Give the run's data by ${choice.name === 'csv' ? '--file' : '--data FOLDER'}, or say --dataset ${choice.name} to use these`);
  }
  return { dataset: loaded, samples: test, sameAsRun, note: sameAsRun ? null : `these are not the test rows of the run that trained ${file}: ${difference(ofRun, choice, usesRecord, settings)}` };
}

/** Options as settings of a plan. */
function settingsOf({ file, class: classColumn, test, testFraction, splitSeed, set = [] }: DataOptions): readonly string[] {
  const stray = set.find((setting) => !/^dataset\.\w+=/.test(setting));
  if (stray !== undefined) throw new CliError('bad-input', `--set ${stray}: of a plan, only keys of its data set count here; write dataset.key=value, such as dataset.header=false`);
  // JSON is YAML, whatever is in a name.
  const given = { file, class: classColumn, test, testFraction: testFraction === undefined ? undefined : Number(testFraction), splitSeed };
  return [...set, ...Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [`dataset.${key}=${JSON.stringify(value)}`]))];
}

/** A network from elsewhere names no data; mnist is what its sizes may mean. */
function guessed(network: Network, file: string, say: (line: string) => void): string {
  const [inputs, classes] = [inputSize(network), Math.max(2, outputSize(network))];
  if (inputs !== 784 || classes !== 10) {
    throw new CliError('bad-input', `${file} does not say which data set it was trained on; it takes ${inputs} numbers and tells ${classes} classes apart: give --dataset NAME, or --file TABLE.csv and --class COLUMN`);
  }
  say(`${file} does not say which data set it was trained on; mnist is a guess, because it takes 784 numbers and tells 10 classes apart (--dataset says another)`);
  return 'mnist';
}

/** Trainings of this machine on the data of the network. */
async function runsOf({ metadata }: Network): Promise<readonly TrainAsked[]> {
  const records = await readRecords(mipnetPaths());
  return records.flatMap(({ asked }) => (asked.kind === 'train' && isSameData(asked.origin, metadata) ? [asked] : []));
}

const fromHere = (choice: Dataset): Dataset => ({
  ...choice,
  ...(choice.file === undefined ? {} : { file: resolve(choice.file) }),
  ...(choice.test === undefined ? {} : { test: resolve(choice.test) }),
});

interface Recorded {
  readonly recorded: DataOrigin;
  readonly settings: readonly string[];
  /** The network's file. */
  readonly file: string;
  readonly runs: readonly TrainAsked[];
}

/**
 * The recorded data set with the paths of its tables. A table given by --file alone that is not the run's training table
 * has rows to test: all of them count, scaled by the training table, as the network expects its inputs. If that one is
 * gone, the table is split and scaled by itself; either way the rows are not the run's, and that is said.
 */
async function located(asked: Dataset, { recorded, settings, file, runs }: Recorded): Promise<Dataset> {
  if (asked.name !== 'csv' || asked.file === undefined) return asked;
  const isGiven = (key: string): boolean => settings.some((setting) => setting.startsWith(`dataset.${key}=`));
  const written = datasetOfText(recorded.plan, `the plan in ${file}`);
  const find = (key: 'file' | 'test', path: string): Promise<string> =>
    findTable({ key, written: path, sha256: recorded.files[key], network: file, known: runs.flatMap(({ plan }) => plan.dataset[key] ?? []) });
  let { test } = asked;
  if (isGiven('testFraction') && !isGiven('test')) test = undefined;
  let table: string;
  if (!isGiven('file')) table = await find('file', asked.file);
  else {
    table = resolve(asked.file);
    const found = recorded.files.file === undefined || isGiven('test') ? undefined : await fileHash(table);
    if (found !== undefined && found !== recorded.files.file) {
      if (['testFraction', 'splitSeed'].some(isGiven)) return { ...asked, file: table, test: undefined };
      const trainedOn = await find('file', written.file ?? asked.file).catch(() => undefined);
      return trainedOn === undefined ? { ...asked, file: table, test: undefined } : { ...asked, file: trainedOn, test: table };
    }
  }
  return { ...asked, file: table, test: test === undefined ? undefined : isGiven('test') ? resolve(test) : await find('test', test) };
}

/** Data folders are tried in turn: the first whose test rows are the run's wins, else the first that has any. */
async function firstFitting(folders: readonly (string | undefined)[], choice: Dataset, test: string | undefined, say: (line: string) => void): Promise<LoadedDataset> {
  const found: { readonly dataset: LoadedDataset; readonly lines: readonly string[] }[] = [];
  let reason: unknown;
  for (const folder of folders) {
    const lines: string[] = [];
    // With one folder there is nothing to choose from, and a download shows its progress.
    const dataset = await loadChosenDataset(choice, folder, folders.length === 1 ? say : (line) => void lines.push(line)).catch((error: unknown) => void (reason ??= error));
    if (!dataset) continue;
    found.push({ dataset, lines });
    if (test === undefined || (dataset.test && samplesHash(dataset.test) === test)) break;
  }
  const best = found.find(({ dataset }) => dataset.test && samplesHash(dataset.test) === test) ?? found[0];
  if (!best) throw reason;
  for (const line of best.lines) say(line);
  return best.dataset;
}

const splitByName: readonly string[] = ['heart', 'csv'];

/** mnist, digits and adult have one test part; another table is split by chance, and the file does not say how. */
const unknownSplit = (file: string, { metadata }: Network, { name, test }: Dataset): string | null =>
  (splitByName.includes(name) && test === undefined && metadata?.dataset !== undefined
    ? `${file} does not say how its run chose the test rows; these may be others, and may be among its training rows` : null);

function difference(ofRun: Dataset | undefined, choice: Dataset, usesRecord: boolean, settings: readonly string[]): string {
  if (ofRun && !usesRecord) return `the run used ${ofRun.name}`;
  const { file: _, test: __, ...keys } = choice;
  const changed = Object.entries(keys).flatMap(([key, value]) => {
    const before = JSON.stringify(ofRun?.[key as keyof Dataset]);
    return JSON.stringify(value) === before ? [] : [`${key} is ${JSON.stringify(value)}, the run had ${before ?? 'none'}`];
  });
  const isOther = changed.length === 0 || settings.some((setting) => /^dataset\.(file|test)=/.test(setting));
  return [...(isOther ? ['the data are others'] : []), ...changed].join('; ');
}
