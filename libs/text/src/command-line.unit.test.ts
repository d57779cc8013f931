import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { plainText } from './plain-text.js';
import { mipnetCommand, mipnetCommandAnywhere, shellWord } from './command-line.js';

/** What a shell makes of a line: the words that a program would get. */
const wordsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\0' "$word"; done`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

describe('a shell word means its text', () => {
  const names = [
    '',
    ' ',
    'a b',
    "it's",
    '"quoted"',
    'n;touch PWNED;.onnx',
    '$(touch PWNED)',
    '`touch PWNED`',
    'a\nb',
    'a\n',
    '~',
    '~root',
    '*',
    '!!',
    "a!'b",
    '\\',
    '%s',
    '#x',
    'a=b',
    '=a',
    '-x',
    '{a,b}',
    '<>&|',
    'naïve ☃ 日本',
    '\u001b[31mred\u001b[0m',
    '\u001b',
    'a\tb\r\n',
    '\u0085',
    'a\u202eb\u2028',
    "'",
    "''",
  ];
  test('names that shells trip over, all in one command', () => {
    expect(wordsOf(names.map(shellWord).join(' '))).toEqual(names);
  });

  test('any text, many at a time', () => {
    // A shell cannot hold NUL, and half a surrogate pair is no text.
    const texts = fc.array(fc.string({ unit: fc.constantFrom(...'ab \'"\\$`;&|<>(){}[]*?!~#=%-\n\t\u001b\u007fé☃') }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(texts, (words) => {
        expect(wordsOf(words.map(shellWord).join(' '))).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });

  test('what a terminal must not see is not in it, so that plain text leaves a command as it is', () => {
    for (const name of names) expect(plainText(shellWord(name))).toBe(shellWord(name));
    expect(shellWord('a\tb')).not.toContain('\t');
  });

  test('ordinary words stay readable', () => {
    for (const word of [
      'evaluate',
      './mipnet',
      '/home/ann/net-1.onnx',
      '--images',
      '0..9',
      'solver.reuse=false',
      '0.02',
    ])
      expect(shellWord(word)).toBe(word);
  });
});

describe('the program is named as it was typed', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ['./mipnet', './mipnet watch r1'],
    ['mipnet', 'mipnet watch r1'],
    ['../my tools/mipnet', "'../my tools/mipnet' watch r1"],
  ])('%s', (typed, line) => {
    vi.stubEnv('MIPNET_COMMAND', typed);
    expect(mipnetCommand('watch', 'r1')).toBe(line);
  });

  test('a page names it by its absolute path, unless it is found by PATH', () => {
    vi.stubEnv('MIPNET_COMMAND', './mipnet');
    expect(mipnetCommandAnywhere('report', 'r1')).toBe(`${shellWord(`${process.cwd()}/mipnet`)} report r1`);
    vi.stubEnv('MIPNET_COMMAND', 'mipnet');
    expect(mipnetCommandAnywhere('report', 'r1')).toBe('mipnet report r1');
  });

  test('without the launcher it is Node and the file', () => {
    vi.stubEnv('MIPNET_COMMAND', '');
    expect(wordsOf(mipnetCommand('runs'))).toEqual([process.execPath, process.argv[1], 'runs']);
  });
});
