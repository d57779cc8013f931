import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCsv, type CsvOptions } from './csv.js';
import { DatasetError } from './dataset-error.js';
import type { LoadedDataset } from './samples.js';

/** A benchmark table, with the preparation that published figures use. */
export interface TableRecipe {
  /** In a plan, and of the folder in MIPNET_DATA. */
  readonly name: string;
  /** Without .gz, which is tried first. */
  readonly file: string;
  readonly test?: string;
  readonly options: Omit<CsvOptions, 'file' | 'test'>;
}

export interface TableSource {
  /** The folder the user named: it holds the files, or a folder with the data set's name that holds them. */
  readonly dataFolder?: string;
  /** Of the split, if there is no test file. @default 0 */
  readonly seed?: number;
  readonly testFraction?: number;
  /** Environment to read MIPNET_DATA from. @default process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** @throws DatasetError 'missing' if the files are not found, and as `loadCsv` */
export async function loadTable(recipe: TableRecipe, source: TableSource = {}): Promise<LoadedDataset> {
  const { name } = recipe;
  const data = (source.environment ?? process.env).MIPNET_DATA;
  const { dataFolder, seed, testFraction } = source;
  const folders = [
    ...(dataFolder === undefined ? [] : [dataFolder, join(dataFolder, name)]),
    ...(data ? [join(data, name)] : []),
  ];
  const find = async (file: string): Promise<string> => {
    for (const path of folders.flatMap((folder) => [join(folder, `${file}.gz`), join(folder, file)])) {
      if (
        await stat(path).then(
          (found) => found.isFile(),
          () => false,
        )
      )
        return path;
    }
    throw new DatasetError(
      'missing',
      `the data set ${name} needs the file ${file} or ${file}.gz` +
        (folders.length > 0 ? `, which is not in ${folders.join(', ')}` : '') +
        `. Name its folder, or set MIPNET_DATA to a folder that holds ${name}/${file}.`,
    );
  };
  const file = await find(recipe.file);
  const test = recipe.test === undefined ? undefined : await find(recipe.test);
  return loadCsv({ ...recipe.options, file, test, seed, testFraction }, name);
}
