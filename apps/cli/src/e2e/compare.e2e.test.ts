import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** Drawn digits, pooled to 7x7, and three hidden neurons: MIPs of a fraction of a second. */
beforeAll(() =>
  writeFileSync(
    home.path('study.yaml'),
    `
name: tiny
images: [0, 1]
networks:
  - {name: three, layers: [{averagePool: 4}, {dense: 3, activation: relu}, {dense: 10}]}
training:
  dataset: {name: digits, perClass: 3, validationPerClass: 2}
  objectives: [fit: {loss: hinge, margin: 2}]
  solver: {workLimit: 0, searchLimit: 1}
queries:
  - {ask: margin, radius: 0.1}
formulations: [big-m, convex-hull]
bounds: [interval, crown]
limits: {time: 30s}
`,
  ),
);

test('compare trains, measures, writes tables and a picture, and does not measure twice', async () => {
  const first = await home.run(['compare', 'study.yaml', '--json', '--out', 'results', '--slots', '2']);
  expect(first.code, first.stderr).toBe(0);
  const report = JSON.parse(first.stdout);
  expect(report).toMatchObject({
    plan: { name: 'tiny' },
    totals: { instances: 8, measured: 8, failed: 0 },
    disagreements: [],
  });
  expect(report.rows).toHaveLength(8);
  expect(report.rows[0]).toMatchObject({
    network: 'three',
    query: 'margin linf 0.1',
    image: 0,
    bounds: 'interval',
    formulation: 'big-m',
    status: 'optimal',
    contradiction: null,
  });
  expect(report.aggregates).toContainEqual(
    expect.objectContaining({ network: null, bounds: 'crown', formulation: 'convex-hull', instances: 2, solved: 1 }),
  );
  const { markdown, csv, pictures, networks } = report.files;
  expect(readFileSync(markdown, 'utf8')).toContain('All formulations agree');
  expect(readFileSync(csv, 'utf8').trim().split('\n')).toHaveLength(9);
  expect(readFileSync(pictures[0], 'utf8')).toMatch(/^<svg/);
  expect(existsSync(networks.three)).toBe(true);

  const second = await home.runHere(['compare', 'study.yaml', '--json', '--out', 'results']);
  expect(second.code, second.stderr).toBe(0);
  expect(second.stderr).toContain('8 of 8 instances were measured before');
  expect(JSON.parse(second.stdout).rows).toEqual(report.rows);

  // The network that was trained is a file like any other, beside the plan that names it.
  writeFileSync(
    home.path('from-file.yaml'),
    readFileSync(home.path('study.yaml'), 'utf8')
      .replace(/layers: \[.*\]}/, `file: ${networks.three}}`)
      .replace('images: [0, 1]', 'images: [1]'),
  );
  const third = await home.runHere(['compare', 'from-file.yaml', '--out', 'results']);
  expect(third.code, third.stderr).toBe(0);
  expect(third.stderr).toContain('4 of 4 instances were measured before');
  expect(third.stdout).toMatch(/^measured +4 of 4 instances\ntables +.*study\.md\n/);
});

test('Ctrl-C keeps what is measured, and the next run continues from there', async () => {
  const many = [
    'compare',
    'study.yaml',
    '--json',
    '--out',
    'stopped',
    '--slots',
    '1',
    '--set',
    `images=[${Array.from({ length: 200 }, (_, k) => k).join(',')}]`,
  ];
  const running = home.start(many);
  await running.said(/[1-9]\d*\/800 MIPs/);
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect(code, stderr).toBe(3);
  const { measured, instances } = JSON.parse(stdout).totals;
  expect(measured).toBeGreaterThan(0);
  expect(measured).toBeLessThan(instances);
  const next = home.start(many);
  await next.said(new RegExp(`${measured} of ${instances} instances were measured before`));
  next.child.kill('SIGTERM');
  expect((await next.ended).code).toBe(3);
});

test('a plan whose network file is missing leaves no folder behind', async () => {
  const { code, stderr } = await home.runHere([
    'compare',
    'study.yaml',
    '--out',
    'never',
    '--set',
    'networks=[{name: a, file: nope.onnx}]',
  ]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('nope.onnx cannot be read (there is no such file)')]);
  expect(existsSync(home.path('never'))).toBe(false);
});

test.each<[string, readonly string[], RegExp]>([
  ['a plan that is not there', ['nope.yaml'], /nope\.yaml cannot be read/],
  [
    'a key that is not there',
    ['study.yaml', '--set', 'formulation=[big-m]'],
    /no key 'formulation'; .*Did you mean formulations\?/,
  ],
  ['an image that is not there', ['study.yaml', '--set', 'images=[5000]'], /no test image 5000 of digits/],
  [
    'a network file that is not there',
    ['study.yaml', '--set', 'networks=[{name: a, file: nope.onnx}]'],
    /the network file: .*nope\.onnx cannot be read/,
  ],
  [
    'a folder that cannot be made',
    ['study.yaml', '--out', 'study.yaml/results'],
    /--out study\.yaml\/results: the folder cannot be made or written/,
  ],
])('%s is refused', async (_what, args, sentence) => {
  const { code, stdout, stderr } = await home.runHere(['compare', ...args]);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(sentence);
});
