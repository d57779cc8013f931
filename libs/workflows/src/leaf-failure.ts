import { ActivityFailure, ApplicationFailure, TimeoutFailure, isCancellation } from '@temporalio/workflow';
import type { ObjectRef } from '@mipnet/object-store';
import { noLeaves, type Solved } from '@mipnet/recursion';

/** Types of ApplicationFailure that the activities throw and the workflow understands. */
export const failureTypes = {
  /** The user's input is wrong: the run fails at once. */
  badInput: 'BadInput',
  /** The leaf has no solution: it counts as failed, and is not tried again. */
  infeasible: 'Infeasible',
  /** The worker was shut down in the middle of the leaf: another one does it again. Details: [ObjectRef | undefined]. */
  interrupted: 'Interrupted',
  /** The object store cannot be used at the moment: nothing is wrong with the leaf. Details: [code of the ObjectStoreError]. */
  store: 'Store',
} as const;

/** Why a leaf has no result. `worker-lost` and `store` say nothing against the leaf; `failed` does. */
export type LeafFailure =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'bad-input' }
  | { readonly kind: 'worker-lost'; readonly checkpoint?: ObjectRef }
  /** `waits`: it may answer again by itself. */
  | { readonly kind: 'store'; readonly waits: boolean }
  | { readonly kind: 'failed' };

export function classifyLeafFailure(error: unknown): LeafFailure {
  if (isCancellation(error)) return { kind: 'cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'HEARTBEAT') {
    return { kind: 'worker-lost', checkpoint: (cause.lastHeartbeatDetails as { checkpoint?: ObjectRef } | undefined)?.checkpoint };
  }
  if (cause instanceof ApplicationFailure) {
    if (cause.type === failureTypes.badInput) return { kind: 'bad-input' };
    if (cause.type === failureTypes.store) return { kind: 'store', waits: cause.details?.[0] === 'unavailable' };
    if (cause.type === failureTypes.interrupted) return { kind: 'worker-lost', checkpoint: (cause.details?.[0] ?? undefined) as ObjectRef | undefined };
  }
  return { kind: 'failed' };
}

const withoutResult = { objective: null, bound: null, accuracy: { train: null, validation: null }, seconds: { solver: 0, merge: 0 } };

/** Every attempt died: the run goes on without this leaf. */
export const failedLeaf = (name: string): Solved => ({ name, ...withoutResult, leaves: { ...noLeaves, failed: 1 }, stopped: false });

/** A stop came before the part had anything to hand back. */
export const cutShort = (name: string): Solved => ({ name, ...withoutResult, leaves: noLeaves, stopped: true });
