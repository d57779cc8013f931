import { expect, test } from 'vitest';
import { sweepAsked, sweepAskedHere, sweptReport } from './sweep-asked.js';
import { sweep } from './sweep.js';

const asked = { kind: 'sweep', name: 'heart', keys: ['a'], repeated: [], settings: 3, repeats: 1 } as const;
const here = { ...asked, dataset: { file: '/data/t.csv' }, dataFolder: '/data' };

test('paths count in a record of this machine, and not in a memo from a server', () => {
  expect(sweepAsked.parse(here)).toEqual(asked);
  expect(sweepAskedHere.parse(here)).toMatchObject({ dataset: { file: '/data/t.csv' }, dataFolder: '/data' });
  expect(sweepAsked.safeParse({ ...asked, settings: -1 }).success).toBe(false);
});

test('lists show the accuracy of the last round, and the file if there is one', () => {
  const final = { test: { mean: 0.8, sd: null, count: 1 }, networks: [{ file: 'a.onnx' }] };
  expect(sweep.figuresOf({ final })).toEqual({ test: 0.8, file: 'a.onnx' });
  expect(sweep.figuresOf({ final: { ...final, networks: [{ file: 'a' }, { file: 'b' }] } }).file).toBeNull();
  expect([sweep.figuresOf(undefined), sweep.figuresOf({ final: null })]).toEqual([
    { test: null, file: null },
    { test: null, file: null },
  ]);
  expect(sweptReport.safeParse({ final: { test: null, networks: [{ file: 3 }] } }).success).toBe(false);
});
