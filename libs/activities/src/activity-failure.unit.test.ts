import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { ObjectStoreError } from '@mipnet/object-store';
import { failureTypes } from '@mipnet/workflows';
import { toActivityFailure } from './activity-failure.js';

describe('toActivityFailure', () => {
  test.each([
    [new ObjectStoreError('unavailable', 'no answer'), { type: failureTypes.store, nonRetryable: false, details: ['unavailable'] }],
    [new ObjectStoreError('unwritable', 'full'), { type: failureTypes.store, nonRetryable: false, details: ['unwritable'] }],
    [new ObjectStoreError('refused', 'credentials'), { type: failureTypes.badInput, nonRetryable: true }],
    [Object.assign(new Error('NaN'), { code: 'value' }), { type: failureTypes.badInput, nonRetryable: true }],
  ])('%s', (error, failure) => {
    const made = toActivityFailure(error);
    expect(made).toBeInstanceOf(ApplicationFailure);
    expect(made).toMatchObject({ ...failure, message: error.message });
  });

  test.each([new ObjectStoreError('damaged', 'other bytes'), new Error('trap'), 'text'])('%s stays as it is', (error) => {
    expect(toActivityFailure(error)).toBe(error);
  });

  test('an error that came out of a solver thread has only its name and code left', () => {
    expect(toActivityFailure(Object.assign(new Error('no answer'), { name: 'ObjectStoreError', code: 'unavailable' }))).toMatchObject({ type: failureTypes.store });
  });
});
