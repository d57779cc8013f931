import { drawDigits, samplesHash } from '@mipnet/dataset';
import { parsePlan } from '@mipnet/training';
import { expect, test } from 'vitest';
import { dataOriginIn, isSameData, originOf, originOfChanged } from './network-origin.js';

const data = drawDigits({ trainPerClass: 1, testPerClass: 1 });
const plan = (dataset: string, rest = ''): ReturnType<typeof parsePlan> =>
  parsePlan(`dataset: ${dataset}\nnetwork: [{dense: 10}]\n${rest}`, 'plan');
const files = { file: 'a'.repeat(64), test: 'b'.repeat(64) };

test('it names plan, files and rows, and is read back', () => {
  const origin = originOf(plan('{name: csv, file: ../data/t.csv, class: y, testFraction: 0.3}'), data, files);
  expect(dataOriginIn(origin)).toEqual({ plan: origin['mipnet.plan'], files, test: samplesHash(data.test!) });
  expect(origin['mipnet.data.train.sha256']).toBe(samplesHash(data.train));
  expect(origin['mipnet.plan']).toContain('file: ../data/t.csv');
  expect(origin['mipnet.plan']).toContain('testFraction: 0.3');
});

test('of absolute paths the name is left, so that no machine is named and bytes agree', () => {
  const of = (folder: string): unknown =>
    originOf(
      plan(
        `{name: csv, file: ${folder}/t.csv, test: ${folder}/e.csv, indices: ${folder}/i.json, class: y}`,
        `start: ${folder}/n.onnx`,
      ),
      data,
      files,
    );
  expect(of('/home/ann')).toEqual(of('/srv/x'));
  expect(JSON.stringify(of('/home/ann'))).not.toContain('ann');
});

test('a run that continues another has its own plan and the same data', () => {
  const earlier = originOf(plan('{name: csv, file: t.csv, class: y}'), data, files);
  // The record's plan has absolute paths.
  const later = originOfChanged(
    plan('{name: csv, file: /home/ann/t.csv, class: y}', 'solver: {workLimit: 7}'),
    earlier,
  )!;
  expect(later['mipnet.plan']).toContain('file: t.csv');
  expect(later['mipnet.plan']).toContain('workLimit: 7');
  expect(later['mipnet.plan.sha256']).not.toBe(earlier['mipnet.plan.sha256']);
  expect(isSameData(earlier, later)).toBe(true);
  expect(originOfChanged(plan('digits'), undefined)).toBeUndefined();
});

test('other rows are other data; a network without metadata has none', () => {
  const one = originOf(plan('digits'), data, {});
  const other = originOf(plan('digits'), drawDigits({ trainPerClass: 1, testPerClass: 1, seed: 1 }), {});
  expect(isSameData(one, other)).toBe(false);
  expect(isSameData(undefined, undefined)).toBe(false);
  expect(dataOriginIn({ dataset: 'csv', name: 'old' })).toBeUndefined();
});

test.each(['no JSON', '{"file": 3}', '{"file": "../../etc/passwd"}', 'null'])(
  'hashes that are none are left out: %s',
  (text) => {
    expect(dataOriginIn({ 'mipnet.plan': 'dataset: mnist', 'mipnet.data.files': text })!.files).toEqual({});
  },
);
