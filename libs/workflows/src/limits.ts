import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from './leaf-failure.js';
import type { Limits } from './messages.js';

/** A server refuses a workflow with 2,000 pending activities. */
export const largestWindow = 1000;

/**
 * Most parts of one node: all their `Solved` are one message to `merge`, about 500 bytes each (650 for a part that was
 * itself divided), and a message holds 2 MB.
 */
export const mostParts = 3000;

/** Between rounds, a node whose history has this many events continues as new. */
export const continueAtEvents = 8000;

/** The same by size: a Temporal server warns from 10 MB on and ends a workflow at 50 MB. */
export const continueAtBytes = 8 * 2 ** 20;

/** @throws ApplicationFailure of type BadInput that names the limit and its range */
export function checkLimits(limits: Limits): void {
  const { window, leafSeconds } = limits;
  if (window !== undefined && !(Number.isInteger(window) && window >= 1 && window <= largestWindow)) {
    throw ApplicationFailure.nonRetryable(
      `window is ${window}: give a whole number of parts from 1 to ${largestWindow}`,
      failureTypes.badInput,
    );
  }
  if (leafSeconds !== undefined && !(leafSeconds >= 1)) {
    throw ApplicationFailure.nonRetryable(
      `leafSeconds is ${leafSeconds}: give at least 1 second`,
      failureTypes.badInput,
    );
  }
}

/** @throws ApplicationFailure of type BadInput that explains how to get fewer parts */
export function checkPartCount(name: string, count: number): void {
  if (count <= mostParts) return;
  throw ApplicationFailure.nonRetryable(
    `${name} divides into ${count} parts; one node may have ${mostParts}: put another split above this ` +
      'one, or make larger parts',
    failureTypes.badInput,
  );
}
