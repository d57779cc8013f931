import { datasetNamed, rowsByClass, type LoadedDataset } from '@mipnet/dataset';
import { datasetOfText, type Plan } from '@mipnet/training';
import { isTyped, type PlanChoice } from './read-plan.js';
import { presetSide, scalePreset } from './scale-preset.js';

export interface FittedPlan {
  readonly plan: Plan;
  /** Settings of the preset that were left out, one line each. */
  readonly notes: readonly string[];
}

export interface PresetChoice extends PlanChoice {
  /** The preset as it is in its file: whether it is made for images. */
  readonly presetText?: string;
}

/**
 * A preset states how many rows of its own data set it trains on, how images are shifted, and sizes in pixels. For data
 * that the user names, settings that do not fit are left out or scaled, with a message. Settings that the user typed,
 * or that are in a plan file, are kept: if they do not fit, the plan is refused.
 */
export function fitPreset(
  plan: Plan,
  { train, classes, inputShape, name }: LoadedDataset,
  { plan: file, set, presetText }: PresetChoice,
): FittedPlan {
  // With its own data set, all settings of a preset apply.
  const isOthers = isTyped('dataset.name', set) || isTyped('dataset.file', set);
  const isImages = inputShape.length === 3;
  if (file !== undefined || !isOthers || (isImages && !datasetNamed(plan.dataset.name)?.readsFile))
    return { plan, notes: [] };
  const isForImages =
    presetText !== undefined && datasetNamed(datasetOfText(presetText, 'the preset').name)?.kind === 'images';
  const scaled = isImages && isForImages ? scalePreset(plan, inputShape, set) : { plan, changes: [] };
  const { shifts, affine, perClass, examples, ...dataset } = plan.dataset;
  const notes: string[] = [];
  const isOwn = (key: string): boolean => isTyped(`dataset.${key}`, set);
  const keep = <T>(key: string, value: T | undefined, why: string | undefined): T | undefined => {
    if (value === undefined || why === undefined || isOwn(key)) return value;
    notes.push(`dataset.${key}: ${JSON.stringify(value)} of the preset is left out, because ${why}`);
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
    affine: keep('affine', affine, isImages ? undefined : `only images have affine copies, and ${name} is a table`),
  };
  const given = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  if (scaled.changes.length > 0)
    notes.push(
      `the preset is for images of ${presetSide} x ${presetSide} pixels, and those of ${name} have ` +
        `${inputShape.slice(1).join(' x ')}: ${scaled.changes.join(', ')}`,
    );
  return { plan: { ...scaled.plan, dataset: { ...dataset, ...given } as Plan['dataset'] }, notes };
}
