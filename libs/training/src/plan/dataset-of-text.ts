import * as z from 'zod';
import { checkedYaml } from './checked-yaml.js';
import { planSchema, type Plan } from './plan-schema.js';

// Other keys of the plan are ignored; they may be of another version.
const schema = z.looseObject({ dataset: planSchema.shape.dataset });

/**
 * The key `dataset` of a plan, with `dataset.key=value` settings applied.
 * @param text the plan's YAML
 * @param source the name of the plan in messages
 * @throws TrainingError 'plan'
 */
export const datasetOfText = (text: string, source: string, settings: readonly string[] = []): Plan['dataset'] =>
  checkedYaml({ schema, keys: 'dataset' }, text, source, settings).dataset;
