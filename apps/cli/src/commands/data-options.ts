import { loadDataset, type DatasetSpec, type LoadedDataset } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import { CliError } from '../cli-error.js';

/** What of a plan's `dataset` says where rows come from, and how a table is read; the rest says which of them are used. */
export type DatasetChoice = Omit<
  Plan['dataset'],
  'perClass' | 'examples' | 'indices' | 'seed' | 'shifts' | 'validationPerClass' | 'validationFraction'
>;

/** Loads the data set that a plan or the options of a command name. */
export async function loadChosenDataset(
  choice: DatasetChoice,
  dataFolder: string | undefined,
  say: (line: string) => void,
): Promise<LoadedDataset> {
  let saidAt = -Infinity;
  const dataset = await loadDataset(specOf(choice), {
    dataFolder,
    onProgress: ({ file, received, total }) => {
      const now = performance.now();
      if (now - saidAt < 2000 && received !== total) return;
      saidAt = now;
      say(
        `downloading ${file}: ${(received / 1e6).toFixed(1)}${total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`} MB`,
      );
    },
  });
  for (const note of dataset.notes) say(note);
  return dataset;
}

function specOf(choice: DatasetChoice): DatasetSpec {
  const { name, splitSeed: seed, testFraction, file, class: classColumn, test, ...reading } = choice;
  if (name === 'csv') {
    if (file === undefined)
      throw new CliError(
        'bad-input',
        'dataset.file: the data set csv needs the path of a table; give --set dataset.file=TABLE.csv',
      );
    if (classColumn === undefined)
      throw new CliError(
        'bad-input',
        'dataset.class: the data set csv needs the name or number of its class column; give --set dataset.class=COLUMN',
      );
    const { header, delimiter, encoding, decimal, missing, categorical, ignore } = reading;
    return {
      name,
      file,
      class: classColumn,
      test,
      header,
      delimiter,
      encoding,
      decimal,
      missing,
      categorical,
      ignore,
      testFraction,
      seed,
    };
  }
  if (name === 'heart') return { name, seed, testFraction };
  return { name } as DatasetSpec;
}
