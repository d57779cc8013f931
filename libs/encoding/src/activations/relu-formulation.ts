import { EncodingError } from '../encoding-error.js';

/** The formulations of y = max(0, a), one file each, relu-*.ts; `partition(N)` has N groups of inputs. */
export type ReluFormulation = 'big-m' | 'extended' | 'convex-hull' | `partition(${number})`;

/** @throws EncodingError 'unsupported' for a name that is no formulation */
export function groupsOf(formulation: string): number {
  const groups = Number(/^partition\((\d+)\)$/.exec(formulation)?.[1]);
  if (groups >= 1) return groups;
  throw new EncodingError(
    'unsupported',
    `there is no formulation '${formulation}'; use big-m, extended, convex-hull or partition(N) with N >= 1`,
  );
}

/** @throws EncodingError 'unsupported' */
export function parseReluFormulation(text: string): ReluFormulation {
  if (text !== 'big-m' && text !== 'extended' && text !== 'convex-hull') groupsOf(text);
  return text as ReluFormulation;
}
