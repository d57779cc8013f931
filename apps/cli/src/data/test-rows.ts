// Tested by ../e2e/test-rows.e2e.test.ts.
import { datasetNamed, ownFileName, samplesHash, type LoadedDataset, type Samples } from '@mipnet/dataset';
import { inputSize, outputSize, type Network } from '@mipnet/network';
import { datasetOfText, type Plan } from '@mipnet/training';
import { resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { dataOriginIn, transformationIn } from '@mipnet/runs/records';
import { checkFits } from './evaluate-network.js';
import { fetchS3, isS3Url } from './fetch-s3.js';
import { fileHash } from './file-hash.js';
import { settingsOf, type DataOptions } from './data-options.js';
import { namedTable, rowsOfTable } from './table-rows.js';
import { loadFromFirst, locateTables, runsOnDataOf } from './recorded-data.js';

export interface TestRows {
  readonly dataset: LoadedDataset;
  readonly samples: Samples;
  /** Whether they are the test rows of the network's run, with its scaling; null if the network's file does not say. */
  readonly sameAsRun: boolean | null;
  /** Why not, or why it is unknown. */
  readonly note: string | null;
}

type Dataset = Plan['dataset'];
type Say = (line: string) => void;

/**
 * The test rows for a network: those of the run that trained it, according to the plan and data in its file, unless
 * options name others.
 * @param file the network's file
 * @throws CliError 'bad-input' if the run's rows are not available, or the rows do not fit the network
 */
export async function testRowsFor(network: Network, file: string, options: DataOptions, say: Say): Promise<TestRows> {
  const settings = settingsOf(options);
  const recorded = dataOriginIn(network.metadata);
  const ofRun = recorded && datasetOfText(recorded.plan, `the plan in ${file}`);
  const named = options.dataset ?? (options.file === undefined || readsFile(ofRun?.name) ? undefined : ownFileName);
  const isRuns = recorded !== undefined && (named === undefined || named === ofRun?.name);
  const asked = isRuns
    ? datasetOfText(recorded.plan, `the plan in ${file}`, settings)
    : datasetOfText(planNaming(named ?? nameFor(network, file, say)), 'the data set', settings);
  checkTableOptions(options, asked.name);
  checkTransformation(asked, network, file, settings);
  const others = await otherTable(network, file, options, say);
  if (others !== undefined) return others;

  const runs = await runsOnDataOf(network);
  const found = isRuns ? await locateTables(asked, { recorded, settings, network: file, runs }) : await fromHere(asked);
  // Rows of any data set are read as the network reads them.
  const choice = transformationIn(network, file) === 'deskew' ? { ...found, deskew: true } : found;
  const ofRuns = runs.flatMap(({ dataFolder }) => dataFolder ?? []);
  const folders = options.data !== undefined ? [options.data] : [undefined, ...new Set(ofRuns)];
  const dataset = await loadFromFirst(folders, choice, recorded?.test, say);
  checkFits(network, dataset, file);
  const { test } = dataset;
  if (!test) throw new CliError('bad-input', `the data set ${dataset.name} has no test part`);
  if (recorded === undefined) {
    return { dataset, samples: test, sameAsRun: null, note: unknownSplit(file, network, choice) };
  }
  if (samplesHash(test) === recorded.test) return { dataset, samples: test, sameAsRun: true, note: null };
  const why = isRuns ? differences(ofRun!, choice, settings) : `the run used ${ofRun!.name}`;
  if (options.dataset === undefined && options.data === undefined && settings.length === 0) {
    const option = readsFile(choice.name) ? '--file TABLE.csv' : '--data FOLDER';
    throw new CliError(
      'bad-input',
      `the test rows of ${dataset.name} found here are not those of the run that trained ` +
        `${file} (SHA-256 ${samplesHash(test)}, the network names ${recorded.test ?? 'none'}); give the ` +
        `run's data by ` +
        `${option}, or give --dataset ${choice.name} to use these`,
    );
  }
  const note = `these are not the test rows of the run that trained ${file}: ${why}`;
  return { dataset, samples: test, sameAsRun: false, note };
}

/**
 * All rows of the table that --file names, if the network's run did not read it and no other option says which rows
 * are for testing.
 */
async function otherTable(
  network: Network,
  file: string,
  options: DataOptions,
  say: Say,
): Promise<TestRows | undefined> {
  const table = await namedTable(network, file, options);
  if (table === undefined) return undefined;
  const recorded = dataOriginIn(network.metadata);
  if (recorded?.files.file !== undefined && (await fileHash(table.path)) === recorded.files.file) return undefined;
  const dataset = await rowsOfTable(network, file, table, say);
  const samples = dataset.train;
  if (recorded === undefined) return { dataset, samples, sameAsRun: null, note: null };
  const sameAsRun = samplesHash(samples) === recorded.test;
  const note = `these are all rows of ${options.file}, not the test rows of the run that trained ${file}`;
  return { dataset, samples, sameAsRun, note: sameAsRun ? null : note };
}

const readsFile = (name: string | undefined): boolean => datasetNamed(name ?? '')?.readsFile === true;
const planNaming = (name: string): string => JSON.stringify({ dataset: { name } });

function checkTableOptions(options: DataOptions, name: string): void {
  const given = (['file', 'class', 'test'] as const).find((key) => options[key] !== undefined);
  if (given === undefined || readsFile(name)) return;
  const advice = `with it, give --dataset ${ownFileName} instead of ${name}`;
  throw new CliError(
    'bad-input',
    `--${given} is about ${given === 'file' ? 'data' : 'a table'} of your own; ${advice}`,
  );
}

/** The network's file says what is done to images, whatever the data set. */
function checkTransformation({ deskew }: Dataset, network: Network, file: string, settings: readonly string[]): void {
  const isDeskewed = transformationIn(network, file) === 'deskew';
  if (isDeskewed === (deskew ?? isDeskewed) || !settings.some((setting) => setting.startsWith('dataset.deskew=')))
    return;
  throw new CliError(
    'bad-input',
    `dataset.deskew=${deskew} has no effect: ${file} reads images ${isDeskewed ? 'that are deskewed' : 'as they are'}; ` +
      'leave it out',
  );
}

/**
 * Files of earlier versions name only the data set, files from other programs none: then the sizes may suggest mnist.
 */
function nameFor(network: Network, file: string, say: Say): string {
  if (network.metadata?.dataset !== undefined) return network.metadata.dataset;
  const [inputs, classes] = [inputSize(network), Math.max(2, outputSize(network))];
  const unnamed = `${file} does not say which data set it was trained on`;
  if (inputs !== 784 || classes !== 10) {
    throw new CliError(
      'bad-input',
      `${unnamed}; it takes ${inputs} numbers and tells ${classes} classes apart: ` +
        'give --dataset NAME, or --file TABLE.csv and --class COLUMN',
    );
  }
  say(`${unnamed}; mnist is a guess, because it takes 784 numbers and tells 10 classes apart (--dataset says other)`);
  return 'mnist';
}

/** Paths as typed are from the present folder; a file in S3 is fetched. */
async function fromHere({ file, labels, test, ...others }: Dataset): Promise<Dataset> {
  const found = (path: string): string | Promise<string> => (isS3Url(path) ? fetchS3(path) : resolve(path));
  return {
    ...others,
    ...(file === undefined ? {} : { file: await found(file) }),
    ...(labels === undefined ? {} : { labels: await found(labels) }),
    ...(test === undefined ? {} : { test: await found(test) }),
  };
}

/**
 * If the test rows of a data set are drawn by a seed, a network file of another program does not say which they are.
 */
function unknownSplit(file: string, { metadata }: Network, { name, test }: Dataset): string | null {
  if (!datasetNamed(name)?.drawsTest || test !== undefined || metadata?.dataset === undefined) return null;
  return `${file} does not say how its run chose the test rows; these may be others, or rows that it was trained on`;
}

function differences(ofRun: Dataset, choice: Dataset, settings: readonly string[]): string {
  const { file: _, test: __, ...keys } = choice;
  const changed = Object.entries(keys).flatMap(([key, value]) => {
    const before = JSON.stringify(ofRun[key as keyof Dataset]);
    const now = JSON.stringify(value);
    return now === before ? [] : [`${key} is ${now}, the run had ${before ?? 'none'}`];
  });
  const isOther = changed.length === 0 || settings.some((setting) => /^dataset\.(file|test)=/.test(setting));
  const isSplit = isOther && readsFile(choice.name) && choice.test === undefined;
  return [
    ...(isOther ? ['the data are others'] : []),
    ...(isSplit ? ['they are split as in its plan, and rows that the network was trained on may be among them'] : []),
    ...changed,
  ].join('; ');
}
