import type { EncodingContext } from './context.js';
import { EncodingError } from './encoding-error.js';
import { named } from './named.js';
import { reluBigM } from './relu-big-m.js';
import { reluConvexHull } from './relu-convex-hull.js';
import { reluExtended } from './relu-extended.js';
import { reluPartition } from './relu-partition.js';
import { constantUnit, type Unit } from './signal.js';

/** How y = max(0, a) is written down; `partition(N)` has N groups of inputs. Each has its file, relu-*.ts. */
export type ReluFormulation = 'big-m' | 'extended' | 'convex-hull' | `partition(${number})`;

/** y = max(0, a) with proven L <= a <= U. L >= 0 gives y = a and U <= 0 gives y = 0, without a binary. */
export function relu(context: EncodingContext, a: Unit): Unit {
  if (a.lower >= 0) return named(context, a);
  if (a.upper <= 0) return constantUnit(0);
  const formulation = context.formulation ?? 'big-m';
  switch (formulation) {
    case 'big-m':
      return reluBigM(context, a);
    case 'extended':
      return reluExtended(context, a);
    case 'convex-hull':
      return reluConvexHull(context, a);
    default:
      return reluPartition(context, a, groupsOf(formulation));
  }
}

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
