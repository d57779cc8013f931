import { ActivityFailure, ApplicationFailure, TimeoutFailure, isCancellation } from '@temporalio/workflow';
import type { ObjectRef } from '@mipnet/object-store';

/** Types of ApplicationFailure that activities throw and workflows handle. */
export const failureTypes = {
  /** The user's input is wrong: the run fails at once. */
  badInput: 'BadInput',
  /** The worker was shut down during the leaf: another worker continues it. Details: [ObjectRef | undefined]. */
  interrupted: 'Interrupted',
  /**
   * The object store prevented the work; nothing is wrong with the work itself. Details: [why], the code of an
   * ObjectStoreError or `storeFailures.otherStore`.
   */
  store: 'Store',
} as const;

/** What is not tried again by Temporal. */
export const nonRetryableErrorTypes = [failureTypes.badInput];

/** What the SDK of a worker says about an activity that its version of mipnet does not have. */
const unknownActivity = 'NotFoundError';

/** For a bundle, too: a worker of an older version refuses it at once. */
export const nonRetryableBundleErrors = [...nonRetryableErrorTypes, unknownActivity];

export const isUnknownActivity = (error: unknown): boolean =>
  error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === unknownActivity;

export const storeFailures = {
  /** The worker has another store than the run. */
  otherStore: 'other-store',
} as const;

/** Why a leaf has no result. `worker-lost` and `store` are not the leaf's fault; `failed` is. */
export type LeafFailure =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'bad-input'; readonly message: string }
  | { readonly kind: 'worker-lost'; readonly checkpoint?: ObjectRef }
  /** `away`: no answer; the store may recover. `bad`: missing or damaged objects, no rights, full. */
  | { readonly kind: 'store'; readonly why: 'away' | 'other-store' | 'bad'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

export function classifyLeafFailure(error: unknown): LeafFailure {
  if (isCancellation(error)) return { kind: 'cancelled' };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'HEARTBEAT') {
    return {
      kind: 'worker-lost',
      checkpoint: (cause.lastHeartbeatDetails as { checkpoint?: ObjectRef } | undefined)?.checkpoint,
    };
  }
  if (cause instanceof ApplicationFailure) {
    if (cause.type === failureTypes.badInput) return { kind: 'bad-input', message: cause.message };
    if (cause.type === failureTypes.store)
      return { kind: 'store', why: whyOf(cause.details?.[0]), message: cause.message };
    if (cause.type === failureTypes.interrupted)
      return { kind: 'worker-lost', checkpoint: (cause.details?.[0] ?? undefined) as ObjectRef | undefined };
  }
  return { kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
}

const whyOf = (detail: unknown): 'away' | 'other-store' | 'bad' =>
  detail === 'unavailable' ? 'away' : detail === storeFailures.otherStore ? 'other-store' : 'bad';
