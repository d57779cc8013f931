import type { EncodingContext } from '../context.js';
import type { Unit } from '../signal.js';
import { reluBigM, type ReluColumns } from './relu-big-m.js';
import { reluConvexHull } from './relu-convex-hull.js';
import { reluExtended } from './relu-extended.js';
import { groupsOf } from './relu-formulation.js';
import { reluPartition } from './relu-partition.js';

/** y = max(0, a) and s = max(0, -a) with proven L < 0 < U, in the formulation of the context. */
export function openRelu(context: EncodingContext, a: Unit): ReluColumns {
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
