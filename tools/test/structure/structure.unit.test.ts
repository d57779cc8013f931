import { describe, expect, test } from 'vitest';
import { circles } from './circles.mjs';
import { layerFaults } from './layers.mjs';
import { parseSource, readSources } from './sources.mjs';
import { untested } from './untested.mjs';
import { unusedDependencies } from './unused-dependencies.mjs';
import { wideLines } from './wide-lines.mjs';

const sources = (files: Record<string, string>) => Object.entries(files).map(([path, text]) => parseSource(path, text));
const long = (text: string): string => text + '\n'.repeat(60);

test('the sources are those of the repository, this test among them', () => {
  const paths = readSources().map(({ path }) => path);
  expect(paths).toContain('tools/test/structure/structure.unit.test.ts');
  expect(paths.length).toBeGreaterThan(700);
});

describe('circles', () => {
  test('a circle of three files is one finding, types and tests included', () => {
    const found = circles(
      sources({
        'libs/a/src/a.ts': "import type { B } from './b.js';",
        'libs/a/src/b.ts': "export { c } from './c.js';",
        'libs/a/src/c.ts': "const a = await import('./a.js');",
        'libs/a/src/d.ts': "import './a.js';",
      }),
    );
    expect(found).toEqual(['these files import each other: libs/a/src/a.ts, libs/a/src/b.ts, libs/a/src/c.ts']);
  });

  test('a file that two others import is none', () => {
    const files = { 'a.ts': "import './b.js'; import './c.js';", 'b.ts': "import './c.js';", 'c.ts': '' };
    expect(circles(sources(files))).toEqual([]);
  });
});

test('a layer imports those before it, not those behind it', () => {
  const found = layerFaults(
    sources({ 'libs/x/src/low/a.ts': "import '../high/b.js';", 'libs/x/src/high/b.ts': "import '../low/c.js';" }),
    { 'libs/x/src': ['low', 'high'] },
  );
  expect(found).toEqual(['libs/x/src/low/a.ts imports libs/x/src/high/b.ts: the order in libs/x/src is low <- high']);
});

test('a dependency that may be imported and is not is named', () => {
  const files = sources({ 'libs/a/src/a.ts': "import { b } from '@mipnet/b/testing/b';" });
  expect(unusedDependencies(files, { a: ['b', 'c'], b: [] })).toEqual([
    'eslint.config.js lets a import c, and no file of it does',
  ]);
});

test('wide lines are counted: one in a thousand may be', () => {
  const file = (wide: number) => sources({ 'a.ts': 'x\n'.repeat(1500 - wide) + `${'x'.repeat(121)}\n`.repeat(wide) });
  expect(wideLines(file(1), 120)).toEqual([]);
  expect(wideLines(file(2), 120)).toEqual([
    '2 of 1500 lines are wider than 120 columns (at most 0.1%): a.ts:1499, a.ts:1500',
  ]);
});

describe('untested', () => {
  const header = 'no test imports it, and its header does not say "Tested by x.unit.test.ts"';

  test('a long file needs a test that imports it; index.ts hands on only', () => {
    const files = sources({
      'libs/a/src/a.ts': long(''),
      'libs/a/src/b.ts': long(''),
      'libs/a/src/short.ts': '',
      'libs/a/src/index.ts': long("export * from './b.js';"),
      'libs/a/src/a.unit.test.ts': "import { a } from './a.js'; import { b } from './index.js';",
    });
    expect(untested(files)).toEqual([`libs/a/src/b.ts: ${header}`]);
  });

  test('or names the test that covers it, and that has to be there', () => {
    const files = sources({
      'libs/a/src/a.ts': long('// Tested by ../test/all.int.test.ts and a.unit.test.ts.'),
      'libs/a/src/b.ts': long('// Tested by b.unit.test.ts.'),
      'libs/a/test/all.int.test.ts': '',
      'libs/a/src/a.unit.test.ts': '',
    });
    expect(untested(files)).toEqual(['libs/a/src/b.ts: there is no libs/a/src/b.unit.test.ts']);
  });
});
