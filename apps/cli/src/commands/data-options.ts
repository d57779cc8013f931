import { loadDataset, type DatasetSpec, type LoadedDataset } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import { CliError } from '../cli-error.js';

export type DatasetChoice = Pick<Plan['dataset'], 'name' | 'splitSeed' | 'file' | 'class' | 'test' | 'header' | 'categorical' | 'testFraction'>;

/** Loads the data set that a plan or the options of a command name. */
export async function loadChosenDataset(choice: DatasetChoice, dataFolder: string | undefined, say: (line: string) => void): Promise<LoadedDataset> {
  let saidAt = -Infinity;
  const dataset = await loadDataset(specOf(choice), {
    dataFolder,
    onProgress: ({ file, received, total }) => {
      const now = performance.now();
      if (now - saidAt < 2000 && received !== total) return;
      saidAt = now;
      say(`downloading ${file}: ${(received / 1e6).toFixed(1)}${total === null ? '' : ` of ${(total / 1e6).toFixed(1)}`} MB`);
    },
  });
  for (const note of dataset.notes) say(note);
  return dataset;
}

function specOf(choice: DatasetChoice): DatasetSpec {
  const { name, splitSeed: seed, file, class: classColumn, test, header, categorical, testFraction } = choice;
  if (name === 'csv') {
    if (file === undefined) throw new CliError('bad-input', 'dataset.file: the data set csv needs the path of a table; give --set dataset.file=TABLE.csv');
    if (classColumn === undefined) throw new CliError('bad-input', 'dataset.class: the data set csv needs the name or number of its class column; give --set dataset.class=COLUMN');
    return { name, file, class: classColumn, test, header, categorical, testFraction, seed };
  }
  if (name === 'heart') return { name, seed, testFraction };
  return { name } as DatasetSpec;
}
