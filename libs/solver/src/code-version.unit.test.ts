import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { codeVersion } from './code-version.js';

const packages = ['encoding', 'mip', 'solver'];

let folder: string;
const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mipnet-packages-'));
  for (const name of packages) write(`${name}/package.json`, '{}');
  write('encoding/dist/relu/big-m.js', 'rows()');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['code of an encoding', 'encoding/dist/relu/big-m.js', true],
  ['new code', 'mip/dist/new.js', true],
  ['a program for another solver', 'solver/python/solve.py', true],
  ['the version of HiGHS', 'solver/package.json', true],
  ['a test', 'mip/dist/new.unit.test.js', false],
  ['types', 'mip/dist/new.d.ts', false],
  ['a package that solves nothing', 'workflows/dist/train.js', false],
])('%s changes it or not', (_, file, changes) => {
  const before = codeVersion(packages, folder);
  write(file, 'something else');
  expect(codeVersion(packages, folder) !== before).toBe(changes);
});

test('this build has one, the same each time', () => {
  expect(codeVersion(packages)).toMatch(/^[0-9a-f]{16}$/);
  expect(codeVersion(packages)).toBe(codeVersion(packages));
});
