import { expect, test } from 'vitest';
// @ts-expect-error plain JavaScript: the runner has to work before anything is compiled
import { wideLinesIn } from './wide-lines.mjs';

const words = (columns: number): string => 'ab '.repeat(columns).slice(0, columns - 1) + 'c';

test('lines of 120 columns are not wide, lines of 121 are', () => {
  expect(wideLinesIn('a.md', `# Title\n\n${words(120)}\n${words(121)}\n`)).toEqual([
    'a.md:4: 121 columns; break the line before column 121',
  ]);
});

test('tables, code and lines of one word are not prose', () => {
  const wide = words(200);
  expect(
    wideLinesIn('a.md', `| ${wide} |\n    ${wide}\n\`\`\`\n${wide}\n\`\`\`\n- https://${'a'.repeat(200)}\n`),
  ).toEqual([]);
});

test('of programs only comments are checked', () => {
  const wide = words(130);
  expect(wideLinesIn('a.ts', `call('${wide}');\n  // ${wide}\n/**\n * ${wide}\n */\n`)).toHaveLength(2);
});
