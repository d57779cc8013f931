import type { LoadedDataset } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import { loadChosenDataset } from '../data/load-data.js';
import { fitPreset } from './fit-preset.js';
import { isTyped, type PlanChoice } from './read-plan.js';

export interface PlanWithData {
  readonly plan: Plan;
  readonly dataset: LoadedDataset;
  /** What was decided about the data and said. */
  readonly notes: readonly string[];
}

/**
 * Loads the data of a plan, and leaves out of a preset what does not fit them. The quick start without arguments may fall
 * back to drawn digits; a data set or a folder that somebody named never does.
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
    const { plan, notes } = fitPreset(asked, dataset, options);
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
