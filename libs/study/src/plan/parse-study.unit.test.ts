import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { studyJsonSchema } from './study-schema.js';
import { parseStudy, trainingOf } from './parse-study.js';

const base =
  'images: [0]\nnetworks: [{name: a, layers: [{dense: 8, activation: relu}, {dense: 10}]}]\nqueries: ' +
  '[{ask: targeted}]\n';
const refusal = (text: string, settings: readonly string[] = []): string => {
  try {
    parseStudy(text, 'study.yaml', settings);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was not refused');
};

test('what is left out is filled in', () => {
  const plan = parseStudy(base, 'study.yaml');
  expect(plan).toMatchObject({
    formulations: expect.arrayContaining(['big-m', 'convex-hull']),
    bounds: ['interval', 'crown', 'lp', 'mip'],
    queries: [{ ask: 'targeted', norm: 'l1', factor: 1.2, reach: 1 }],
  });
  expect(trainingOf(plan, plan.networks[0])).toMatchObject({
    name: 'unnamed-a',
    dataset: { name: 'mnist' },
    network: [{ dense: 8, weights: 'ternary', activation: 'relu' }, { dense: 10 }],
  });
});

test('a network may say how it is trained, and one from a file is not trained', () => {
  const plan = parseStudy(`${base}training: {seed: 3, solver: {workLimit: 7}}`, 'study.yaml', [
    'networks.0.training={dataset: digits, seed: 5}',
  ]);
  expect(trainingOf(plan, plan.networks[0])).toMatchObject({ dataset: { name: 'digits' }, seed: 5 });
  expect(
    trainingOf(parseStudy(base.replace(/layers.*}]}]/, 'file: a.onnx}]'), 'study.yaml'), { name: 'a', file: 'a.onnx' }),
  ).toBeUndefined();
});

test.each([
  ['a key that is not there', `${base}formulatons: [big-m]`, /no key 'formulatons'.*Did you mean formulations\?/],
  ['a key of a query', base.replace('ask: targeted', 'ask: targeted, radus: 1'), /queries\.0 has no key 'radus'/],
  [
    'a formulation',
    `${base}formulations: [bigm]`,
    /formulations\.0 is "bigm"; it has to be one of big-m, extended, convex-hull, partition\(N\)/,
  ],
  ['bounds', `${base}bounds: [crwn]`, /bounds\.0 is "crwn".*Did you mean crown\?/],
  ['a question', base.replace('targeted', 'target'), /queries\.0\.ask is "target".*targeted/],
  ['the same network twice', base.replace(']}]', ']}, {name: a, file: b.onnx}]'), /networks has a twice/],
  ['no images', base.replace('[0]', '[]'), /images is \[\]; it has to be a list of 1 or more/],
  [
    'a training plan that says two things',
    `${base}training: {solver: {workLimit: 5, timeLimit: 5s}}`,
    /training of a: solver has both workLimit and timeLimit/,
  ],
  ['a list', '- 1', /a plan is a mapping of keys such as networks and queries/],
])('refuses %s', (_what, text, message) => {
  expect(refusal(text)).toMatch(message);
  expect(refusal(text)).toContain('study.yaml');
});

test('the study that comes with mipnet is one, and docs/study.md names every key', () => {
  const plan = parseStudy(
    readFileSync(new URL('../../../../plans/compare/encodings.yaml', import.meta.url), 'utf8'),
    'encodings.yaml',
  );
  expect(plan.networks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['8-8-8', '8x6', '20-10-8-8', '20-10-8-8-8', '20-20-10-10-10']),
  );
  const { properties } = studyJsonSchema() as { properties: object };
  const page = readFileSync(new URL('../../../../docs/study.md', import.meta.url), 'utf8');
  expect(Object.keys(properties).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});
