import { mipnetCommand } from '@mipnet/text';
import { expect, test } from 'vitest';
import { wrappedText } from './wrapped-text.js';

const terminal = { isTTY: true, columns: 40 };
const lines = (...all: string[]): string => all.join('\n');

test('a long line breaks between words, and continues below its value', () => {
  expect(wrappedText('accuracy     87.50% on 64 test samples, none on validation\n', terminal)).toBe(
    lines('accuracy     87.50% on 64 test samples,', '             none on validation', ''),
  );
  expect(wrappedText('stopped early; this is the best network so far', terminal)).toBe(
    lines('stopped early; this is the best network', '  so far'),
  );
});

test('pipes, commands, paths and tables keep their lines', () => {
  const long = 'accuracy     87.50% on 64 test samples, none on validation';
  expect(wrappedText(long, {})).toBe(long);
  expect(wrappedText(long, { isTTY: true, columns: 20 })).toBe(long);
  for (const line of [
    `check it     ${mipnetCommand('evaluate', '/home/somebody/networks/digits.onnx')}`,
    'file         /home/somebody/networks/that/are/long/digits.onnx',
    '             0      974     2     2     1     1     0     0     0',
  ])
    expect(wrappedText(line, terminal)).toBe(line);
  expect(wrappedText('it is stopped; "mipnet resume --from run-1" continues from it', terminal)).toBe(
    lines('it is stopped;', '  "mipnet resume --from run-1" continues', '  from it'),
  );
});
