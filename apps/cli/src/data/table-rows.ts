// Tested by ../e2e/test-rows.e2e.test.ts.
import { contentOf, ownFileName, type LoadedDataset } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { classNamesIn, dataOriginIn, tableInputsIn } from '@mipnet/runs/records';
import { datasetOfText } from '@mipnet/training';
import { resolve } from 'node:path';
import { settingsOf, type DataOptions } from './data-options.js';
import { fetchS3, isS3Url } from './fetch-s3.js';
import { loadChosenDataset } from './load-data.js';

/** A table that the user names, and how its cells are read. */
export interface NamedTable {
  readonly path: string;
  /** `dataset.key=value` */
  readonly settings: readonly string[];
}

/**
 * The table that `--file` names, if no other option says which of its rows are meant; a file in S3 is fetched.
 * @param file the network's file
 * @returns undefined without such an option, or if the file or the network is not about a table
 */
export async function namedTable(
  network: Network,
  file: string,
  options: DataOptions,
): Promise<NamedTable | undefined> {
  const { file: table, test, testFraction, splitSeed } = options;
  if (table === undefined || test !== undefined || testFraction !== undefined || splitSeed !== undefined)
    return undefined;
  if (tableInputsIn(network, file) === undefined) return undefined;
  const path = isS3Url(table) ? await fetchS3(table) : resolve(table);
  if ((await contentOf(path)) !== 'table') return undefined;
  return { path, settings: settingsOf({ ...options, file: undefined }) };
}

/**
 * All rows of a table for a network that was trained on one: its columns are found by name, and the class column is the
 * network's unless a setting names another. How cells are read (missing markers, decimal mark, encoding) is as in the
 * network's plan.
 * @param file the network's file
 * @throws DatasetError 'bad-input' for a column that is missing or holds something else
 */
export async function rowsOfTable(
  network: Network,
  file: string,
  { path, settings }: NamedTable,
  say: (line: string) => void,
): Promise<LoadedDataset> {
  const { columns, class: classColumn } = tableInputsIn(network, file)!;
  const recorded = dataOriginIn(network.metadata);
  const planned = recorded && datasetOfText(recorded.plan, `the plan in ${file}`);
  const base = planned?.file === undefined ? JSON.stringify({ dataset: { name: ownFileName } }) : recorded!.plan;
  const asked = datasetOfText(base, 'the data set', settings);
  const trained = { columns, classes: classNamesIn(network) };
  const isSet = (key: string): boolean => settings.some((setting) => setting.startsWith(`dataset.${key}=`));
  const column = isSet('class') ? asked.class : classColumn;
  // Recorded labels are those of the recorded array; an archive has its own.
  const labels = isSet('labels') || !/\.npz$/i.test(path) ? asked.labels : undefined;
  return loadChosenDataset({ ...asked, file: path, class: column, labels, test: undefined, trained }, undefined, say);
}
