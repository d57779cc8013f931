// Tested by ../e2e/test-rows.e2e.test.ts.
import { contentOf, ownFileName, type LoadedDataset } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { classNamesIn, dataOriginIn, tableInputsIn } from '@mipnet/runs/records';
import { datasetOfText } from '@mipnet/training';
import { resolve } from 'node:path';
import { fetchS3, isS3Url } from './fetch-s3.js';
import { loadChosenDataset } from './load-data.js';

/** A table that the user names, and the settings of a plan's data set that say how it is read. */
export interface NamedTable {
  /** A path or an s3:// URL, as typed. */
  readonly table: string;
  /** `dataset.key=value` */
  readonly settings: readonly string[];
}

/**
 * All rows of a table for a network that was trained on one: its columns are found by name, and the class column is the
 * network's unless a setting names another. How cells are read (missing markers, decimal mark, encoding) is as in the
 * network's plan.
 * @param file the network's file
 * @returns undefined if the network takes no table
 * @throws DatasetError 'bad-input' for a column that is missing or holds something else
 */
export async function rowsOfTable(
  network: Network,
  file: string,
  { table, settings }: NamedTable,
  say: (line: string) => void,
): Promise<LoadedDataset | undefined> {
  const inputs = tableInputsIn(network, file);
  if (inputs === undefined) return undefined;
  const path = isS3Url(table) ? await fetchS3(table) : resolve(table);
  if ((await contentOf(path)) !== 'table') return undefined;
  const recorded = dataOriginIn(network.metadata);
  const planned = recorded && datasetOfText(recorded.plan, `the plan in ${file}`);
  const base = planned?.file === undefined ? JSON.stringify({ dataset: { name: ownFileName } }) : recorded!.plan;
  const asked = datasetOfText(base, 'the data set', settings);
  const trained = { columns: inputs.columns, classes: classNamesIn(network) };
  const column = settings.some((setting) => setting.startsWith('dataset.class=')) ? asked.class : inputs.class;
  return loadChosenDataset({ ...asked, file: path, class: column, test: undefined, trained }, undefined, say);
}
