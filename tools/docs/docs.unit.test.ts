import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planJsonSchema } from '@mipnet/training';
import { linksIn } from './dead-links.mjs';
import { jsonPage, jsonSchemas, keysOf } from './json-reference.mjs';
import { deadLinksOfPage, slugsIn } from './markdown-links.mjs';
import { rowsOf } from './plan-reference.mjs';
import { sidebar } from './sidebar.mjs';
import { pages, root, siteTextOf } from './stage-pages.mjs';

describe('links', () => {
  test('of every page lead to a file of the repository, and to a heading of it', () => {
    const paths = ['README.md', ...Object.keys(pages())];
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.flatMap((path) => deadLinksOfPage(root, path))).toEqual([]);
  });

  test('to nothing are found', () => {
    expect(slugsIn('# Numbers that are exactly right\n## `train`, and: more\n## A\n## A\n')).toEqual([
      'numbers-that-are-exactly-right',
      'train-and-more',
      'a',
      'a-1',
    ]);
    const faults = deadLinksOfPage(
      root,
      'docs/train.md',
      '[a](no.md) [b](verify.md#no) [c](verify.md#float32) `[d](e)`',
    );
    expect(faults).toEqual([
      'docs/train.md: no.md leads to no file',
      'docs/train.md: verify.md#no leads to no heading',
    ]);
    expect(() => siteTextOf('docs/train.md', '[a](no.md)')).toThrow(/docs\/no\.md, which does not exist/);
  });

  test('become those of the site', () => {
    const { text, files } = siteTextOf(
      'docs/train.md',
      '[a](data.md#x) [b](../plans/table.yaml) [c](../plans) [d](#here)',
    );
    expect(text).toBe('[a](/data.md#x) [b](/source/plans/table.yaml.txt) [c](/reference/presets.md) [d](#here)');
    expect(files).toEqual([['plans/table.yaml', 'source/plans/table.yaml.txt']]);
    expect(linksIn('<a class="x" href="./a.html#b">a</a><a href="https://x.org">b</a>')).toEqual(['./a.html#b']);
  });
});

test('the sidebar names every page', () => {
  const named = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
  const all = Object.values(pages()).map((page) => `/${page.replace(/(index)?\.md$/, '')}`);
  expect(all.filter((link) => !named.includes(link))).toEqual([]);
});

test('the reference of a plan has every key, with its default', () => {
  const rows = rowsOf(planJsonSchema(), '');
  const of = (path: string) => rows.find((row) => row.path === path);
  expect(of('dataset.shifts')).toMatchObject({ type: '`0` or `4` or `8`', fallback: '`0`' });
  expect(of('network')).toMatchObject({ fallback: 'required' });
  expect(of('network[].dense')?.type).toMatch(/^integer/);
  expect(rows.length).toBeGreaterThan(100);
});

test('every command with --json has a schema', () => {
  const schemas = jsonSchemas();
  const commands = ['network-commands', 'run-commands', 'sweep-command'].flatMap((file) =>
    readFileSync(join(root, 'apps/cli/src/program', `${file}.ts`), 'utf8')
      .split(/\.command\('/)
      .slice(1)
      .filter((text) => text.includes("'--json'"))
      .map((text) => text.split("'")[0]),
  );
  expect(commands).toContain('train');
  expect(commands.filter((name) => !(name in schemas))).toEqual([]);
  const keys = keysOf(schemas.train, '', true);
  expect(keys.find(({ path }) => path === 'accuracy.test')).toMatchObject({ type: 'number or null', isAlways: true });
  expect(jsonPage(schemas)).toContain('| `results[].verdict` |');
});
