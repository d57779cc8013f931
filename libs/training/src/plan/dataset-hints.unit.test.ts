import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { datasetSchema } from './plan-schema.js';

/** Sources whose messages tell people which key of a plan to set. */
const folders = [
  '../../../dataset/src/',
  '../../../dataset/src/datasets/',
  '../../../dataset/src/sources/',
  './',
  ...['commands', 'plan', 'data', 'questions', 'study'].map((folder) => `../../../../apps/cli/src/${folder}/`),
];

test('messages about data name only keys that a plan has', () => {
  const named = folders.flatMap((folder) => {
    const url = new URL(folder, import.meta.url);
    return readdirSync(url)
      .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
      .flatMap((name) =>
        // Of text alone: `dataset.name` of the code is a field.
        readFileSync(new URL(name, url), 'utf8')
          .split('\n')
          .filter((line) => !/ from '/.test(line))
          .flatMap((line) =>
            (line.match(/['"`].*['"`]/g) ?? []).flatMap((text) =>
              [...text.replace(/\$\{[^}]*\}|dataset\.key=value/g, '').matchAll(/\bdataset\.([A-Za-z]+)/g)].map(
                ([, key]) => key,
              ),
            ),
          ),
      );
  });
  const known = Object.keys(datasetSchema.shape);
  expect(new Set(named).size).toBeGreaterThan(10);
  expect([...new Set(named)].filter((key) => !known.includes(key))).toEqual([]);
});
