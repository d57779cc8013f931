import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { classifyLeafFailure, failureTypes, storeFailures } from './leaf-failure.js';

const checkpoint = { key: 'k', sha256: '', bytes: 1 };
const failed = (cause: Error) =>
  new ActivityFailure('failed', 'solve', '1', 'MAXIMUM_ATTEMPTS_REACHED', undefined, cause);

const storeFailure = (why: string) =>
  ApplicationFailure.create({ message: 's', type: failureTypes.store, nonRetryable: true, details: [why] });

describe('classifyLeafFailure', () => {
  it.each([
    ['a stop', new CancelledFailure('stop'), { kind: 'cancelled' }],
    ['wrong input', ApplicationFailure.nonRetryable('w', failureTypes.badInput), { kind: 'bad-input', message: 'w' }],
    [
      'a dead worker',
      new TimeoutFailure('t', { work: 3, checkpoint }, 'HEARTBEAT'),
      { kind: 'worker-lost', checkpoint },
    ],
    [
      'a dead worker that had not got far',
      new TimeoutFailure('t', undefined, 'HEARTBEAT'),
      { kind: 'worker-lost', checkpoint: undefined },
    ],
    [
      'a worker that shut down',
      ApplicationFailure.create({ type: failureTypes.interrupted, details: [checkpoint] }),
      { kind: 'worker-lost', checkpoint },
    ],
    [
      'a leaf that takes too long',
      new TimeoutFailure('t', undefined, 'START_TO_CLOSE'),
      { kind: 'failed', message: 't' },
    ],
    ['a store that does not answer', storeFailure('unavailable'), { kind: 'store', why: 'away', message: 's' }],
    ['a store that is full', storeFailure('unwritable'), { kind: 'store', why: 'bad', message: 's' }],
    ['an object that is missing', storeFailure('missing'), { kind: 'store', why: 'bad', message: 's' }],
    [
      'a worker of another store',
      storeFailure(storeFailures.otherStore),
      { kind: 'store', why: 'other-store', message: 's' },
    ],
    ['a crash', ApplicationFailure.retryable('crash', 'SolverError'), { kind: 'failed', message: 'crash' }],
  ])('knows %s', (_what, cause, kind) => {
    expect(classifyLeafFailure(failed(cause))).toEqual(kind);
  });
});
