import { stringify } from 'yaml';
import type { Plan } from './plan-schema.js';

/** A plan as YAML that `parsePlan` reads back to the same plan, with every default written out. */
export const planText = ({ splits, ...plan }: Plan): string => stringify({ ...plan, splits: splits.map(splitText) });

function splitText({ name, ...options }: Plan['splits'][number]): unknown {
  return Object.keys(options).length === 0 ? name : { [name]: options };
}
