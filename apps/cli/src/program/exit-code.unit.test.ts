import { ObjectStoreError } from '@mipnet/object-store';
import { TrainingError } from '@mipnet/training';
import { expect, test } from 'vitest';
import { CliError } from './cli-error.js';
import { exitCode, exitCodeOf } from './exit-code.js';
import { StackError } from '@mipnet/stack';

test.each([
  [new CliError('bad-input', ''), exitCode.badInput],
  [new CliError('failed', ''), exitCode.failed],
  [new TrainingError('plan', ''), exitCode.badInput],
  [new TrainingError('certificate', ''), exitCode.failed],
  [new ObjectStoreError('unwritable', ''), exitCode.badInput],
  [new ObjectStoreError('damaged', ''), exitCode.failed],
  [new StackError('no-binary', ''), exitCode.badInput],
  [new StackError('worker', ''), exitCode.failed],
  [Object.assign(new Error(''), { name: 'DatasetError', blame: 'input' }), exitCode.badInput],
  [Object.assign(new Error(''), { code: 'ENOENT' }), exitCode.failed],
  [new RangeError('a bug'), exitCode.failed],
  [undefined, exitCode.failed],
])('%o leaves with %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
