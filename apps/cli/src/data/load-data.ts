import { loadDataset, type DatasetSpec, type LoadedDataset } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';

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

/** What of it is the data set's own: the plan calls the seed of a split `splitSeed`. */
const specOf = ({ splitSeed, ...choice }: DatasetChoice): DatasetSpec => ({ ...choice, seed: splitSeed });
