import { stringify } from 'yaml';
import type { Plan } from './plan-schema.js';

/** A plan as YAML that `parsePlan` reads back to the same plan, with every default written out. */
export function planText({ name, dataset, network, start, splits, ...others }: Plan): string {
  // In the order in which people write them.
  return stringify({
    name,
    dataset,
    network,
    ...(start === undefined ? {} : { start }),
    splits: splits.map(splitText),
    ...others,
  });
}

/** A split as people write it. */
export function splitText({ name, ...options }: Plan['splits'][number]): unknown {
  return Object.keys(options).length === 0 ? name : { [name]: options };
}
