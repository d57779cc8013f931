// Tested by node-slots.int.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { Merged, ProblemNode, RoundState, Solved } from '@mipnet/recursion';
import { kindOf, mergesReadRows } from './kinds.js';
import type { NodeSlots } from './node-slots.js';

/** The parts of a round, and the node that they are parts of. */
export type MergeNode = (
  node: ProblemNode,
  state: RoundState,
  parts: readonly (Solved | undefined)[],
) => Promise<Merged>;

/**
 * Merges in a slot where a merge reads the training rows. Other merges take milliseconds and must not wait for a leaf
 * of minutes: they run in this thread, on `store`.
 */
export const mergeInSlots =
  (store: ObjectStore, slots: NodeSlots): MergeNode =>
  async (node, state, parts) =>
    mergesReadRows(node) ? slots.merge(node, state, parts) : (await kindOf(node)).mergeNode(store, node, state, parts);
