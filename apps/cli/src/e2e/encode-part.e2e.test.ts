import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

beforeAll(() => {
  const rows = Array.from({ length: 60 }, (_, row) => `${row % 7},${(row * 5) % 11},${['a', 'b', 'c'][row % 3]}`);
  writeFileSync(home.path('t.csv'), ['x,y,class', ...rows].join('\n'));
  writeFileSync(
    home.path('plan.yaml'),
    'name: small\ndataset: {name: csv, file: t.csv, class: class, validationFraction: 0.1}\n' +
      'network: [{quantize: 4}, {dense: 1, activation: sign}]\nsplits: [pairs]\nseed: 1\n',
  );
});

test('without --part: the names of the MIPs; with it: that MIP, with names for its weights', async () => {
  const names = await home.runHere(['encode', 'plan.yaml']);
  expect({ code: names.code, stdout: names.stdout }, names.stderr).toEqual({
    code: 0,
    stdout: 'pair 0v1\npair 0v2\npair 1v2\n',
  });
  const part = await home.runHere(['encode', 'plan.yaml', '--part', 'pair 0v2', '--out', 'part.lp', '--json']);
  expect(part.code, part.stderr).toBe(0);
  const { size, ...others } = JSON.parse(part.stdout) as { size: Record<string, number> };
  expect(others).toMatchObject({ plan: 'plan.yaml', part: 'pair 0v2' });
  // A loss row per different sample of two of three classes: of 60 rows a fifth is for the test.
  expect(size.rows).toBeGreaterThan(15);
  expect(size.rows).toBeLessThan(30);
  const text = readFileSync(home.path('part.lp'), 'utf8');
  for (const name of ['p1_0_0', 'n1_0_0', 'p1_0_1', 'n1_0_1', 'b1_0'])
    expect(text).toMatch(new RegExp(`\\b${name}\\b`));
});

test.each<[string, readonly string[], RegExp]>([
  [
    'a part that is not there',
    ['--part', 'pair 2v3', '--out', 'p.lp'],
    /has no part 'pair 2v3'; its parts are pair 0v1/,
  ],
  ['no file for the part', ['--part', 'pair 0v1'], /give --out model\.mps or model\.lp, too/],
  ['an option about networks', ['--rows', '3'], /--rows is about a trained network, and plan\.yaml is a plan/],
])('refused: %s', async (_what, args, sentence) => {
  const { code, stdout, stderr } = await home.runHere(['encode', 'plan.yaml', ...args]);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(sentence);
});
