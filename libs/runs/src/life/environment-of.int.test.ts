import { expect, test } from 'vitest';
import { environmentOf } from './environment-of.js';

test('the environment names versions and machine', async () => {
  const environment = await environmentOf(3, { version: () => Promise.resolve('1.2.3') });
  expect(environment).toMatchObject({ node: process.versions.node, temporal: '1.2.3', slots: 3 });
  expect(environment.mipnet).toMatch(/^\d+\.\d+\.\d+( \(commit [0-9a-f]+(-dirty)?\))?$/);
  expect(environment.machine).toMatch(/ \d+ cores.*, \d+ GB$/);
  expect((await environmentOf(1, null)).temporal).toBeNull();
});
