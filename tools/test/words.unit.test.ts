import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
// @ts-expect-error plain JavaScript: the runner has to work before anything is compiled
import { proseOf } from './prose.mjs';
// @ts-expect-error the same
import { phrasesOf, wordsIn } from './words.mjs';

const phrases = phrasesOf(`# Terms

| not | but |
| --- | --- |
| \`before\` | the section |

## Words that are not used

| not | but |
| --- | --- |
| \`zig/zags on with\`, \`wug\` | 'continue' |
| \`N a fep\` | 'per fep' |
`);

describe('words that are not used', () => {
  it('are the phrases of the last table, with alternatives and numbers', () => {
    expect(wordsIn('a.md', 'It zags on with it.\nZIG ON WITH a wug, 1,200 a fep.', phrases)).toEqual([
      "a.md:1: 'zags on with': write 'continue'",
      "a.md:2: 'ZIG ON WITH': write 'continue'",
      "a.md:2: 'wug': write 'continue'",
      "a.md:2: '1,200 a fep': write 'per fep'",
    ]);
  });

  it('are whole words, outside the table too', () => {
    expect(wordsIn('a.md', 'wugs, a zig on without, a-wug, before', phrases)).toEqual([]);
  });

  it('are found across the lines of a paragraph, a comment and a list of line comments', () => {
    const found = ["a.ts:2: 'zig on with': write 'continue'"];
    expect(wordsIn('a.ts', '/**\n * It may zig\n * on with it. */', phrases)).toEqual(found);
    expect(wordsIn('a.ts', 'code();\n  // zig on\n  // with it', phrases)).toEqual(found);
    expect(wordsIn('a.md', '- one\n- zig on\n  with', phrases)).toHaveLength(1);
    expect(wordsIn('a.yaml', 'key: 1 # zig\n# on with', phrases)).toHaveLength(1);
  });

  it('are code in backticks, in fences, in names and in strings of one word', () => {
    expect(wordsIn('a.md', 'The `wug`.\n\n```\nwug\n```\n', phrases)).toEqual([]);
    expect(wordsIn('a.ts', "const wug = 'wug'; // the `wug`", phrases)).toEqual([]);
    expect(wordsIn('a.yaml', 'wug: wug', phrases)).toEqual([]);
  });

  it('are read in strings and templates, not from one string into the next', () => {
    expect(wordsIn('a.ts', "['no wug', `a ${b ? '}' : `the wug`} wug here`]", phrases)).toHaveLength(3);
    expect(wordsIn('a.ts', "['may zig', 'on with it']", phrases)).toEqual([]);
    expect(wordsIn('a.ts', "'two\\nwug here'", phrases)).toHaveLength(1);
  });

  it('stop without a table', () => {
    expect(() => phrasesOf('# Terms\n')).toThrow('Words that are not used');
  });
});

test('regular expressions and divisions are neither comments nor strings', () => {
  const text = 'const a = /[\'"`]\\/\\/ wug/.test(b) ? c / d : e /* wug f */ / g;';
  expect(proseOf('a.ts', text)).toHaveLength(text.length);
  expect(wordsIn('a.ts', text, phrases)).toHaveLength(1);
});

test('a program full of marks is read to its end', () => {
  const text = `${readFileSync(new URL('./prose.mjs', import.meta.url), 'utf8')}\n// a wug\n`;
  expect(wordsIn('prose.mjs', text, phrases)).toHaveLength(1);
});
