import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildId } from './deployment.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mipnet-build-'));
  for (const dist of ['apps/worker/dist', 'libs/mip/dist/rows', 'libs/empty', 'libs/report/dist'])
    mkdirSync(join(folder, dist), { recursive: true });
  write('apps/worker/package.json', '{"version": "1.2.3", "dependencies": {"@mipnet/empty": "1.2.3", "zod": "4.0.0"}}');
  write('libs/empty/package.json', '{"dependencies": {"@mipnet/mip": "1.2.3"}}');
  write('libs/mip/package.json', '{"dependencies": {"@mipnet/empty": "1.2.3"}}');
  write('apps/worker/dist/main.js', 'run()');
  write('libs/mip/dist/rows/row.js', 'row()');
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);

it('is the version and a hash', () => expect(buildId(folder)).toMatch(/^1\.2\.3-[0-9a-f]{12}$/));

it.each([
  ['code in a nested folder', 'libs/mip/dist/rows/row.js', true],
  ['new code', 'libs/mip/dist/new.js', true],
  ['code of a package that no worker loads', 'libs/report/dist/page.js', false],
  ['a test', 'libs/mip/dist/row.unit.test.js', false],
  ['the bundle made of the code', 'apps/worker/dist/workflow-bundle.js', false],
  ['types', 'libs/mip/dist/row.d.ts', false],
])('%s changes it or not', (_, file, changes) => {
  const before = buildId(folder);
  write(file, 'something else');
  expect(buildId(folder) !== before).toBe(changes);
});

it('is the same for the same code', () => {
  const before = buildId(folder);
  write('apps/worker/dist/main.js', 'run()');
  expect(buildId(folder)).toBe(before);
});
