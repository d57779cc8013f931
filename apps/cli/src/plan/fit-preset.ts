import { datasetNamed, rowsByClass, type LoadedDataset } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import { isTyped, type PlanChoice } from './read-plan.js';

export interface FittedPlan {
  readonly plan: Plan;
  /** Settings of the preset that were left out, one line each. */
  readonly notes: readonly string[];
}

/**
 * A preset states how many rows of its own data set it trains on, and how images are shifted. For data that the user
 * names, settings that do not fit are left out, with a message. Settings that the user typed, or that are in a plan
 * file, are kept: if they do not fit, the plan is refused.
 */
export function fitPreset(
  plan: Plan,
  { train, classes, inputShape, name }: LoadedDataset,
  { plan: file, set }: PlanChoice,
): FittedPlan {
  // With its own data set, all settings of a preset apply.
  const isOthers = isTyped('dataset.name', set) || isTyped('dataset.file', set);
  const isImages = inputShape.length === 3;
  if (file !== undefined || !isOthers || (isImages && !datasetNamed(plan.dataset.name)?.readsFile))
    return { plan, notes: [] };
  const { shifts, perClass, examples, ...dataset } = plan.dataset;
  const notes: string[] = [];
  const isOwn = (key: string): boolean => isTyped(`dataset.${key}`, set);
  const keep = (key: string, value: number | undefined, why: string | undefined): number | undefined => {
    if (value === undefined || why === undefined || isOwn(key)) return value;
    notes.push(`dataset.${key}: ${value} of the preset is left out, because ${why}`);
    return undefined;
  };
  const sizes = rowsByClass(train.labels, classes.length).map((rows) => rows.length);
  const fewest = sizes.indexOf(Math.min(...sizes));
  // A fifth is kept for validation, as without a choice of training rows.
  const few =
    perClass !== undefined && Math.floor((sizes[fewest] * 4) / 5) < perClass
      ? `class '${classes[fewest]}' of ${name} has ${sizes[fewest]} training rows; all rows are used`
      : undefined;
  const short =
    examples !== undefined && Math.floor((train.count * 4) / 5) < examples
      ? `${name} has ${train.count} training rows; all are used`
      : undefined;
  const kept = {
    perClass: keep('perClass', perClass, few),
    examples: keep('examples', examples, short),
    shifts:
      keep(
        'shifts',
        shifts,
        shifts > 0 && !isImages ? `only images can be shifted, and ${name} is a table` : undefined,
      ) ?? 0,
  };
  const given = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return { plan: { ...plan, dataset: { ...dataset, ...given } as Plan['dataset'] }, notes };
}
