import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { Home } from './testing/command.js';

// What each command prints with --json is what the schema of the docs site says, and nothing that it does not name.

const home = new Home();

/** In this process: what it takes to start a program is no part of this test. @returns stdout */
async function mipnet(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.runHere(args);
  expect([0, 3], `mipnet ${args.join(' ')} ended with ${code}\n${stderr}`).toContain(code);
  return stdout;
}

const tiny = ['plan.yaml', '--set', 'solver.reuse=false'];
const study = `
name: tiny
images: [0]
networks:
  - {name: three, layers: [{averagePool: 4}, {dense: 3, activation: relu}, {dense: 10}]}
training:
  dataset: {name: digits, perClass: 3, validationPerClass: 2}
  objectives: [fit: {loss: hinge, margin: 2}]
  solver: {workLimit: 0, searchLimit: 1}
queries:
  - {ask: margin, radius: 0.1}
formulations: [big-m]
bounds: [interval]
limits: {time: 30s}
`;

/** An input in a small box, and the property that its first output is enormous: no input does that. */
const property = [
  ...Array.from(
    { length: 784 },
    (_, i) => `(declare-const X_${i} Real)(assert (>= X_${i} 0.1))(assert (<= X_${i} 0.2))`,
  ),
  ...Array.from({ length: 10 }, (_, i) => `(declare-const Y_${i} Real)`),
  '(assert (>= Y_0 1000))',
].join('\n');

/** Of each document, the commands that print it, in an order in which each finds what it needs. */
const commands: readonly (readonly [document: string, args: readonly string[]])[] = [
  ['train', ['train', 'digits.yaml', '--engine', 'local', '--out', 'net.onnx']],
  ['train', ['train', 'plan.yaml', '--engine', 'local', '--out', 'table.onnx']],
  ['plan', ['plan', ...tiny, '--price', '1']],
  ['sweep', [...['sweep', 'plan.yaml', '--vary', 'objectives.0.fit.margin=2,4'], ...['--engine', 'local']]],
  ['evaluate', ['evaluate', 'net.onnx']],
  ['evaluate', ['evaluate', 'table.onnx']],
  ['predict', ['predict', 'table.onnx', 'table.csv']],
  ['verify', ['verify', 'net.onnx', '--images', '0', '--epsilon', '0.02', '--time-limit', '2', '--engine', 'local']],
  [
    'verify --certificate',
    [
      'verify',
      'net.onnx',
      '--vnnlib',
      'p.vnnlib',
      '--certificate',
      'c.json',
      '--time-limit',
      '60',
      '--engine',
      'local',
    ],
  ],
  [
    'verify --epsilons',
    ['verify', 'net.onnx', '--images', '0', '--epsilons', '0,0.01', '--time-limit', '2', '--engine', 'local'],
  ],
  ['check', ['check', 'c.json', 'net.onnx', 'p.vnnlib']],
  ['encode', ['encode', 'net.onnx', '--dataset', 'digits', '--images', '0', '--epsilon', '0.02', '--out', 'query.lp']],
  ['encode PLAN.yaml', ['encode', 'plan.yaml']],
  ['encode PLAN.yaml --part', ['encode', 'plan.yaml', '--part', 'pair 0v2', '--out', 'part.lp']],
  ['compare', ['compare', 'study.yaml', '--out', 'results', '--slots', '1']],
  ['train --detach', ['train', ...tiny, '--detach']],
  ['watch', ['watch', 'last']],
  ['resume', ['resume', '--from', 'last', '--set', 'solver.workLimit=2']],
  ['runs', ['runs']],
];

let schemas: Record<string, object>;

beforeAll(async () => {
  writeFileSync(
    home.path('digits.yaml'),
    [
      'name: digits',
      'dataset: {name: digits, perClass: 2, validationPerClass: 2}',
      'network: [{averagePool: 4}, {dense: 1, activation: sign}]',
      'splits: [pairs]',
      'objectives: [{fit: {margin: 4, sparsity: 1}}]',
      'solver: {workLimit: 1}',
    ].join('\n'),
  );
  writeFileSync(
    home.path('plan.yaml'),
    [
      'name: tiny',
      'dataset: {file: table.csv, class: y, validationPerClass: 2}',
      'network: [{quantize: 16}, {dense: 1, activation: sign}]',
      'splits: [pairs]',
      'objectives: [{fit: {margin: 4, sparsity: 1}}]',
      'solver: {workLimit: 1}',
    ].join('\n'),
  );
  const classes = ['high', 'low', 'middle'];
  const rows = Array.from({ length: 90 }, (_, at) => `${at % 9},${(at * 7) % 13},${classes[(at % 9) % 3]}`);
  writeFileSync(home.path('table.csv'), ['a,b,y', ...rows].join('\n'));
  writeFileSync(home.path('study.yaml'), study);
  writeFileSync(home.path('p.vnnlib'), property);
  // Part of the docs site, which is no package.
  const reference = new URL('../../../../tools/docs/json-reference.mjs', import.meta.url);
  const { jsonSchemas } = (await import(reference.href)) as { readonly jsonSchemas: () => typeof schemas };
  schemas = jsonSchemas();
  await mipnet('up', '--slots', '1');
});
afterAll(async () => {
  await home.runHere(['down']);
  home.remove();
});

test('every document is printed here', () => {
  expect(new Set(commands.map(([document]) => document))).toEqual(new Set(Object.keys(schemas)));
});

test.each(commands)('%s: %j', async (document, args) => {
  const printed: unknown = JSON.parse(await mipnet(...args, '--json'));
  const { error } = z.fromJSONSchema(strict(schemas[document]) as z.core.JSONSchema.JSONSchema).safeParse(printed);
  expect(error && z.prettifyError(error)).toBeUndefined();
});

test('runs --json has as many runs as are asked for, the newest first', async () => {
  const all = JSON.parse(await mipnet('runs', '--json')) as { run: string }[];
  expect(all.length).toBeGreaterThan(3);
  for (const limit of [1, 3]) {
    const some = JSON.parse(await mipnet('runs', '--json', '--limit', String(limit))) as { run: string }[];
    expect(some.map(({ run }) => run)).toEqual(all.slice(0, limit).map(({ run }) => run));
  }
});

/** Keys that a schema does not name are errors: a document has no key without a documented meaning. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  const names = 'properties' in schema && !('additionalProperties' in schema);
  return names ? { ...inner, additionalProperties: false } : inner;
}
