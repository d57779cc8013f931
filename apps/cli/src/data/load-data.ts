import { loadDataset, type DatasetSpec, type LoadedDataset, type TrainedTable } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import { fitPreset } from '../plan/fit-preset.js';
import { isTyped, planSource, type PlanChoice } from '../plan/read-plan.js';

export interface PlanWithData {
  readonly plan: Plan;
  readonly dataset: LoadedDataset;
  /** What was decided about the data and said. */
  readonly notes: readonly string[];
}

/**
 * Loads the data of a plan, and leaves out settings of a preset that do not fit them. The quick start without arguments
 * may fall back to drawn digits; there is no fallback for a data set or a folder that the user named.
 */
export async function loadForPlan(
  asked: Plan,
  options: PlanChoice & { readonly data?: string },
  say: (line: string) => void,
): Promise<PlanWithData> {
  const named = isTyped('dataset.name', options.set);
  const quickstart = options.plan === undefined && options.preset === undefined && options.data === undefined && !named;
  try {
    const dataset = await loadChosenDataset(asked.dataset, options.data, say);
    const presetText = options.plan === undefined ? (await planSource(options)).text : undefined;
    const { plan, notes } = fitPreset(asked, dataset, { ...options, presetText });
    notes.forEach(say);
    return { plan, dataset, notes: [...dataset.notes, ...notes] };
  } catch (error) {
    if (!quickstart || (error as { code?: string }).code !== 'download') throw error;
    const note = `training on \`digits\`, drawn by mipnet itself, because ${(error as Error).message}`;
    say(note);
    const fallback = { ...asked, dataset: { ...asked.dataset, name: 'digits' } };
    const dataset = await loadChosenDataset(fallback.dataset, options.data, say);
    return { plan: fallback, dataset, notes: [note, ...dataset.notes] };
  }
}

/**
 * The keys of a plan's `dataset` that state the source of the rows and how a table is read; the other keys select rows.
 */
export type DatasetChoice = Omit<
  Plan['dataset'],
  'perClass' | 'examples' | 'indices' | 'seed' | 'shifts' | 'affine' | 'validationPerClass' | 'validationFraction'
> & { readonly trained?: TrainedTable };

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

/** The data set's own options: the plan calls the seed of a split `splitSeed`. */
const specOf = ({ splitSeed, ...choice }: DatasetChoice): DatasetSpec => ({ ...choice, seed: splitSeed });
