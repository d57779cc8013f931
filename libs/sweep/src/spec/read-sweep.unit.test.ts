import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { axisOf, hasSweep, noSweep, readSweepFile, sweepJsonSchema, withTyped } from './read-sweep.js';
import { gridOf } from './settings.js';

const plans = new URL('../../../../plans/', import.meta.url);

describe('a file with the key sweep', () => {
  test('has a plan beside it, or names one', () => {
    const text =
      'sweep: {vary: {seed: 0..2}, repeat: {dataset.seed: [1, 2]}, folds: 5, final: {dataset.examples: 9}}\n';
    const { sweep, plan } = readSweepFile(`name: x\nnetwork: [{dense: 1}]\n${text}`, 'file');
    expect(sweep).toEqual({
      vary: [{ key: 'seed', values: ['0', '1', '2'] }],
      repeat: [{ key: 'dataset.seed', values: ['1', '2'] }],
      variants: [],
      folds: 5,
      final: ['dataset.examples=9'],
      seed: 0,
    });
    expect(plan).toEqual({ text: 'name: x\nnetwork:\n  - dense: 1\n' });
    expect(readSweepFile(`plan: a.yaml\n${text}`, 'file').plan).toEqual({ file: 'a.yaml' });
    expect(readSweepFile(`preset: heart\n${text}`, 'file').plan).toEqual({ preset: 'heart' });
    expect(readSweepFile(text, 'file').plan).toBeUndefined();
  });

  test('values of any type become text for a setting', () => {
    const text = 'sweep: {vary: {splits: [[pairs], [{batches: {size: 9}}]], a: [true, x y, 1.5]}}';
    expect(readSweepFile(text, 'file').sweep.vary).toEqual([
      { key: 'splits', values: ['["pairs"]', '[{"batches":{"size":9}}]'] },
      { key: 'a', values: ['true', '"x y"', '1.5'] },
    ]);
  });

  test.each([
    ['sweep: {vari: {seed: 1}}', /vari.*vary/],
    ['sweep: {vary: {seed: []}}', /vary\.seed/],
    ['sweep: {folds: 1}', /folds/],
    ['sweep: {halving: {by: columns}}', /halving/],
    ['sweep: {vary: {seed: 3..1}}', /sweep\.vary\.seed: 3\.\.1: the range is empty/],
    ['sweep: {variants: [{name: a}, {name: a}]}', /the value a is there twice/],
    ['sweep: {variants: [{name: a, preset: x, plan: y}]}', /preset or plan, not both/],
    ['{sweep: {}, plan: a.yaml, preset: heart}', /keep one of them/],
    ['{sweep: {}, plan: a.yaml, seed: 3}', /keep one of them/],
  ])('%s is refused', (text, message) => {
    expect(() => readSweepFile(text, 'file')).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    );
  });

  test('is distinguished from a plan', () => {
    expect(['sweep: {}', 'name: x', '- sweep', 'a: [', ''].map(hasSweep)).toEqual([true, false, false, false, false]);
  });

  test('plans/study/training.yaml is one, and plans/sweep.schema.json is the schema of today (npx vitest run --project unit read-sweep -u writes it anew)', async () => {
    const study = readSweepFile(readFileSync(new URL('study/training.yaml', plans), 'utf8'), 'study');
    expect(gridOf(study.sweep).settings.length).toBeGreaterThan(50);
    await expect(`${JSON.stringify(sweepJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      fileURLToPath(new URL('sweep.schema.json', plans)),
    );
  });
});

test('typed axes replace those of the file; a key that is there twice is refused', () => {
  const file = { ...noSweep, vary: [axisOf('--vary', 'seed=0..1'), axisOf('--vary', 'a.b=1,2')] };
  const typed = withTyped(file, {
    vary: [axisOf('--vary', 'seed=7,8')],
    repeat: [axisOf('--repeat', 'dataset.seed=1')],
  });
  expect(typed.vary).toEqual([
    { key: 'seed', values: ['7', '8'] },
    { key: 'a.b', values: ['1', '2'] },
  ]);
  expect(typed.repeat).toEqual([{ key: 'dataset.seed', values: ['1'] }]);
  const seed = axisOf('--vary', 'seed=1,2');
  expect(() => withTyped(file, { vary: [seed, seed], repeat: [] })).toThrow('seed is varied or repeated twice');
  expect(() => withTyped(file, { vary: [], repeat: [seed] })).toThrow('seed is varied or repeated twice');
  expect(() => axisOf('--vary', 'seed')).toThrow('--vary seed: write it as key=values');
});
