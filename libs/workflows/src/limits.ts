import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from './leaf-failure.js';
import { largestWindow, mostParts } from './largest.js';
import type { Limits } from './messages.js';

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
