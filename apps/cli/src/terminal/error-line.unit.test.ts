import { expect, it } from 'vitest';
import { errorLine } from './error-line.js';

it('leaves out what a terminal would obey and keeps the words', () => {
  const message = "node \u001b]0;pwned\u0007\u001b[2J\u001b[31m'relu'\u009b2J\u202e \u00fc\ta\nb\r";
  expect(errorLine(new Error(message))).toBe("node 'relu' \u00fc\ta\nb");
});

it('cuts a message that quotes too much', () => {
  expect(errorLine(new Error('x'.repeat(1e6)))).toHaveLength(2003);
  expect(errorLine('text')).toBe('text');
});
