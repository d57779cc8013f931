import { rowsByClass, type LoadedDataset } from '@mipnet/dataset';
import type { Plan } from '@mipnet/training';
import { isTyped, type PlanChoice } from './read-plan.js';

export interface FittedPlan {
  readonly plan: Plan;
  /** What of the preset was left out, one line each. */
  readonly notes: readonly string[];
}

/**
 * A preset says how many rows of its own data set it trains on, and how images are shifted. For a table that somebody
 * else names, what does not fit is left out, and a line says so. What was typed, or stands in a plan file, is kept: it
 * is honoured or refused.
 */
export function fitPreset(
  plan: Plan,
  { train, classes, inputShape, name }: LoadedDataset,
  { plan: file, set }: PlanChoice,
): FittedPlan {
  // With its own data set a preset means what it says.
  const isOthers = isTyped('dataset.name', set) || isTyped('dataset.file', set);
  if (file !== undefined || inputShape.length === 3 || !isOthers) return { plan, notes: [] };
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
  // A fifth is for validation, as if all rows were trained on.
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
    shifts: keep('shifts', shifts, shifts > 0 ? `only images can be shifted, and ${name} is a table` : undefined) ?? 0,
  };
  const given = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return { plan: { ...plan, dataset: { ...dataset, ...given } as Plan['dataset'] }, notes };
}
