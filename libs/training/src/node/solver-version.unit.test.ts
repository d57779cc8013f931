import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { solverVersion } from './solver-version.js';

let folder: string;
const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mipnet-rooms-'));
  for (const room of ['dataset', 'encoding', 'mip', 'network', 'object-store', 'solver', 'training']) write(`${room}/package.json`, '{}');
  write('encoding/dist/relu/big-m.js', 'rows()');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['code of an encoding', 'encoding/dist/relu/big-m.js', true],
  ['new code', 'mip/dist/new.js', true],
  ['the version of HiGHS', 'solver/package.json', true],
  ['a test', 'mip/dist/new.unit.test.js', false],
  ['types', 'mip/dist/new.d.ts', false],
  ['a room that solves nothing', 'workflows/dist/train.js', false],
])('%s changes it or not', (_, file, changes) => {
  const before = solverVersion(folder);
  write(file, 'something else');
  expect(solverVersion(folder) !== before).toBe(changes);
});

test('this build has one, the same each time', () => {
  expect(solverVersion()).toMatch(/^[0-9a-f]{16}$/);
  expect(solverVersion()).toBe(solverVersion());
});
