// Tested by ../e2e/test-rows.e2e.test.ts.
import { datasetNamed, samplesHash, type LoadedDataset } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import type { Plan } from '@mipnet/training';
import { basename, dirname, join, resolve } from 'node:path';
import { mipnetPaths } from '@mipnet/stack/folders';
import { isSameData, isSweep, isTraining, type DataOrigin, readRecords } from '@mipnet/runs/records';
import { fetchS3, isS3Url } from './fetch-s3.js';
import { loadChosenDataset } from './load-data.js';
import { fileHash } from './file-hash.js';
import { findTable } from './find-table.js';

// Finds the data that a network's file names on this machine.

type Dataset = Plan['dataset'];

/** Where a run of this machine found its data. */
export interface DataOfRun {
  readonly dataset: Dataset;
  readonly dataFolder?: string;
}

/**
 * Trainings of this machine on the data of a network, and sweeps: their records hold paths. A sweep has many data sets;
 * the hashes in the network's file say whether what is found is the right one.
 */
export async function runsOnDataOf({ metadata }: Network): Promise<readonly DataOfRun[]> {
  const records = await readRecords(mipnetPaths());
  return records.flatMap(({ asked }) => {
    if (isTraining(asked) && isSameData(asked.origin, metadata))
      return [{ dataset: asked.plan.dataset, dataFolder: asked.dataFolder }];
    return isSweep(asked) && asked.dataset ? [{ dataset: asked.dataset, dataFolder: asked.dataFolder }] : [];
  });
}

export interface Recorded {
  readonly recorded: DataOrigin;
  /** The data that options name instead, as settings of a plan. */
  readonly settings: readonly string[];
  /** The network's file. */
  readonly network: string;
  readonly runs: readonly DataOfRun[];
}

/**
 * The recorded data set with the paths of its files. If --file names other data, they are split as the plan says; the
 * test rows are then not the run's, and a message says so. (Other tables: see table-rows.ts.)
 * @throws CliError 'bad-input' for a table that is missing or has changed
 */
export async function locateTables(asked: Dataset, { recorded, settings, network, runs }: Recorded): Promise<Dataset> {
  if (!datasetNamed(asked.name)?.readsFile || asked.file === undefined) return asked;
  const isGiven = (key: string): boolean => settings.some((setting) => setting.startsWith(`dataset.${key}=`));
  const find = (key: 'file' | 'test', path: string): Promise<string> => {
    const known = runs.flatMap(({ dataset }) => dataset[key] ?? []);
    return findTable({ key, written: path, sha256: recorded.files[key], network, known });
  };
  if (!isGiven('file')) {
    const file = await find('file', asked.file);
    return { ...asked, file, ...labelsOf(file), test: await testTable() };
  }
  const file = isS3Url(asked.file) ? await fetchS3(asked.file) : resolve(asked.file);
  const found = recorded.files.file === undefined || isGiven('test') ? undefined : await fileHash(file);
  if (found === undefined || found === recorded.files.file)
    return { ...asked, file, ...labelsOf(file), test: await testTable() };
  return { ...asked, file, ...labelsOf(file), test: undefined };

  /** The labels of an array: as given, as a run of this machine read them, or beside the array. */
  function labelsOf(array: string): Pick<Dataset, 'labels'> {
    if (asked.labels === undefined) return {};
    if (isGiven('labels')) return { labels: resolve(asked.labels) };
    // An archive has its own.
    if (/\.npz$/i.test(array)) return { labels: undefined };
    const known = runs.find(({ dataset }) => dataset.file === array)?.dataset.labels;
    return { labels: known ?? join(dirname(array), basename(asked.labels)) };
  }

  async function testTable(): Promise<string | undefined> {
    if (asked.test === undefined || (isGiven('testFraction') && !isGiven('test'))) return undefined;
    return isGiven('test') ? resolve(asked.test) : find('test', asked.test);
  }
}

/**
 * Loads a data set from the first of several data folders whose test rows have the hash; if none has, from the first
 * that holds the data set at all.
 * @param test hash of the test rows; undefined for any
 */
export async function loadFromFirst(
  folders: readonly (string | undefined)[],
  choice: Dataset,
  test: string | undefined,
  say: (line: string) => void,
): Promise<LoadedDataset> {
  // With one folder there is no choice, and a download shows its progress.
  if (folders.length === 1) return loadChosenDataset(choice, folders[0], say);
  const found: { readonly dataset: LoadedDataset; readonly lines: readonly string[] }[] = [];
  let reason: unknown;
  const isRight = (dataset: LoadedDataset): boolean => dataset.test !== null && samplesHash(dataset.test) === test;
  for (const folder of folders) {
    const lines: string[] = [];
    const dataset = await loadChosenDataset(choice, folder, (line) => void lines.push(line)).catch(
      (error: unknown) => void (reason ??= error),
    );
    if (!dataset) continue;
    found.push({ dataset, lines });
    if (test === undefined || isRight(dataset)) break;
  }
  const best = found.find(({ dataset }) => isRight(dataset)) ?? found[0];
  if (!best) throw reason;
  for (const line of best.lines) say(line);
  return best.dataset;
}
