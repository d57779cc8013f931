import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { givenBox } from './given-box.js';

const network = { inputShape: [2], layers: [] };
const folder = mkdtempSync(join(tmpdir(), 'mipnet-box-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(content: string): string {
  const path = join(folder, 'box.json');
  writeFileSync(path, content);
  return path;
}

test('a pair of numbers is the range of every input', async () => {
  const { box } = await givenBox('-1.5,2e3', network);
  expect([[...box.lower], [...box.upper]]).toEqual([
    [-1.5, -1.5],
    [2000, 2000],
  ]);
});

test('a file has a range for each input', async () => {
  const { box } = await givenBox(written('[[0, 1], [-60.5, 400]]'), network);
  expect([[...box.lower], [...box.upper]]).toEqual([
    [0, -60.5],
    [1, 400],
  ]);
});

test.each([
  ['1,0', 'input 0 has the bounds [1, 0]; give two finite bounds in order'],
  ['0,high', '--box 0,high: give LOW,HIGH such as -1,1'],
  ['0,1,2', '--box 0,1,2: give LOW,HIGH such as -1,1'],
])('--box %s is refused', async (text, message) => {
  await expect(givenBox(text, network)).rejects.toThrow(message);
});

test.each([
  ['[[0, 1]]', 'give an array of 2 pairs'],
  ['[[0, 1], [0, "1"]]', 'entry 1 is [0,"1"], not a pair'],
  ['[[0, 1], [0, null]]', 'entry 1 is [0,null], not a pair'],
  ['0 1', 'it is not JSON'],
])('a file with %s is refused', async (content, message) => {
  await expect(givenBox(written(content), network)).rejects.toThrow(message);
});
