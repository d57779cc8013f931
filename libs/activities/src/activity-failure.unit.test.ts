import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { DatasetError } from '@mipnet/dataset';
import { ObjectStoreError } from '@mipnet/object-store';
import { failureTypes } from '@mipnet/workflows';
import { toActivityFailure } from './activity-failure.js';

describe('toActivityFailure', () => {
  test.each(['unavailable', 'unwritable', 'missing', 'damaged', 'refused'] as const)(
    "a store's error is not the work's: %s",
    (code) => {
      expect(toActivityFailure(new ObjectStoreError(code, 'object a in s3://b'), '7@host')).toMatchObject({
        type: failureTypes.store,
        nonRetryable: true,
        details: [code],
        message: 'object a in s3://b (worker 7@host)',
      });
    },
  );

  test.each([
    new DatasetError('damaged', 'no manifest'),
    Object.assign(new Error('NaN'), { code: 'value', blame: 'input' }),
  ])('%s is bad input', (error) => {
    const made = toActivityFailure(error, '7@host');
    expect(made).toBeInstanceOf(ApplicationFailure);
    expect(made).toMatchObject({ type: failureTypes.badInput, nonRetryable: true, message: error.message });
  });

  test.each([new Error('trap'), 'text'])('%s stays as it is', (error) => {
    expect(toActivityFailure(error, '7@host')).toBe(error);
  });

  test('an error that came out of a solver thread has only its name and code left', () => {
    expect(
      toActivityFailure(
        Object.assign(new Error('no answer'), { name: 'ObjectStoreError', code: 'unavailable' }),
        '7@host',
      ),
    ).toMatchObject({ type: failureTypes.store });
  });
});
